export const SAVE_AS_CSV = 'In Excel: Save as → “CSV UTF-8 (comma delimited)”. Choose the file that comes of it.';

const ADVICE: Record<string, string> = {
  empty_file: 'Export it again, and choose the new file.',
  no_rows: 'Export it again with its products, and choose the new file.',
  no_header: 'Rename the column with the image addresses to “Image URL”, and choose the file again.',
  unsupported_encoding: SAVE_AS_CSV,
  not_a_csv: 'Export your products as a CSV, and choose that file.',
  malformed_csv: 'Correct the quotes there, or export the file again, and choose it again.',
  too_many_columns: 'Delete columns that you don’t need, and choose the file again.',
  too_many_rows: 'Split the file, and choose its parts.',
  file_too_large: 'Split the file, and choose its parts.',
};

/** The file as a whole can't be taken; message and to-do are meant for the person who chose it. */
export class UnreadableCsv extends Error {
  override readonly name = 'UnreadableCsv';
  readonly code: string;
  readonly todo: string;

  constructor(code: string, message: string, todo = ADVICE[code] ?? '') {
    super(message);
    this.code = code;
    this.todo = todo;
  }
}
