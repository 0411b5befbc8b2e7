export type CsvLimits = {
  maxRows: number;
  maxColumns: number;
  /** Per cell in UTF-8; the URLs of one product together may not be longer either. */
  maxCellBytes: number;
  maxUrlsPerProduct: number;
  /** In characters. */
  maxUrlLength: number;
  maxFileBytes: number;
};

export const DEFAULT_CSV_LIMITS: CsvLimits = {
  maxRows: 1_000_000,
  maxColumns: 100,
  maxCellBytes: 65_536,
  maxUrlsPerProduct: 200,
  maxUrlLength: 2_048,
  maxFileBytes: 524_288_000,
};
