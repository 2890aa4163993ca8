/** The native driver as a child process: one operation at a time. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How much of what the driver says before it ends is kept. */
const MAX_REASON_CHARS = 2000;

export class NativeSide {
  #child;
  #answers;
  #reason = "";

  /** `files`: the driver's arguments, in its order. */
  constructor(driver, files) {
    this.#child = spawn(driver, files, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr.setEncoding("utf8").on("data", (text) => {
      if (this.#reason.length < MAX_REASON_CHARS) this.#reason += text;
    });
    // A driver that ended is told by the missing answer, with its reason.
    this.#child.stdin.on("error", () => {});
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Does "parse", "validate", "print", "diff" or "save". Returns milliseconds. */
  async measure(operation) {
    this.#child.stdin.write(`${operation}\n`);
    const { value, done } = await this.#answers.next();
    const elapsedMs = Number(value);
    if (done || !Number.isFinite(elapsedMs))
      throw new Error(`native ${operation}: ${this.#reason.trim() || value || "the driver ended"}`);
    return elapsedMs;
  }

  /** Lets the driver end. */
  close() {
    this.#child.stdin.end();
  }
}
