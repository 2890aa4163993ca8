/**
 * Work in slices: wherever it yields, whoever runs it may see to something else first. What the work is about must not
 * change meanwhile. A job that is given up (`return`) leaves everything as it was.
 */
export type Job<T> = Generator<undefined, T, undefined>;

/** Does a job at once. */
export function finishJob<T>(job: Job<T>): T {
  for (;;) {
    const { done, value } = job.next();
    if (done === true) return value;
  }
}
