export type CsvFileErrorCode =
  | 'empty_file'
  | 'unsupported_encoding'
  | 'not_a_csv'
  | 'no_header'
  | 'no_rows'
  | 'too_many_rows'
  | 'too_many_columns'
  | 'file_too_large'
  | 'malformed_csv';

export type CsvFileErrorDetails = Record<string, string | number | string[]>;

/** The file as a whole is unusable; the message is meant for the person who sent it. */
export class CsvFileError extends Error {
  override readonly name = 'CsvFileError';
  readonly code: CsvFileErrorCode;
  readonly details: CsvFileErrorDetails;

  constructor(code: CsvFileErrorCode, message: string, details: CsvFileErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
