/** The work is not done, and should be tried again in so many seconds: the message is hidden until then. */
export class RetryLater extends Error {
  override name = 'RetryLater';
  readonly seconds: number;

  constructor(seconds: number, reason: string) {
    super(reason);
    this.seconds = seconds;
  }
}

/**
 * Work was left behind that can't be ended. The process that holds it must end: whatever it did next would have to share
 * its gates, its threads and its memory with it.
 */
export class ProcessStuck extends RetryLater {
  override name = 'ProcessStuck';
}
