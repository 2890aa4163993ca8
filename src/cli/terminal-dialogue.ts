import { Occurrence } from "../netconf/occurrence.ts";
import type { TerminalWindow } from "./channel.ts";
import type { Dialogue, DialogueHost } from "./dialogue.ts";
import { completions, helpLines, isInText } from "./help.ts";
import { interpret, problemLines, promptOf } from "./interpreter.ts";
import { type Key, KeyDecoder } from "./keys.ts";
import { isBlank } from "./lexer.ts";
import { cliLimits } from "./limits.ts";
import { LineEditor } from "./line-editor.ts";
import { columnsOf } from "./printable.ts";
import { Printer } from "./printer.ts";

/** What is decoded at a time, so that the keys of a large packet need not all be kept. */
const SLICE_BYTES = 256;

/** One who types at a terminal: a line is edited, carried out, and the next one is asked for. */
export class TerminalDialogue implements Dialogue {
  readonly #host: DialogueHost;
  readonly #window: TerminalWindow;
  readonly #decoder = new KeyDecoder((key) => this.#pressed(key));
  readonly #editor: LineEditor;
  readonly #printer: Printer;
  /** Keys that nobody has asked for yet. */
  #keys: Key[] = [];
  /** A key came, or was taken, or none will come. */
  readonly #changed = new Occurrence();
  #unshown = "";
  /** Settles when the terminal has been given all that was shown. */
  #shown: Promise<void> = Promise.resolve();
  #isRunning = false;
  #isAsking = false;
  #isGivenUp = false;
  #hasEnded = false;
  #hasGone = false;
  /** The window has changed since the line was drawn. */
  #isStale = false;
  #isDrawing = false;
  readonly #done: Promise<void>;

  constructor(host: DialogueHost, window: TerminalWindow) {
    this.#host = host;
    this.#window = window;
    const write = (text: string) => this.#show(text);
    this.#printer = new Printer({ write, window, lineEnd: "\r\n", nextKey: () => this.#answer() });
    this.#editor = new LineEditor({
      window,
      show: (text) => void this.#show(text),
      complete: (line) => completions(host.context, line),
    });
    window.onResize = () => void this.#resized();
    this.#done = this.#run();
  }

  get history(): readonly string[] {
    return this.#editor.history;
  }

  async received(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#hasGone; at += SLICE_BYTES) {
      await this.#decoder.push(bytes.subarray(at, at + SLICE_BYTES));
      while (this.#keys.length > cliLimits.typeAheadKeys && !this.#hasGone) await this.#changed.next();
    }
  }

  answered(): Promise<void> {
    this.#hasEnded = true;
    this.#changed.happened();
    return this.#done;
  }

  stop(): Promise<void> {
    this.#hasGone = true;
    this.#isGivenUp = true;
    this.#keys = [];
    return this.answered();
  }

  #pressed(key: Key): void {
    // What was typed before is not wanted either.
    if (key.name === "ctrl-c") this.#keys = [];
    if (key.name === "ctrl-c" && this.#isRunning && !this.#isAsking) this.#isGivenUp = true;
    else this.#keys.push(key);
    this.#changed.happened();
  }

  /** However often a client says so: it is drawn once, and once more when the client has taken that. */
  async #resized(): Promise<void> {
    this.#isStale = true;
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    while (this.#isStale && !this.#hasGone) {
      this.#isStale = false;
      this.#editor.resized();
      await this.#shown;
    }
    this.#isDrawing = false;
  }

  async #nextKey(): Promise<Key | undefined> {
    while (this.#keys.length === 0 && !this.#hasEnded) await this.#changed.next();
    const key = this.#keys.shift();
    this.#changed.happened();
    return key;
  }

  /** The key that a question is answered by. */
  async #answer(): Promise<string | undefined> {
    this.#isAsking = true;
    this.#host.waits();
    const key = await this.#nextKey();
    this.#host.works();
    this.#isAsking = false;
    return key?.name;
  }

  async #run(): Promise<void> {
    const { context } = this.#host;
    try {
      while (!context.isOver && !this.#hasGone) {
        const prompt = await promptOf(context);
        this.#editor.prompt(prompt);
        this.#host.waits();
        const line = await this.#readLine(prompt);
        this.#host.works();
        if (line === undefined) break;
        if (!isBlank(line)) await this.#carryOut(line, prompt);
      }
    } catch (error) {
      this.#host.log("error", "the command line failed", { error });
    } finally {
      this.#window.onResize = () => {};
      this.#editor.close();
      this.#decoder.close();
      this.#host.over(0);
    }
  }

  /** Undefined = there will be no more. */
  async #readLine(prompt: string): Promise<string | undefined> {
    for (;;) {
      const key = await this.#nextKey();
      await this.#shown;
      if (key === undefined || this.#hasGone) return undefined;
      if (key.name === "ctrl-d" && this.#editor.isEmpty) return this.#instead("\r\n", undefined);
      if (key.name === "ctrl-c") return this.#instead("^C\r\n", "");
      if (key.name === "ctrl-z") return this.#instead("\r\n", this.#host.context.view.kind === "user" ? "" : "return");
      if (key.text === "?" && !isInText(this.#editor.beginning)) await this.#help(prompt);
      else {
        const line = await this.#editor.press(key);
        if (line !== undefined) return line;
      }
    }
  }

  /** Forgets what was typed. */
  #instead<T>(shown: string, line: T): T {
    this.#editor.clear();
    void this.#show(shown);
    return line;
  }

  async #help(prompt: string): Promise<void> {
    this.#editor.interrupt();
    void this.#show("?\r\n");
    for (const line of helpLines(this.#host.context, this.#editor.beginning)) await this.#printer.line(line);
    await this.#printer.flush();
    this.#editor.prompt(prompt);
  }

  async #carryOut(line: string, prompt: string): Promise<void> {
    const { context, log } = this.#host;
    this.#isRunning = true;
    this.#isGivenUp = false;
    try {
      const { output, filter } = interpret(context, line);
      await this.#printer.show(output, {
        filter,
        screenLength: context.screenLength,
        isGivenUp: () => this.#isGivenUp,
      });
    } catch (error) {
      const lines = problemLines(error, context, log, line, columnsOf(prompt));
      for (const problem of lines) await this.#printer.line(wrapped(problem, this.#window.columns));
      await this.#printer.flush();
    } finally {
      this.#isRunning = false;
    }
  }

  /** What comes in one turn is one write, and all of it in order. */
  #show(text: string): Promise<void> {
    if (this.#unshown === "") {
      this.#shown = Promise.resolve().then(() => {
        const all = this.#unshown;
        this.#unshown = "";
        return this.#host.write(all);
      });
    }
    this.#unshown += text;
    return this.#shown;
  }
}

/** The caret of a line that takes several rows stands under the last of them that it is about. */
const wrapped = (line: string, columns: number): string =>
  /^ *\^$/.test(line) ? line.slice(Math.floor((line.length - 1) / columns) * columns) : line;
