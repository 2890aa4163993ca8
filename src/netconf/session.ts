import type { AccessControl } from "../access/access-control.ts";
import { accessUser } from "../access/access-user.ts";
import type { ConfigStream, Datastores } from "../datastore/datastores.ts";
import { Serial } from "../datastore/serial.ts";
import { operationFailed, tooBig } from "../errors/constructors.ts";
import { RpcError } from "../errors/rpc-error.ts";
import { ChunkedDecoder } from "../framing/chunked-decoder.ts";
import { ChunkedEncoder } from "../framing/chunked-encoder.ts";
import { EndOfMessageDecoder } from "../framing/end-of-message.ts";
import { EndOfMessageEncoder } from "../framing/end-of-message-encoder.ts";
import { FramingError } from "../framing/framing-error.ts";
import type { MessageDecoder } from "../framing/message-decoder.ts";
import type { MessageEncoder } from "../framing/message-encoder.ts";
import { sessionEnd, sessionStart } from "../notifications/base-notifications.ts";
import type { EventStream } from "../notifications/event-stream.ts";
import { SubscriberTooSlowError, type Subscription, type SubscriptionRequest } from "../notifications/subscription.ts";
import type { Log, LogFields, LogLevel } from "../observe/log.ts";
import type { AnsweredRpc } from "../observe/metrics.ts";
import type { UrlStores } from "../url/url-stores.ts";
import type { XmlElement } from "../xml/element.ts";
import { anonymousFrame, errorReply, serverHello } from "../xml/write.ts";
import { serverCapabilities } from "./capabilities.ts";
import type { NetconfChannel, NetconfChannelHandler } from "./channel.ts";
import { type Answer, type Asker, answer } from "./dispatch.ts";
import { HelloError, type NetconfVersion, negotiateVersion } from "./hello.ts";
import type { NetconfLimits } from "./limits.ts";
import type { MonitoredSession } from "./monitoring-state.ts";
import { notificationTarget } from "./notification-target.ts";
import { Occurrence } from "./occurrence.ts";
import type { OperationContext } from "./operation.ts";
import type { Reply, ReplyRest } from "./reply.ts";
import { RequestOrder } from "./request-order.ts";
import { RpcCounters } from "./rpc-counters.ts";
import type { ServerStatistics } from "./server-statistics.ts";
import {
  badHello,
  CHANNEL_CLOSED,
  CLOSED_BY_CLIENT,
  IDLE,
  killed,
  lostFilter,
  NO_HELLO,
  otherEnding,
  type SessionEnding,
  tooSlow,
} from "./session-ending.ts";
import type { RegisteredSession, SessionRegistry } from "./session-registry.ts";
import type { StartTimer } from "./timer.ts";

/** What all sessions of a server share. */
export interface SessionEnvironment {
  readonly datastores: Datastores;
  readonly urls: UrlStores;
  readonly access: AccessControl;
  readonly registry: SessionRegistry;
  readonly statistics: ServerStatistics;
  readonly events: EventStream;
  readonly log: Log;
  readonly limits: NetconfLimits;
  readonly startTimer: StartTimer;
  /** Told of each request that was answered. Must not throw. */
  readonly answered: (rpc: AnsweredRpc) => void;
}

/**
 * One NETCONF session (RFC 6241 section 4): requests are answered strictly in the order they came. They run one at a time,
 * but for some that change nothing and come together: these may overlap. While so many are in work no more is taken from
 * the channel, so that a client which sends faster than it is answered waits, and costs nothing. Notifications go between
 * two replies (RFC 5277 section 6), and wait for the client just so.
 */
export class NetconfSession implements NetconfChannelHandler, RegisteredSession, MonitoredSession {
  readonly id: number;
  readonly loginTime = new Date();
  readonly counters: RpcCounters;
  readonly #channel: NetconfChannel;
  readonly #environment: SessionEnvironment;
  readonly #context: OperationContext;
  readonly #helloDecoder: EndOfMessageDecoder;
  #decoder: MessageDecoder;
  #encoder: MessageEncoder = new EndOfMessageEncoder();
  /** Undefined until the client's hello. */
  #version: NetconfVersion | undefined;
  readonly #order = new RequestOrder();
  /** Answers to the requests in work, the oldest first. */
  readonly #answers: Promise<Answer>[] = [];
  /** A reply was sent, or will never be. */
  readonly #replying = new Occurrence();
  /** What replies in work are made of. */
  readonly #reading = new Set<ConfigStream>();
  /** Messages go out whole, one after the other. */
  readonly #outgoing = new Serial();
  #subscription: Subscription | undefined;
  #released: Promise<void> | undefined;
  #stopTimer: () => void;

