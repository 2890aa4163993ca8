/** Ends a test run with one line that any reader of logs understands: "N passed, N failed[, N skipped]". */
import { writeSync } from "node:fs";

export default class SummaryReporter {
  onTestRunEnd(testModules, unhandledErrors, reason) {
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const module of testModules) {
      // A file that did not load has no tests to fail.
      if (module.errors().length > 0) count.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state === "pending" ? "failed" : state] += 1;
      }
    }
    count.failed += unhandledErrors.length;
    // A run that was interrupted has not passed.
    if (reason === "interrupted") count.failed += 1;
    this.line = `${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ""}`;
    process.once("exit", () => writeSync(1, `${this.line}\n`));
    if (count.skipped > 0 && process.env.BMPCONFD_INTEROP === "1") {
      process.exitCode = 1;
      process.stderr.write("Skipped tests prove nothing: with BMPCONFD_INTEROP=1 they fail the run.\n");
    }
  }
}
