import type { Datastores } from "../datastore/datastores.ts";
import { tooBig } from "../errors/constructors.ts";
import { ChunkedDecoder } from "../framing/chunked-decoder.ts";
import { encodeChunked } from "../framing/chunked-encoder.ts";
import { EndOfMessageDecoder, encodeEndOfMessage } from "../framing/end-of-message.ts";
import { FramingError } from "../framing/framing-error.ts";
import type { MessageDecoder } from "../framing/message-decoder.ts";
import type { Log, LogFields, LogLevel } from "../observe/log.ts";
import { anonymousFrame, errorReply, serverHello } from "../xml/write.ts";
import { protocolCapabilities } from "./capabilities.ts";
import type { NetconfChannel, NetconfChannelHandler } from "./channel.ts";
import { answer } from "./dispatch.ts";
import { HelloError, type NetconfVersion, negotiateVersion } from "./hello.ts";
import type { NetconfLimits } from "./limits.ts";
import type { OperationContext } from "./operation.ts";
import type { RegisteredSession, SessionRegistry } from "./session-registry.ts";
import type { StartTimer } from "./timer.ts";

/** What all sessions of a server share. */
export interface SessionEnvironment {
  readonly datastores: Datastores;
  readonly registry: SessionRegistry;
  readonly log: Log;
  readonly limits: NetconfLimits;
  readonly startTimer: StartTimer;
}

/**
 * One NETCONF session (RFC 6241 section 4): requests are answered strictly in the order they came, one at a time.
 * While one is in work no more is taken from the channel, so that a client which sends faster than it is answered
 * waits, and costs nothing.
 */
export class NetconfSession implements NetconfChannelHandler, RegisteredSession {
  readonly id: number;
  readonly #channel: NetconfChannel;
  readonly #environment: SessionEnvironment;
  readonly #context: OperationContext;
  readonly #helloDecoder: EndOfMessageDecoder;
  #decoder: MessageDecoder;
  /** Undefined until the client's hello. */
  #version: NetconfVersion | undefined;
  #running: Promise<unknown> | undefined;
  #released: Promise<void> | undefined;
  #stopTimer: () => void;

  /** Sends the hello at once: RFC 6241 section 8.1 has both sides send theirs without waiting. */
  constructor(id: number, channel: NetconfChannel, environment: SessionEnvironment) {
    const { datastores, registry, limits, startTimer } = environment;
    this.id = id;
    this.#channel = channel;
    this.#environment = environment;
    this.#context = {
      session: { sessionId: id, username: channel.username, group: channel.group },
      datastores,
      findSession: (other) => registry.get(other),
    };
    this.#helloDecoder = new EndOfMessageDecoder(limits.helloBytes);
    this.#decoder = this.#helloDecoder;
    this.#stopTimer = startTimer(limits.helloTimeS * 1000, () => void this.#drop("no hello in time"));
    this.#log("info", "session opened", { address: channel.peer.address, port: channel.peer.port });
    const capabilities = [...protocolCapabilities, ...datastores.moduleCapabilities()];
    void channel.write(encodeEndOfMessage(serverHello(capabilities, id)));
  }

  async received(bytes: Uint8Array): Promise<void> {
    if (this.#hasEnded) return;
    this.#watchIdle();
    try {
      this.#decoder.push(bytes);
      for (;;) {
        const message = this.#decoder.next();
        if (message === undefined) return;
        await this.#message(message);
        if (this.#hasEnded) return;
      }
    } catch (error) {
      await this.#failed(error);
    }
  }

  closed(): void {
    void this.#end("channel closed");
  }

  terminate(reason: string): Promise<void> {
    return this.#drop(reason);
  }

  /** Ends the session after what is queued was sent; resolves when its locks are released. */
  close(reason: string): Promise<void> {
    if (!this.#hasEnded) this.#channel.close();
    return this.#end(reason);
  }

  get #hasEnded(): boolean {
    return this.#released !== undefined;
  }

  async #message(message: Uint8Array): Promise<void> {
    if (this.#version === undefined) return this.#hello(message);
    this.#stopTimer();
    const answering = answer(message, this.#version, this.#context, this.#environment.log);
    this.#running = answering;
    const { reply, closes } = await answering;
    // A session that ended meanwhile has nobody to tell.
    if (this.#hasEnded) return;
    this.#watchIdle();
    await this.#channel.write(this.#version === "1.1" ? encodeChunked(reply) : encodeEndOfMessage(reply));
    if (closes) void this.close("closed by the client");
  }

  #hello(message: Uint8Array): void {
    const { messageBytes } = this.#environment.limits;
    this.#version = negotiateVersion(message);
    this.#log("debug", "hello received", { version: this.#version });
    this.#decoder = this.#version === "1.1" ? new ChunkedDecoder(messageBytes) : new EndOfMessageDecoder(messageBytes);
    // What came behind the hello in one packet is in the framing that both hellos chose (RFC 6242 section 4.1).
    this.#decoder.push(this.#helloDecoder.takeRest());
    this.#watchIdle();
  }

  /** The byte stream or the hello is beyond repair, or we are. */
  async #failed(error: unknown): Promise<void> {
    if (error instanceof FramingError && error.reason === "too-big" && this.#version !== undefined) {
      // Not within the RFC's duty, but the only way the client learns why.
      const reply = errorReply(anonymousFrame, tooBig(`${error.message} The session ends.`).entries);
      void this.#channel.write(this.#version === "1.1" ? encodeChunked(reply) : encodeEndOfMessage(reply));
      return void this.close(error.message);
    }
    if (error instanceof FramingError || error instanceof HelloError) return void this.close(error.message);
    this.#log("error", "session failed", { error });
    void this.#drop("internal error");
  }

  /** The hello has one time for all of it; later each sign of life counts. */
  #watchIdle(): void {
    if (this.#version === undefined) return;
    const { limits, startTimer } = this.#environment;
    this.#stopTimer();
    this.#stopTimer = startTimer(limits.idleTimeS * 1000, () => void this.#drop("idle"));
  }

  #drop(reason: string): Promise<void> {
    if (!this.#hasEnded) this.#channel.destroy();
    return this.#end(reason);
  }

  #end(reason: string): Promise<void> {
    if (this.#released === undefined) {
      this.#stopTimer();
      this.#log("info", "session ended", { reason });
      this.#released = this.#release();
    }
    return this.#released;
  }

  /** An operation that still runs may take a lock, so locks go when it is through. */
  async #release(): Promise<void> {
    await this.#running;
    try {
      await this.#environment.datastores.sessionEnded(this.id);
    } catch (error) {
      this.#log("error", "locks not released", { error });
    } finally {
      this.#environment.registry.delete(this.id);
    }
  }

  #log(level: LogLevel, message: string, fields: LogFields = {}): void {
    this.#environment.log(level, message, { session: this.id, user: this.#channel.username, ...fields });
  }
}
