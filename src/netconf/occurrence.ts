/** Something that happens again and again, and that others wait for. */
export class Occurrence {
  #waiting: (() => void)[] = [];

  /** Resolves when it happens next. */
  next(): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }

  happened(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
