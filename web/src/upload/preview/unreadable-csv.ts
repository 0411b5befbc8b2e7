/** The file as a whole can't be taken; the message is meant for the person who chose it. */
export class UnreadableCsv extends Error {
  override readonly name = 'UnreadableCsv';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
