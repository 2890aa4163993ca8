import type { TerminalWindow } from "./channel.ts";
import type { Output } from "./command.ts";
import { cliLimits } from "./limits.ts";
import { columnsOf, printable } from "./printable.ts";

/** Which lines of output are wanted. */
export interface LineFilter {
  readonly kind: "include" | "exclude" | "begin";
  readonly text: string;
}

interface PrinterOptions {
  /** Resolves when the client can be given more. */
  readonly write: (text: string) => Promise<void>;
  /** Undefined = a script: output never waits. */
  readonly window: TerminalWindow | undefined;
  readonly lineEnd: string;
  /** The next key at a terminal; undefined = there will be none. */
  readonly nextKey: () => Promise<string | undefined>;
}

/** How one command's output is shown. */
interface Showing {
  readonly filter: LineFilter | undefined;
  /** Lines after which output waits; undefined = those of the window; 0 = never. */
  readonly screenLength: number | undefined;
  /** Whether the rest is not wanted. */
  readonly isGivenUp: () => boolean;
}

const MORE = "  ---- More ----";
const ERASE_LINE = "\r\u001b[K";

/** Shows output: no faster than the client takes it, page by page at a terminal, and without control characters. */
export class Printer {
  readonly #options: PrinterOptions;
  #waiting = "";

  constructor(options: PrinterOptions) {
    this.#options = options;
  }

  /** Rejects as the output does, with what came before shown. */
  async show(output: Output | Promise<void>, { filter, screenLength, isGivenUp }: Showing): Promise<void> {
    if (output instanceof Promise) return output;
    let shown = 0;
    let page = this.#pageRows(screenLength);
    try {
      const isWanted = filter === undefined ? () => true : wantedBy(filter);
      for await (const line of output) {
        if (isGivenUp()) return;
        if (!isWanted(line)) continue;
        const text = printable(line);
        const rows = this.#rowsOf(text);
        if (page > 0 && shown > 0 && shown + rows > page) {
          const more = await this.#askForMore();
          if (more === "none" || isGivenUp()) return;
          shown = more === "page" ? 0 : shown - rows;
          page = this.#pageRows(screenLength);
        }
        shown += rows;
        await this.line(text);
      }
    } finally {
      await this.flush();
    }
  }

  /** A line that is printable. */
  async line(text: string): Promise<void> {
    this.#waiting += text + this.#options.lineEnd;
    if (this.#waiting.length >= cliLimits.writeCharacters) await this.flush();
  }

  /** Resolves when all lines were taken. */
  async flush(): Promise<void> {
    const text = this.#waiting;
    this.#waiting = "";
    if (text !== "") await this.#options.write(text);
  }

  /** With the line that says that there is more. */
  #pageRows(screenLength: number | undefined): number {
    const { window } = this.#options;
    return window === undefined ? 0 : Math.max(0, (screenLength ?? window.rows) - 1);
  }

  #rowsOf(text: string): number {
    const { window } = this.#options;
    return window === undefined ? 1 : Math.max(1, Math.ceil(columnsOf(text) / window.columns));
  }

  async #askForMore(): Promise<"page" | "line" | "none"> {
    await this.flush();
    await this.#options.write(MORE);
    try {
      for (;;) {
        const key = await this.#options.nextKey();
        if (key === "space") return "page";
        if (key === "return" || key === "enter") return "line";
        if (key === undefined || key === "q" || key === "ctrl-c") return "none";
      }
    } finally {
      await this.#options.write(ERASE_LINE);
    }
  }
}

/** Asked about each line of an output, one after the other. */
function wantedBy({ kind, text }: LineFilter): (line: string) => boolean {
  let hasBegun = false;
  return (line) => {
    const isFound = line.includes(text);
    hasBegun ||= isFound;
    return kind === "begin" ? hasBegun : isFound === (kind === "include");
  };
}
