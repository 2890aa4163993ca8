import type { AccessControl } from "../access/access-control.ts";
import { accessUser } from "../access/access-user.ts";
import type { Datastores } from "../datastore/datastores.ts";
import type { NetconfChannelHandler } from "../netconf/channel.ts";
import { CHANNEL_CLOSED, CLOSED_BY_CLIENT, IDLE, killed, type SessionEnding } from "../netconf/session-ending.ts";
import type { RegisteredSession, SessionRegistry } from "../netconf/session-registry.ts";
import type { StartTimer } from "../netconf/timer.ts";
import { sessionEnd, sessionStart } from "../notifications/base-notifications.ts";
import type { EventStream } from "../notifications/event-stream.ts";
import type { Log, LogFields } from "../observe/log.ts";
import type { CliChannel, CliRequest } from "./channel.ts";
import type { CommandContext } from "./command.ts";
import type { CommandNode } from "./command-model.ts";
import type { Dialogue, DialogueHost } from "./dialogue.ts";
import type { CliLimits } from "./limits.ts";
import { ScriptDialogue } from "./script-dialogue.ts";
import { TerminalDialogue } from "./terminal-dialogue.ts";

/** What all sessions of the command line share. */
export interface CliEnvironment {
  readonly datastores: Datastores;
  readonly access: AccessControl;
  readonly registry: SessionRegistry;
  readonly events: EventStream;
  readonly log: Log;
  readonly limits: CliLimits;
  readonly startTimer: StartTimer;
  /** The top of the configuration; the same for all. */
  readonly roots: () => readonly CommandNode[];
  /** What the prompt calls this device. */
  readonly hostName: string;
  /** Name and version. */
  readonly product: string;
}

/** A session of the command line. It has an id as NETCONF's have: locks are its own, and <kill-session> ends it. */
export class CliSession implements NetconfChannelHandler, RegisteredSession {
  readonly id: number;
  readonly #channel: CliChannel;
  readonly #environment: CliEnvironment;
  readonly #context: CommandContext;
  readonly #dialogue: Dialogue;
  readonly #ended: (session: CliSession) => void;
  #released: Promise<void> | undefined;
  #isWorking = false;
  #stopTimer: () => void = () => {};

  /** `ended`: called when it holds nothing any more. */
  constructor(
    id: number,
    channel: CliChannel,
    { command, window }: CliRequest,
    environment: CliEnvironment,
    ended: (session: CliSession) => void,
  ) {
    const { username, group, peer } = channel;
    const { datastores, access, events, roots, hostName, product } = environment;
    this.id = id;
    this.#channel = channel;
    this.#environment = environment;
    this.#ended = ended;
    const typedAt = command === undefined ? window : undefined;
    this.#context = {
      requester: { sessionId: id, username, user: accessUser(username, group), sourceHost: peer.address },
      datastores,
      access,
      roots: roots(),
      window: typedAt,
      hostName,
      product,
      history: () => (this.#dialogue instanceof TerminalDialogue ? this.#dialogue.history : []),
      view: { kind: "user" },
      screenLength: undefined,
      hasLock: false,
      isOver: false,
    };
    this.#log("session opened", {
      address: peer.address,
      port: peer.port,
      cli: command === undefined ? "shell" : "exec",
    });
    events.publish(sessionStart(this.#context.requester));
    const host = this.#host();
    this.#dialogue =
      typedAt === undefined
        ? new ScriptDialogue(host, command, window === undefined ? "\n" : "\r\n")
        : new TerminalDialogue(host, typedAt);
  }

  received(bytes: Uint8Array): Promise<void> | void {
    if (this.#hasEnded) return;
    if (!this.#isWorking) this.#startTimer();
    return this.#dialogue.received(bytes);
  }

  answered(): Promise<void> {
    return this.#dialogue.answered();
  }

  closed(): void {
    void this.#end(CHANNEL_CLOSED);
  }

  kill(killedBy: number): Promise<void> {
    if (!this.#hasEnded) this.#channel.destroy();
    return this.#end(killed(killedBy));
  }

  /** Resolves when its locks are released. */
  close(ending: SessionEnding, exitStatus = 1): Promise<void> {
    if (!this.#hasEnded) this.#channel.close(exitStatus);
    return this.#end(ending);
  }

  get #hasEnded(): boolean {
    return this.#released !== undefined;
  }

  #host(): DialogueHost {
    const send = (text: string, write: (bytes: Uint8Array) => Promise<void>) => this.#write(text, write);
    return {
      context: this.#context,
      log: this.#environment.log,
      write: (text) => send(text, (bytes) => this.#channel.write(bytes)),
      writeError: (text) => send(text, (bytes) => this.#channel.writeError(bytes)),
      waits: () => {
        this.#isWorking = false;
        this.#startTimer();
      },
      works: () => {
        this.#isWorking = true;
        this.#stopTimer();
      },
      over: (exitStatus) => void this.close(CLOSED_BY_CLIENT, exitStatus),
    };
  }

  async #write(text: string, write: (bytes: Uint8Array) => Promise<void>): Promise<void> {
    if (this.#hasEnded) return;
    // A client that takes nothing is idle, whatever is done for it.
    this.#startTimer();
    await write(Buffer.from(text));
    if (this.#isWorking) this.#stopTimer();
  }

  #startTimer(): void {
    this.#stopTimer();
    if (this.#hasEnded) return;
    const { limits, startTimer } = this.#environment;
    this.#stopTimer = startTimer(limits.idleTimeS * 1000, () => this.#idle());
  }

  #idle(): void {
    this.#channel.destroy();
    void this.#end(IDLE);
  }

  #end({ text, end }: SessionEnding): Promise<void> {
    if (this.#released === undefined) {
      this.#released = this.#release();
      this.#stopTimer();
      this.#log("session ended", { reason: text });
      this.#environment.events.publish(sessionEnd(this.#context.requester, end));
    }
    return this.#released;
  }

  /** A command that still runs may take a lock, so locks go when it is through. */
  async #release(): Promise<void> {
    // Not before `#released` is set: what ends a dialogue ends its session.
    await Promise.resolve();
    const { datastores, registry, log } = this.#environment;
    try {
      await this.#dialogue.stop();
      await datastores.sessionEnded(this.id);
    } catch (error) {
      log("error", "locks not released", { session: this.id, error });
    } finally {
      registry.delete(this.id);
      this.#ended(this);
    }
  }

  #log(message: string, fields: LogFields): void {
    this.#environment.log("info", message, { session: this.id, user: this.#channel.username, ...fields });
  }
}
