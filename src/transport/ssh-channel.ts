import type { Writable } from "node:stream";
import type { ServerChannel } from "ssh2";
import type { Login } from "../access/authenticator.ts";
import type { CliChannel } from "../cli/channel.ts";
import type { NetconfChannel, NetconfChannelHandler } from "../netconf/channel.ts";
import type { Log } from "../observe/log.ts";

/** Handed to SSH at a time: enough for most messages to be one write, little enough to share a connection. */
const SLICE_BYTES = 64 * 1024;

/** What a channel needs of its connection. */
export interface ChannelLink {
  readonly peer: NetconfChannel["peer"];
  readonly login: Login;
  /** Whether the connection takes more bytes now. */
  isWritable(): boolean;
  /** Calls `wake` once, when that may have changed. */
  whenWritable(wake: () => void): void;
  /** What is written from now until the end of this turn of the event loop goes out together. */
  gather(): void;
  destroy(): void;
}

/** The session may write at once. */
export type AcceptSshChannel = (channel: CliChannel) => NetconfChannelHandler;

interface SshChannelOptions {
  readonly stream: ServerChannel;
  readonly link: ChannelLink;
  readonly log: Log;
  readonly closeS: number;
  readonly accept: AcceptSshChannel;
}

/** One channel on an SSH connection, with backpressure in both directions. */
export class SshChannel implements CliChannel {
  readonly #stream: ServerChannel;
  readonly #link: ChannelLink;
  readonly #log: Log;
  readonly #closeS: number;
  readonly #handler: NetconfChannelHandler | undefined;
  /** Settles when everything queued so far has been handed over. */
  #tail: Promise<void> = Promise.resolve();
  /** Ends the wait of the write under way. */
  #wake: () => void = () => {};
  /** Settles when the session has taken what it was given last. */
  #taking: Promise<void> = Promise.resolve();
  #isClosing = false;
  #isGone = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor({ stream, link, log, closeS, accept }: SshChannelOptions) {
    this.#stream = stream;
    this.#link = link;
    this.#log = log;
    this.#closeS = closeS;
    stream.on("error", (error: Error) => log("debug", "channel error", { error }));
    try {
      this.#handler = accept(this);
    } catch (error) {
      this.#failed(error);
      return;
    }
    stream.on("data", (bytes: Buffer) => this.#received(bytes));
    // The client sends no more. A paused stream can end all the same, when its last bytes and the end came together.
    stream.on("end", () => void this.#ended());
  }

  get username(): string {
    return this.#link.login.username;
  }

  get group(): string | undefined {
    return this.#link.login.group;
  }

  get peer(): NetconfChannel["peer"] {
    return this.#link.peer;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#queue(this.#stream, bytes);
  }

  writeError(bytes: Uint8Array): Promise<void> {
    return this.#queue(this.#stream.stderr, bytes);
  }

  close(exitStatus = 0): void {
    if (this.#isClosing || this.#isGone) return;
    this.#isClosing = true;
    this.#deadline = setTimeout(() => this.#link.destroy(), this.#closeS * 1000);
    this.#tail = this.#tail.then(() => this.#end(exitStatus));
  }

  destroy(): void {
    this.#link.destroy();
  }

  /** The channel or its connection has closed. */
  gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#isClosing = true;
    clearTimeout(this.#deadline);
    this.#wake();
    this.#stream.resume(); // lets go of what nobody will read
    try {
      this.#handler?.closed();
    } catch (error) {
      this.#log("error", "the session failed to close", { error });
    }
  }

  #received(bytes: Buffer): void {
    if (this.#isClosing) return;
    try {
      const taken = this.#handler?.received(bytes);
      if (taken === undefined) return;
      this.#stream.pause();
      this.#taking = taken.then(
        () => void this.#stream.resume(),
        (error: unknown) => this.#failed(error),
      );
    } catch (error) {
      this.#failed(error);
    }
  }

  async #ended(): Promise<void> {
    await this.#taking;
    await this.#handler?.answered?.();
    this.close();
  }

  #queue(stream: Writable, bytes: Uint8Array): Promise<void> {
    if (!this.#isClosing) this.#tail = this.#tail.then(() => this.#send(stream, bytes));
    return this.#tail;
  }

  async #send(stream: Writable, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      while (!this.#isGone && !this.#link.isWritable()) await this.#wait((wake) => this.#link.whenWritable(wake));
      if (this.#isGone) return;
      const slice = Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(SLICE_BYTES, bytes.length - at));
      this.#link.gather();
      await this.#wait((wake) => stream.write(slice, wake));
      this.#deadline?.refresh();
    }
  }

  /** ssh2 forgets to call back when the channel closes in between: `gone` ends the wait then. */
  #wait(start: (wake: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      start(resolve);
    });
  }

  #end(exitStatus: number): void {
    if (this.#isGone) return;
    this.#stream.exit(exitStatus);
    this.#stream.end();
    this.#stream.close();
  }

  /** A session that throws is our own fault; it costs this connection and no other. */
  #failed(error: unknown): void {
    this.#log("error", "the session failed", { error });
    this.#link.destroy();
  }
}
