import { setTimeout as wait } from "node:timers/promises";
import { TerminalWindow } from "../../src/cli/channel.ts";
import type { CliServer } from "../../src/cli/cli-server.ts";
import type { NetconfChannelHandler } from "../../src/netconf/channel.ts";
import { FakeChannel } from "../netconf/fake-channel.ts";
import { Screen } from "./screen.ts";

/** What a script gave. */
export interface Ran {
  readonly out: string;
  readonly errors: string;
  readonly status: number | undefined;
}

export interface As {
  readonly username?: string;
  readonly group?: string;
}

/** `ssh HOST 'command'`. */
export async function exec(cli: CliServer, command: string, { username, group }: As = {}): Promise<Ran> {
  const channel = new CliFakeChannel(username, group);
  const handler = cli.accept(channel, { command, window: undefined });
  await handler.answered?.();
  await until(() => channel.ends.length > 0);
  handler.closed();
  return { out: channel.sent, errors: channel.errors, status: channel.exitStatus };
}

/** `ssh -T HOST < script`, in which no packet holds more than some bytes. */
export async function runScript(cli: CliServer, script: string, packet = 1000): Promise<Ran> {
  const channel = new CliFakeChannel();
  const handler = cli.accept(channel, { command: undefined, window: undefined });
  const bytes = Buffer.from(script);
  for (let at = 0; at < bytes.length; at += packet) await handler.received(bytes.subarray(at, at + packet));
  await handler.answered?.();
  await until(() => channel.ends.length > 0);
  handler.closed();
  return { out: channel.sent, errors: channel.errors, status: channel.exitStatus };
}

/** A channel that shows what it gets on a screen, if it has one. */
export class CliFakeChannel extends FakeChannel {
  errors = "";
  exitStatus: number | undefined;
  readonly screen: Screen | undefined;

  constructor(username?: string, group?: string, screen?: Screen) {
    super(username, group);
    this.screen = screen;
  }

  override write(bytes: Uint8Array): Promise<void> {
    if (this.ends.length === 0) this.screen?.write(Buffer.from(bytes).toString());
    return super.write(bytes);
  }

  async writeError(bytes: Uint8Array): Promise<void> {
    this.errors += Buffer.from(bytes).toString();
  }

  override close(exitStatus = 0): void {
    super.close();
    this.exitStatus ??= exitStatus;
  }
}

/** One who types. */
export class Typist {
  readonly window: TerminalWindow;
  readonly screen: Screen;
  readonly channel: CliFakeChannel;
  readonly handler: NetconfChannelHandler;

  private constructor(cli: CliServer, columns: number, rows: number, { username, group }: As) {
    this.window = new TerminalWindow(columns, rows);
    this.screen = new Screen(columns);
    this.channel = new CliFakeChannel(username, group, this.screen);
    this.handler = cli.accept(this.channel, { command: undefined, window: this.window });
  }

  static async open(cli: CliServer, { columns = 80, rows = 24, ...as }: As & { columns?: number; rows?: number } = {}) {
    const typist = new Typist(cli, columns, rows, as);
    await typist.until(() => typist.hasPrompt);
    return typist;
  }

  /** Types a line and waits for the next prompt, the end of the session, or a question. */
  async enter(line: string): Promise<void> {
    const { row } = this.screen;
    await this.type(`${line}\r`);
    await this.until(() => this.channel.ends.length > 0 || this.isAsked || (this.screen.row > row && this.hasPrompt));
  }

  /** Types keys that change no more than the line. */
  async type(keys: string): Promise<void> {
    await this.handler.received(Buffer.from(keys));
    for (let turn = 0; turn < 20 + 4 * keys.length; turn++) await new Promise(setImmediate);
  }

  until(isTrue: () => boolean): Promise<void> {
    return until(isTrue, () => this.screen.text);
  }

  /** The same window with another size. */
  resize(columns: number, rows = 24): void {
    this.screen.resize(columns);
    this.window.resize(columns, rows);
  }

  get text(): string {
    return this.screen.text;
  }

  get hasPrompt(): boolean {
    return /^(?:<HOST>|\[[~*]HOST[^\]]*\])/.test(this.screen.line);
  }

  get isAsked(): boolean {
    return this.screen.line.endsWith("---- More ----");
  }
}

/** Waits for it, and fails with what was seen. */
export async function until(isTrue: () => boolean, seen: () => string = () => ""): Promise<void> {
  for (const end = performance.now() + 10_000; !isTrue(); await wait(5)) {
    if (performance.now() > end) throw new Error(`it does not come to that:\n${seen()}`);
  }
}
