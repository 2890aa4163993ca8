import { createInterface, type Interface } from "node:readline";
import { PassThrough, Writable } from "node:stream";
import type { TerminalWindow } from "./channel.ts";
import type { Key } from "./keys.ts";
import { cliLimits } from "./limits.ts";
import { isPrintable } from "./printable.ts";

/** Keys that readline acts on, besides those that type something. Others could stop the process (Ctrl-Z), or do nothing. */
const EDITING: ReadonlySet<string> = new Set([
  ..."left right home end backspace delete up down".split(" "),
  ..."ctrl-a ctrl-e ctrl-b ctrl-f ctrl-k ctrl-u ctrl-w ctrl-d ctrl-h ctrl-p ctrl-n ctrl-t".split(" "),
  ..."ctrl-left ctrl-right meta-b meta-f meta-d meta-backspace".split(" "),
]);
const BELL = "\u0007";

/** Node says that it has this, and its types do not. */
type HistoryInterface = Interface & { readonly history: string[] };

interface LineEditorOptions {
  readonly window: TerminalWindow;
  /** Takes what the terminal is to show. */
  readonly show: (text: string) => void;
  /** Words that the last one of a beginning may be, and that last one. */
  readonly complete: (line: string) => [string[], string];
}

/** Edits lines at a terminal: Node's readline, which is given one key after the other. */
export class LineEditor {
  readonly #show: (text: string) => void;
  readonly #readline: HistoryInterface;
  readonly #output: EditorOutput;
  #submitted: string | undefined;
  #isEditing = false;

  constructor({ window, show, complete }: LineEditorOptions) {
    this.#show = show;
    this.#output = new EditorOutput(window, show);
    this.#readline = createInterface({
      // Keys come by `press`.
      input: new PassThrough(),
      output: this.#output,
      terminal: true,
      completer: complete,
      historySize: cliLimits.historyLines,
      crlfDelay: Number.POSITIVE_INFINITY,
    }) as HistoryInterface;
    this.#readline.on("line", (line) => {
      this.#submitted = line;
    });
  }

  /** Lines before this one, the oldest first. */
  get history(): readonly string[] {
    return this.#readline.history.toReversed();
  }

  /** What is left of the cursor. */
  get beginning(): string {
    return this.#readline.line.slice(0, this.#readline.cursor);
  }

  get isEmpty(): boolean {
    return this.#readline.line === "";
  }

  /** Shows the prompt, and the line as far as it is typed. */
  prompt(prompt: string): void {
    this.#isEditing = true;
    this.#readline.setPrompt(prompt);
    this.#readline.prompt(true);
  }

  /** Acts on a key. Resolves with a line when that is complete. */
  async press(key: Key): Promise<string | undefined> {
    const { text, name, raw } = key;
    if (name === "return" || name === "enter") {
      this.#isEditing = false;
      this.#readline.write(null, { name: "return" });
    } else if (name === "tab") await this.#complete();
    else if (EDITING.has(name)) this.#readline.write(null, { ...raw });
    else if (text !== undefined && raw.ctrl !== true && raw.meta !== true && isPrintable(text)) this.#type(text);
    const line = this.#submitted;
    this.#submitted = undefined;
    return line;
  }

  /** Forgets the line. */
  clear(): void {
    this.#readline.write(null, { ctrl: true, name: "e" });
    this.#readline.write(null, { ctrl: true, name: "u" });
    this.#isEditing = false;
  }

  /** Something else is shown from the next line on. */
  interrupt(): void {
    this.#isEditing = false;
  }

  /** The window has another size: the line is drawn anew. */
  resized(): void {
    if (this.#isEditing) this.#output.emit("resize");
  }

  close(): void {
    this.#readline.close();
  }

  #type(text: string): void {
    if (this.#readline.line.length + text.length > cliLimits.lineCharacters) this.#show(BELL);
    else this.#readline.write(text);
  }

  /** readline asks for the words later, but in this turn of the event loop. */
  async #complete(): Promise<void> {
    // In a text that is pasted, tabs indent.
    if (this.beginning.trim() === "") return;
    this.#readline.write(null, { name: "tab" });
    await new Promise(setImmediate);
  }
}

/** The terminal as readline sees it. */
class EditorOutput extends Writable {
  readonly #window: TerminalWindow;
  readonly #show: (text: string) => void;

  constructor(window: TerminalWindow, show: (text: string) => void) {
    super({ decodeStrings: false });
    this.#window = window;
    this.#show = show;
  }

  get columns(): number {
    return this.#window.columns;
  }

  get rows(): number {
    return this.#window.rows;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.#show(chunk.toString());
    done();
  }
}
