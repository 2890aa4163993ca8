import { existsSync } from "node:fs";
import { join } from "node:path";
import { Daemon, runToEnd } from "./daemon.ts";
import { eventually } from "./eventually.ts";
import { scratchFolder } from "./scratch.ts";

/** A terminal of tmux's with a program in it: real keys, a real pseudo-terminal, a window whose size changes. */
export class Terminal {
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  static async open(command: readonly string[], columns = 100, rows = 30): Promise<Terminal> {
    const socket = join(scratchFolder("tmux"), "s");
    const terminal = new Terminal(socket);
    const inUtf8 = ["LC_ALL=C.UTF-8", "TERM=xterm-256color"];
    const tmux = new Daemon("tmux", "env", [...inUtf8, "tmux", "-S", socket, "-f", "/dev/null", "-D"]);
    await tmux.ready("socket", () => existsSync(socket));
    await terminal.#tmux("set-option", "-g", "remain-on-exit", "on");
    await terminal.#tmux("new-session", "-d", "-x", String(columns), "-y", String(rows), ...command);
    return terminal;
  }

  /** Keys by tmux's names, such as `Enter` and `C-c`, and texts. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  /** A line, and the return key. */
  async enter(line: string): Promise<void> {
    await this.#tmux("send-keys", "-l", line);
    await this.press("Enter");
  }

  async resize(columns: number, rows = 30): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** What the window shows, without what is empty at its end. */
  async text(): Promise<string> {
    return (await this.#tmux("capture-pane", "-p")).trimEnd();
  }

  /** Waits until the window ends with a text, or matches. */
  shows(wanted: string | RegExp): Promise<string> {
    let seen = "";
    return eventually("what the terminal is to show", async () => {
      seen = await this.text();
      const isThere = typeof wanted === "string" ? seen.endsWith(wanted) : wanted.test(seen);
      if (!isThere) throw new Error(`it shows:\n${seen}`);
      return seen;
    });
  }

  /** The column of the cursor, from 0. */
  async column(): Promise<number> {
    return Number(await this.#tmux("display-message", "-p", "#{cursor_x}"));
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await runToEnd("tmux", "tmux", ["-u", "-S", this.#socket, ...args]);
    if (code !== 0) throw new Error(`tmux ${args[0]}: ${stderr}`);
    return stdout;
  }
}
