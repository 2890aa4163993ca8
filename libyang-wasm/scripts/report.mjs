/** Progress and failures, for a person watching stderr. */

const startedMs = performance.now();

/** One short line with the time since the start. */
export function progress(text) {
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1).padStart(6);
  process.stderr.write(`[${seconds} s] ${text}\n`);
}

/** A build step that cannot go on: which step, why, and what to do next. */
export class BuildFailure extends Error {
  constructor(step, reason, nextStep, options) {
    super(`${step}: ${reason}`, options);
    this.name = "BuildFailure";
    this.step = step;
    this.reason = reason;
    this.nextStep = nextStep;
  }
}

/** Writes a failure to stderr, in three lines a person can act on. */
export function reportFailure(error) {
  if (error instanceof BuildFailure) {
    process.stderr.write(
      `\nbuild failed in step "${error.step}"\n  cause: ${error.reason}\n  next:  ${error.nextStep}\n`,
    );
    return;
  }
  process.stderr.write(`\nbuild failed: an error in the build scripts themselves\n${error?.stack ?? error}\n`);
}
