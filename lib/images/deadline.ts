/** A time limit in milliseconds whose clock can stand still while it is we who keep the server waiting. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  #leftMs: number;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.#leftMs = ms;
    this.#start();
  }

  /** Aborts with a `TimeoutError` when the time is up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async pauseDuring<T>(work: Promise<T>): Promise<T> {
    clearTimeout(this.#timer);
    this.#leftMs -= performance.now() - this.#startedAt;
    try {
      return await work;
    } finally {
      this.#start();
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #start(): void {
    this.#startedAt = performance.now();
    this.#timer = setTimeout(
      () => this.#controller.abort(new DOMException('The time is up.', 'TimeoutError')),
      Math.max(0, this.#leftMs),
    );
  }
}
