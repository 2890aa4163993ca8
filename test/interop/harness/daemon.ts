import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { Duplex } from "node:stream";
import { eventually } from "./eventually.ts";

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const running = new Set<Daemon>();

/** Ends everything that this test file has started. */
export async function killAllDaemons(): Promise<void> {
  await Promise.all([...running].map((daemon) => daemon.stop("SIGKILL")));
}

/** A real program as a child process. The kernel kills it should this process die first. */
export class Daemon {
  readonly name: string;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];

  constructor(name: string, command: string, args: readonly string[], options: { cwd?: string; input?: string } = {}) {
    this.name = name;
    const { cwd, input } = options;
    this.#child = spawn("setpriv", ["--pdeathsig", "KILL", "--", command, ...args], {
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child.stdout.on("data", (bytes: Buffer) => this.#stdout.push(bytes));
    this.#child.stderr.on("data", (bytes: Buffer) => this.#stderr.push(bytes));
    // A program that ends before it has read its input says so by its exit code.
    this.#child.stdin.on("error", () => {});
    if (input !== undefined) this.#child.stdin.end(input);
    running.add(this);
    this.exited = once(this.#child, "close").then(([code, signal]) => {
      running.delete(this);
      return { code, signal } as Exit;
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.name} did not start`);
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return running.has(this);
  }

  get stdout(): string {
    return Buffer.concat(this.#stdout).toString("utf8");
  }

  get stderr(): string {
    return Buffer.concat(this.#stderr).toString("utf8");
  }

  /** Its stdin and stdout. */
  get stream(): Duplex {
    return Duplex.from({ readable: this.#child.stdout, writable: this.#child.stdin });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Signals and waits for the end; SIGKILL follows when that takes longer than `withinS` seconds. */
  async stop(signal: NodeJS.Signals = "SIGTERM", withinS = 10): Promise<Exit> {
    if (!this.isRunning) return this.exited;
    this.signal(signal);
    const impatience = setTimeout(() => this.signal("SIGKILL"), withinS * 1000);
    const exit = await this.exited;
    clearTimeout(impatience);
    return exit;
  }

  /** Waits for `ready`; a daemon that ends instead fails with what it said. */
  async ready<T>(
    what: string,
    ready: () => T | Promise<T>,
    withinS = 20,
  ): Promise<Exclude<Awaited<T>, undefined | false>> {
    try {
      return await Promise.race([
        eventually(`${this.name}: ${what}`, ready, withinS),
        this.exited.then(({ code, signal }) => {
          throw new Error(`${this.name} ended with ${signal ?? code}`);
        }),
      ]);
    } catch (cause) {
      throw new Error(`${(cause as Error).message}\n${tail(this.stdout)}\n${tail(this.stderr)}`, { cause });
    }
  }
}

/** Runs a program to its end. */
export async function runToEnd(
  name: string,
  command: string,
  args: readonly string[],
  options: { cwd?: string; input?: string; withinS?: number } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const daemon = new Daemon(name, command, args, { input: "", ...options });
  const withinS = options.withinS ?? 60;
  const limit = setTimeout(() => daemon.signal("SIGKILL"), withinS * 1000);
  const { code, signal } = await daemon.exited;
  clearTimeout(limit);
  if (signal === "SIGKILL")
    throw new Error(`${name} did not end within ${withinS} s\n${tail(daemon.stdout)}\n${tail(daemon.stderr)}`);
  return { code, stdout: daemon.stdout, stderr: daemon.stderr };
}

const TAIL_CHARS = 3000;

function tail(text: string): string {
  return text.length > TAIL_CHARS ? `…${text.slice(-TAIL_CHARS)}` : text;
}
