/** An error as S3 answers it. */
export class S3Error extends Error {
  readonly code: string;
  readonly status: number;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export const noSuchBucket = () => new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist');
export const noSuchKey = () => new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
export const noSuchUpload = () => new S3Error(404, 'NoSuchUpload', 'The specified upload does not exist.');
export const accessDenied = (why: string) => new S3Error(403, 'AccessDenied', why);
export const preconditionFailed = () =>
  new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
/** What S3 has and we don't: said loudly, since a call that does nothing and answers 200 costs hours. */
export const notServed = (what: string) => new S3Error(501, 'NotImplemented', `${what} is not served here.`);
