import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { OverBudgetError } from "../budget.ts";

const POLL_MS = 2;
const STOP_MS = 15_000;
const TAIL_CHARS = 1_500;

const running = new Set<Daemon>();

/** Ends all servers at once, without waiting: for the end of this process. */
export function killAllDaemons(): void {
  for (const daemon of running) daemon.kill();
}

/**
 * A server as a child process, killed by the kernel should this process die first. What it prints goes to a file, so that
 * it costs the client nothing.
 */
export class Daemon {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #outputFile: string;
  readonly #startedAtMs = performance.now();

  constructor(name: string, command: string, args: readonly string[], folder: string) {
    this.#name = name;
    this.#outputFile = join(folder, `${name}.output`);
    const output = openSync(this.#outputFile, "w");
    this.#child = spawn("setpriv", ["--pdeathsig", "KILL", "--", command, ...args], {
      cwd: folder,
      // netconfd keeps a file in its user's home.
      env: { ...process.env, HOME: folder },
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    running.add(this);
    this.#exited = once(this.#child, "exit").finally(() => running.delete(this));
    // Whoever waits for the process is told; nobody may be waiting.
    this.#exited.catch(() => {});
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.#name} did not start`);
    return this.#child.pid;
  }

  /** Everything it has printed. */
  get output(): string {
    return readFileSync(this.#outputFile, "utf8");
  }

  /**
   * Asks `probe` until there is an answer, and returns it with the time since the start. Rejects when the server ends
   * instead; with OverBudgetError, the server killed, when it takes longer than `withinMs`.
   */
  async ready<T>(
    probe: () => T | undefined,
    withinMs: number,
  ): Promise<{ readonly answer: T; readonly afterMs: number }> {
    while (running.has(this)) {
      const answer = probe();
      const afterMs = performance.now() - this.#startedAtMs;
      if (answer !== undefined) return { answer, afterMs };
      if (afterMs > withinMs) {
        await this.stop("SIGKILL");
        throw new OverBudgetError(withinMs);
      }
      await Promise.race([this.#exited, delay(POLL_MS)]);
    }
    throw new Error(`${this.#name} ended while starting: ${this.output.slice(-TAIL_CHARS)}`);
  }

  /** As `ready`, with what fails as long as there is no answer. */
  async readyWhen(ask: () => Promise<unknown>, withinMs: number): Promise<void> {
    let isAnswered = false;
    const keepAsking = async (): Promise<void> => {
      while (running.has(this) && !isAnswered) {
        isAnswered = await ask().then(
          () => true,
          () => delay(POLL_MS, false),
        );
      }
    };
    void keepAsking();
    await this.ready(() => isAnswered || undefined, withinMs);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Ends it in order, or without a word where it does not react. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (!running.has(this)) return;
    this.#child.kill(signal);
    const impatience = setTimeout(() => this.kill(), STOP_MS);
    await this.#exited;
    clearTimeout(impatience);
  }
}
