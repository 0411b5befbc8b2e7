/** What a Rowpress takes unless it is set otherwise: the preview warns by these, the server decides. */
export const LIMITS = {
  rows: 1_000_000,
  columns: 100,
  cellBytes: 65_536,
  urlsPerProduct: 200,
  urlLength: 2_048,
  fileBytes: 524_288_000,
} as const;
