/** Work on a large message, a step at a time: whoever drives it can let others go first in between. */
export type Steps<T> = Generator<void, T, void>;

/** Takes all steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
