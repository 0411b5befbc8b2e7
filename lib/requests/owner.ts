/** Whose requests they are where nobody says who calls: dropped files, and an API without an authorizer. */
export const DEFAULT_OWNER = 'default';
