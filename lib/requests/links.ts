/** Addresses of a request's resources, as callers reach them. */
export type Links = ReturnType<typeof linksUnder>;

/** Links below the API's public address, which has no slash at its end. */
export const linksUnder = (apiUrl: string) => ({
  status: (requestId: string) => `${apiUrl}/api/status/${requestId}`,
  results: (requestId: string) => `${apiUrl}/api/export/${requestId}`,
  failedRows: (requestId: string) => `${apiUrl}/api/export/${requestId}?rows=failed`,
});