  /** Sends the hello at once: RFC 6241 section 8.1 has both sides send theirs without waiting. */
  constructor(id: number, channel: NetconfChannel, environment: SessionEnvironment) {
    const { datastores, urls, access, registry, events, limits, startTimer } = environment;
    const { username, group, peer } = channel;
    this.id = id;
    this.#channel = channel;
    this.#environment = environment;
    this.counters = new RpcCounters(environment.statistics.total);
    this.#context = {
      session: { sessionId: id, username, user: accessUser(username, group), sourceHost: peer.address },
      access,
      datastores,
      urls,
      findSession: (other) => registry.get(other),
      notifications: { now: () => events.now(), subscribe: (request) => this.#subscribe(request) },
    };
    this.#helloDecoder = new EndOfMessageDecoder(limits.helloBytes);
    this.#decoder = this.#helloDecoder;
    this.#stopTimer = startTimer(limits.helloTimeS * 1000, () => void this.#drop(NO_HELLO));
    this.#log("info", "session opened", { address: peer.address, port: peer.port });
    events.publish(sessionStart(this.#context.session));
    const capabilities = serverCapabilities(datastores.yangLibrary(), urls.schemes);
    void channel.write(this.#encoder.encode([serverHello(capabilities, id)], true));
    environment.statistics.sessionStarted();
  }

  get username(): string {
    return this.#channel.username;
  }

  get sourceHost(): string {
    return this.#channel.peer.address;
  }

  async received(bytes: Uint8Array): Promise<void> {
    if (this.#hasEnded) return;
    this.#watchIdle();
    try {
      this.#decoder.push(bytes);
      for (;;) {
        const message = this.#decoder.next();
        if (message === undefined || this.#hasEnded) return;
        this.#take(message);
        while (this.#answers.length >= this.#environment.limits.requestsAtOnce && !this.#hasEnded) {
          await this.#replying.next();
        }
      }
    } catch (error) {
      // What came before is answered before the end.
      await this.answered();
      await this.#failed(error);
    }
  }

  async answered(): Promise<void> {
    while (this.#answers.length > 0 && !this.#hasEnded) await this.#replying.next();
  }

  closed(): void {
    void this.#end(CHANNEL_CLOSED);
  }

  kill(killedBy: number): Promise<void> {
    return this.#drop(killed(killedBy));
  }

  /** Ends the session after what is queued was sent; resolves when its locks are released. */
  close(ending: SessionEnding): Promise<void> {
    if (!this.#hasEnded) this.#channel.close();
    return this.#end(ending);
  }

  get #hasEnded(): boolean {
    return this.#released !== undefined;
  }

  #take(message: Uint8Array): void {
    if (this.#version === undefined) return this.#hello(message);
    this.#stopTimer();
    const asker: Asker = {
      counters: this.counters,
      hasEnded: () => this.#hasEnded,
      turn: (isRead) => request.turn(isRead),
      reading: (stream) => this.#reads(stream),
    };
    const request = this.#order.add();
    this.#answers.push(this.#measured(answer(message, this.#version, this.#context, this.#environment.log, asker)));
    if (this.#answers.length === 1) void this.#replyToAll();
  }

  async #measured(answering: Promise<Answer>): Promise<Answer> {
    const startMs = performance.now();
    const result = await answering;
    const { operation = "unknown", errorTag: outcome = "ok" } = result;
    this.#environment.answered({ operation, outcome, ms: performance.now() - startMs });
    return result;
  }

  #reads(stream: ConfigStream): void {
    this.#reading.add(stream);
    if (this.#hasEnded) stream.close();
  }

  /** Never rejects. */
  async #replyToAll(): Promise<void> {
    try {
      while (this.#answers.length > 0 && !this.#hasEnded) {
        await this.#replyToOldest();
        this.#replying.happened();
      }
    } catch (error) {
      await this.#failed(error);
    }
  }

  async #replyToOldest(): Promise<void> {
    const { parts, stream, rest, afterwards, errorTag } = (await this.#answers[0]) as Answer;
    // A session that ended meanwhile has nobody to tell.
    if (this.#hasEnded) return;
    if (errorTag !== undefined) this.counters.count("outRpcErrors");
    await this.#outgoing.run(() => (rest === undefined ? this.#write(parts, true) : this.#stream(parts, rest)));
    if (stream !== undefined) this.#reading.delete(stream);
    void this.#answers.shift();
    if (afterwards === "close") void this.close(CLOSED_BY_CLIENT);
    if (afterwards === "notify") void this.#notify();
    this.#order.replied();
  }

  async #stream(parts: Reply["parts"], rest: ReplyRest): Promise<void> {
    try {
      await this.#sendPieces(parts, rest);
    } catch (error) {
      // With part of the reply sent there is no way to tell the client.
      if (!this.#hasEnded) this.#log("error", "reply could not be completed", { error });
      void this.#drop(otherEnding("reply could not be completed"));
    }
  }

  /** RFC 5277 section 6.5.1: one subscription at a time. */
  #subscribe(request: SubscriptionRequest): void {
    if (this.#subscription !== undefined) {
      const message = "The session has a subscription already; end it by ending the session, or open another session.";
      throw operationFailed(message, { type: "protocol" });
    }
    const isPermitted = (content: XmlElement) => this.#mayBeTold(content);
    this.#subscription = this.#environment.events.subscribe({ ...request, isPermitted });
  }

  /** RFC 8341 section 3.4.6. */
  #mayBeTold(content: XmlElement): boolean {
    const { access, datastores } = this.#environment;
    return access.notification(this.#context.session.user, notificationTarget(content, datastores)).isPermitted;
  }

  /** Sends what the subscription gives, each message when the client has taken the one before. Never rejects. */
  async #notify(): Promise<void> {
    try {
      for (;;) {
        const message = this.#hasEnded ? undefined : await this.#subscription?.next();
        if (message === undefined || this.#hasEnded) break;
        this.counters.count("outNotifications");
        await this.#outgoing.run(() => this.#write([message], true));
      }
      this.#subscription = undefined;
      this.#watchIdle();
    } catch (error) {
      if (error instanceof SubscriberTooSlowError) await this.#drop(tooSlow(error.message));
      else if (error instanceof RpcError) await this.#drop(lostFilter(error.message));
      else await this.#failed(error);
    }
  }

  /**
   * The client takes one piece, the next one waits for that, and the one after it is being made: as many as that, and no
   * more, are in memory for a client that takes nothing.
   */
  async #sendPieces(parts: Reply["parts"], { piece, following, end }: ReplyRest): Promise<void> {
    let waiting = piece;
    let writing = this.#write(parts, false);
    for (;;) {
      const [next] = await Promise.all([following.next(), writing]);
      if (this.#hasEnded) return;
      if (next === undefined) return this.#write([waiting, end], true);
      writing = this.#write([waiting], false);
      waiting = next;
    }
  }

  /** Settles when the client can be given more; it is idle for as long as that takes. */
  async #write(parts: Reply["parts"], isLast: boolean): Promise<void> {
    if (this.#hasEnded) return;
    this.#startIdleTimer();
    await this.#channel.write(this.#encoder.encode(parts, isLast));
    if (this.#hasEnded) return;
    if (isLast) this.#watchIdle();
    else this.#stopTimer();
  }

  #hello(message: Uint8Array): void {
    const { messageBytes } = this.#environment.limits;
    this.#version = negotiateVersion(message);
    this.#log("debug", "hello received", { version: this.#version });
    this.#decoder = this.#version === "1.1" ? new ChunkedDecoder(messageBytes) : new EndOfMessageDecoder(messageBytes);
    if (this.#version === "1.1") this.#encoder = new ChunkedEncoder();
    // What came behind the hello in one packet is in the framing that both hellos chose (RFC 6242 section 4.1).
    this.#decoder.push(this.#helloDecoder.takeRest());
    this.#watchIdle();
  }

  /** The byte stream or the hello is beyond repair, or we are. */
  async #failed(error: unknown): Promise<void> {
    if (error instanceof FramingError && error.reason === "too-big" && this.#version !== undefined) {
      // Not within the RFC's duty, but the only way the client learns why.
      const reply = errorReply(anonymousFrame, tooBig(`${error.message} The session ends.`).entries);
      this.counters.count("inBadRpcs");
      this.counters.count("outRpcErrors");
      void this.#channel.write(this.#encoder.encode([reply], true));
      return void this.close(otherEnding(error.message));
    }
    if (error instanceof FramingError || error instanceof HelloError) {
      return void this.close((this.#version === undefined ? badHello : otherEnding)(error.message));
    }
    this.#log("error", "session failed", { error });
    void this.#drop(otherEnding("internal error"));
  }

  /**
   * The hello has one time for all of it; later each sign of life counts. One that waits for notifications has nothing to
   * say: it is idle only when it does not take them.
   */
  #watchIdle(): void {
    if (this.#subscription === undefined) this.#startIdleTimer();
    else this.#stopTimer();
  }

  #startIdleTimer(): void {
    if (this.#version === undefined || this.#hasEnded) return;
    const { limits, startTimer } = this.#environment;
    this.#stopTimer();
    this.#stopTimer = startTimer(limits.idleTimeS * 1000, () => void this.#drop(IDLE));
  }

  #drop(ending: SessionEnding): Promise<void> {
    if (!this.#hasEnded) this.#channel.destroy();
    return this.#end(ending);
  }

  #end({ text, end, level = "info" }: SessionEnding): Promise<void> {
    if (this.#released === undefined) {
      this.#environment.statistics.sessionEnded(end.reason);
      this.#stopTimer();
      this.#order.end();
      this.#replying.happened();
      for (const stream of this.#reading) stream.close();
      this.#subscription?.close();
      this.#log(level, "session ended", { reason: text });
      this.#environment.events.publish(sessionEnd(this.#context.session, end));
      this.#released = this.#release();
    }
    return this.#released;
  }

  /** An operation that still runs may take a lock, so locks go when it is through. */
  async #release(): Promise<void> {
    await Promise.all(this.#answers);
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
