import { StringDecoder } from "node:string_decoder";
import type { Dialogue, DialogueHost } from "./dialogue.ts";
import { interpret, problemLines } from "./interpreter.ts";
import { commandsOf, isBlank } from "./lexer.ts";
import { cliLimits } from "./limits.ts";
import { Printer } from "./printer.ts";

/**
 * Commands without a terminal: those of an `exec` request, or the lines of what comes in. Nothing is echoed and nothing
 * asked; the first command that fails is the last one, and the exit status is 1 then.
 */
export class ScriptDialogue implements Dialogue {
  readonly #host: DialogueHost;
  readonly #printer: Printer;
  readonly #lineEnd: string;
  readonly #decoder = new StringDecoder("utf8");
  readonly #isGiven: boolean;
  /** The beginning of a line that has not come whole. */
  #rest = "";
  #hasFailed = false;
  #hasGone = false;
  /** Settles when all commands so far were carried out. */
  #done: Promise<void> = Promise.resolve();

  /** `command`: of an `exec` request; undefined = they come in. `lineEnd`: as the client's side wants it. */
  constructor(host: DialogueHost, command: string | undefined, lineEnd: string) {
    this.#host = host;
    this.#lineEnd = lineEnd;
    this.#isGiven = command !== undefined;
    const write = (text: string) => host.write(text);
    this.#printer = new Printer({ write, window: undefined, lineEnd, nextKey: async () => undefined });
    if (command !== undefined) this.#done = this.#all(command);
    else host.waits();
  }

  async received(bytes: Uint8Array): Promise<void> {
    if (this.#isGiven || this.#isOver) return;
    const [first = "", ...others] = (this.#rest + this.#decoder.write(Buffer.from(bytes))).split("\n");
    this.#rest = first;
    for (const next of others) {
      await this.#next(this.#rest);
      this.#rest = next;
    }
    if (this.#rest.length > cliLimits.lineCharacters) await this.#next(this.#rest);
    if (!this.#isOver) this.#host.waits();
  }

  async answered(): Promise<void> {
    await this.#done;
    if (this.#isGiven) return;
    await this.#next(this.#rest);
    this.#host.over(this.#hasFailed ? 1 : 0);
  }

  stop(): Promise<void> {
    this.#hasGone = true;
    return this.#done;
  }

  get #isOver(): boolean {
    return this.#hasFailed || this.#hasGone || this.#host.context.isOver;
  }

  async #all(script: string): Promise<void> {
    if (script.length > cliLimits.scriptCharacters) {
      await this.#fail([
        `Error: A command is ${cliLimits.scriptCharacters} characters at most. Send more as lines, on stdin.`,
      ]);
    } else for (const line of commandsOf(script)) await this.#carryOut(line);
    this.#host.over(this.#hasFailed ? 1 : 0);
  }

  /** A line that came in. */
  async #next(line: string): Promise<void> {
    this.#done = this.#done.then(() => this.#carryOut(line.replace(/\r$/, "")));
    await this.#done;
    if (this.#hasFailed || this.#host.context.isOver) this.#host.over(this.#hasFailed ? 1 : 0);
  }

  async #carryOut(line: string): Promise<void> {
    const { context, log } = this.#host;
    if (this.#isOver || isBlank(line)) return;
    this.#host.works();
    if (line.length > cliLimits.lineCharacters) {
      return this.#fail([`Error: A line has ${cliLimits.lineCharacters} characters at most.`]);
    }
    try {
      const { output, filter } = interpret(context, line);
      await this.#printer.show(output, { filter, screenLength: 0, isGivenUp: () => this.#hasGone });
    } catch (error) {
      const problems = problemLines(error, context, log, line, 0);
      await this.#fail(problems[0]?.endsWith("^") === true ? [line, ...problems] : problems);
    }
  }

  async #fail(lines: readonly string[]): Promise<void> {
    this.#hasFailed = true;
    await this.#host.writeError(lines.map((line) => `${line}${this.#lineEnd}`).join(""));
  }
}
