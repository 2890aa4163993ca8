/**
 * When the requests of a session may run: in their order, one at a time, but for those that change nothing, which may
 * overlap with others of their kind. What a request sees is the same as if the one before it had been replied to first.
 */
export class RequestOrder {
  /** Those that were not replied to, the oldest first. */
  readonly #open: OpenRequest[] = [];
  #hasEnded = false;

  /** The next request. */
  add(): OpenRequest {
    const request = new OpenRequest(() => this.#letRun());
    this.#open.push(request);
    return request;
  }

  /** The oldest request was replied to. */
  replied(): void {
    this.#open.shift();
    this.#letRun();
  }

  /** Nothing waits any more. */
  end(): void {
    this.#hasEnded = true;
    this.#letRun();
  }

  #letRun(): void {
    for (const [place, request] of this.#open.entries()) {
      if (place === 0 || this.#hasEnded || request.isRead === true) request.run();
      if (request.isRead !== true && !this.#hasEnded) return;
    }
  }
}

/** One request's place in the order. */
export class OpenRequest {
  readonly #isKnown: () => void;
  #run: (() => void) | undefined;
  /** Whether it changes nothing; undefined until that is known. */
  isRead: boolean | undefined;

  constructor(isKnown: () => void) {
    this.#isKnown = isKnown;
  }

  /** Resolves when the request may run. */
  turn(isRead: boolean): Promise<void> {
    return new Promise((resolve) => {
      this.isRead = isRead;
      this.#run = resolve;
      this.#isKnown();
    });
  }

  run(): void {
    this.#run?.();
  }
}
