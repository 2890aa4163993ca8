import type { Socket } from "node:net";
import type { Clock } from "./clock.ts";
import { MessageType, TerminationReason } from "./codec/iana.ts";
import { encodeTermination } from "./codec/termination.ts";
import { type Down, socketDown } from "./down-reason.ts";
import type { BmpLimits } from "./limits.ts";
import type { PageSource } from "./message-feed.ts";
import type { LogCursor } from "./message-log.ts";
import { type MessageCounts, noMessages } from "./message-page.ts";
import { MirrorDropper } from "./mirror-dropper.ts";
import type { SelectionChange } from "./selection-change.ts";
import type { ConnectionHandlers } from "./session-host.ts";
import type { TurnQueue } from "./turn-queue.ts";

export interface ConnectionOptions extends ConnectionHandlers {
  /** Connected. */
  readonly socket: Socket;
  readonly clock: Clock;
  readonly limits: BmpLimits;
  /** Where the connections wait for their turns. */
  readonly turns: TurnQueue;
  readonly queueLimitBytes: number;
  /** The first message. */
  readonly initiation: Uint8Array;
  /** What comes before the log. */
  readonly dump: PageSource;
  /** Stands where the log was when the dump began. */
  readonly cursor: LogCursor;
}

/** The way from one log to another. */
interface Switch {
  /** What is left of the log that was followed. */
  readonly rest: LogCursor;
  readonly change: SelectionChange;
}

/**
 * One connection to a collector, TCP or TLS: the Initiation, the dump, then the shared log of those that are told the
 * same; when that is to be something else, what leads to it, then the log of those. Messages are handed to the
 * socket by pages and only while it takes them; what waits is a place in the log, not a copy.
 */
export class CollectorConnection {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #limits: BmpLimits;
  readonly #turns: TurnQueue;
  readonly #turn = () => this.#takeTurn();
  readonly #handlers: ConnectionHandlers;
  #queueLimitBytes: number;
  #dump: PageSource | undefined;
  #dumpedBytes = 0;
  /** Logs to be left, before the one that is followed. */
  #switches: Switch[] = [];
  #cursor: LogCursor | undefined;
  #statistics: PageSource | undefined;
  readonly #mirrored = new MirrorDropper();
  #isDroppingMirrored = false;
  #discardedBytes = 0;
  #cancelStuck: (() => void) | undefined;
  #isStuck = false;
  #cancelLinger: (() => void) | undefined;
  #isEnding = false;
  #down: Down = { reason: "closed-by-server", text: "the connection closed" };
  readonly #closed: Promise<void>;
  /** Our end of the connection. */
  readonly localEndpoint: { readonly localAddress?: string; readonly localPort?: number };

  constructor(options: ConnectionOptions) {
    // Not the options themselves: they would keep the dumped peers, and so their tables, for as long as this lives.
    const { socket, dumped, sent, queued, mirroredLost, discarded, stuckChanged, gaveUp, ended } = options;
    this.#socket = socket;
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.#turns = options.turns;
    this.#handlers = { dumped, sent, queued, mirroredLost, discarded, stuckChanged, gaveUp, ended };
    this.#queueLimitBytes = options.queueLimitBytes;
    this.#dump = options.dump;
    this.#cursor = options.cursor;
    const { localAddress, localPort } = socket;
    this.localEndpoint = {
      ...(localAddress === undefined ? {} : { localAddress }),
      ...(localPort === undefined ? {} : { localPort }),
    };
    this.#closed = new Promise((resolve) => {
      socket.once("close", () => {
        this.#release();
        ended(this);
        resolve();
      });
    });
    socket.on("drain", () => this.#drained());
    socket.on("data", (bytes) => this.#discard(bytes));
    socket.on("end", () => this.#collectorClosed());
    socket.on("error", (error) => this.#abort(socketDown(socket, error)));
    this.#write(options.initiation, oneOf(MessageType.initiation));
    this.#turns.add(this.#turn);
  }

  /** Resolved when the socket is gone. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /** Why it ended, or is about to. */
  get down(): Down {
    return this.#down;
  }

  /** Whether the collector takes nothing although something waits. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  /** Octets of the dump that were handed to the socket. */
  get dumpedBytes(): number {
    return this.#dumpedBytes;
  }

  /** Octets that wait for the collector. */
  get queuedBytes(): number {
    if (this.#socket.destroyed) return 0;
    return this.#socket.writableLength + this.#behindBytes();
  }

  /** Octets of the logs that are still to come. */
  #behindBytes(): number {
    let bytes = this.#cursor?.behindBytes ?? 0;
    for (const { rest, change } of this.#switches) bytes += rest.behindBytes + change.waitingBytes;
    return bytes;
  }

  setQueueLimit(bytes: number): void {
    this.#queueLimitBytes = bytes;
    this.follow();
  }

  /** A later Initiation, after a change (RFC 7854 section 4.3). It waits as all else does, and counts as that. */
  sendInitiation(message: Uint8Array): void {
    if (this.#isEnding) return;
    this.#write(message, oneOf(MessageType.initiation));
    this.follow();
  }

  /** Sends `round` once the log was followed to its end; a round that still goes on takes its place. */
  sendStatistics(round: PageSource): void {
    if (this.#statistics !== undefined) {
      round.close();
      return;
    }
    this.#statistics = round;
    this.#turns.add(this.#turn);
  }

  /** Follows another log from `cursor` on, once it was handed what the one before has until now, and `change`. */
  switchTo(cursor: LogCursor, change: SelectionChange): void {
    if (this.#cursor === undefined) return change.close();
    this.#cursor.endHere();
    this.#switches.push({ rest: this.#cursor, change });
    this.#cursor = cursor;
    this.#turns.add(this.#turn);
  }

  /** Hands over what the socket takes, then cuts the collector off if more waits than it may. */
  follow(): void {
    if (this.queuedBytes > this.#queueLimitBytes && this.#dump === undefined) this.#takeTurn();
    else this.#pump();
    if (this.#isEnding) return;
    const queued = this.queuedBytes;
    this.#handlers.queued(queued);
    if (queued <= this.#queueLimitBytes) return;
    const text = `the collector fell behind by more than ${this.#queueLimitBytes} bytes`;
    this.#giveUp(TerminationReason.outOfResources, { reason: "overflow", text });
  }

  /** Sends Termination after what was already handed over, and closes. */
  terminate(code: number, down: Down): void {
    if (this.#isEnding) return;
    this.#end(down);
    const message = encodeTermination({ kind: "termination", reason: code, strings: [down.text] });
    this.#write(message, oneOf(MessageType.termination));
    this.#socket.end();
    this.#cancelLinger = this.#clock.schedule(this.#limits.lingerMs, () => this.#socket.destroy());
  }

  /** Terminates on its own account. */
  #giveUp(code: number, down: Down): void {
    this.terminate(code, down);
    this.#handlers.gaveUp(this);
  }

  /** A monitoring station has nothing to send, so the end of what it sends is the end of the connection. */
  #collectorClosed(): void {
    if (!this.#isEnding) this.#abort({ reason: "closed-by-server", text: "the collector closed the connection" });
  }

  #abort(down: Down): void {
    if (!this.#isEnding) this.#end(down);
    this.#socket.destroy();
  }

  #end(down: Down): void {
    this.#isEnding = true;
    this.#down = down;
    this.#release();
  }

  /** Lets go of timers, of the place in the log and of the tables' iterators. */
  #release(): void {
    this.#isEnding = true;
    this.#cancelStuck?.();
    this.#cancelStuck = undefined;
    this.#isStuck = false;
    this.#cancelLinger?.();
    this.#turns.delete(this.#turn);
    this.#cursor = undefined;
    for (const { change } of this.#switches) change.close();
    this.#switches = [];
    this.#dump?.close();
    this.#dump = undefined;
    this.#statistics?.close();
    this.#statistics = undefined;
  }

  #drained(): void {
    this.#cancelStuck?.();
    this.#cancelStuck = undefined;
    if (this.#isStuck) {
      this.#isStuck = false;
      this.#handlers.stuckChanged();
    }
    this.#pump();
  }

  /** From now on the collector has to take something. */
  #awaitDrain(): void {
    if (this.#cancelStuck !== undefined) return;
    const { stuckNoticeMs, stuckTimeoutMs } = this.#limits;
    this.#cancelStuck = this.#clock.schedule(stuckNoticeMs, () => {
      this.#cancelStuck = this.#clock.schedule(stuckTimeoutMs - stuckNoticeMs, () =>
        this.#abort({ reason: "stuck", text: "the collector takes nothing" }),
      );
      this.#isStuck = true;
      this.#handlers.stuckChanged();
    });
  }

  /** What is in the log is handed over at once, unless a turn is due anyway; tables have to be made, so they wait. */
  #pump(): void {
    if (this.#isEnding) return;
    if (this.#dump !== undefined) this.#turns.add(this.#turn);
    else if (!this.#turns.has(this.#turn)) this.#takeTurn();
  }

  #takeTurn(): void {
    if (this.#isEnding) return;
    this.#handOver();
    if (!this.#isEnding) this.#handlers.queued(this.queuedBytes);
  }

  #handOver(): void {
    let left = this.#limits.turnBytes;
    while (left > 0) {
      if (this.#isBlocked()) return this.#awaitDrain();
      const messages = noMessages();
      const slice = this.#nextSlice(messages);
      if (slice === undefined) return;
      left -= slice.length;
      this.#write(this.#isDroppingMirrored ? this.#withoutMirrored(slice, messages) : slice, messages);
    }
    this.#turns.add(this.#turn);
  }

  /** `messages`, those of the slice, is corrected. */
  #withoutMirrored(slice: Uint8Array, messages: MessageCounts): Uint8Array {
    const { lost } = this.#mirrored;
    const kept = this.#mirrored.drop(slice, messages);
    if (this.#mirrored.lost > lost) this.#handlers.mirroredLost(this.#mirrored.lost - lost);
    return kept;
  }

  /** What write() said, unless the operating system took everything at once all the same. */
  #isBlocked(): boolean {
    return this.#socket.writableNeedDrain && this.#socket.writableLength > 0;
  }

  /** Adds its messages to `messages`. */
  #nextSlice(messages: MessageCounts): Uint8Array | undefined {
    if (this.#dump !== undefined) {
      const slice = nextOf(this.#dump, messages);
      this.#dumpedBytes += slice?.length ?? 0;
      if (slice !== undefined) return slice;
      this.#dump = undefined;
      this.#handlers.dumped();
    }
    for (let [first] = this.#switches; first !== undefined; [first] = this.#switches) {
      const slice = this.#nextOfLog(first.rest, messages) ?? nextOf(first.change, messages);
      if (slice !== undefined) return slice;
      first.change.close();
      this.#switches.shift();
    }
    const slice = this.#cursor && this.#nextOfLog(this.#cursor, messages);
    if (slice !== undefined) return slice;
    // At the end of the log, and only there, the peers the collector knows are those that are up.
    if (this.#statistics === undefined) return undefined;
    const reports = nextOf(this.#statistics, messages);
    if (reports === undefined) this.#statistics = undefined;
    return reports;
  }

  /** Mirrored messages are dropped from when a share of the queue limit waits on until nothing does. */
  #nextOfLog(cursor: LogCursor, messages: MessageCounts): Uint8Array | undefined {
    const behindBytes = this.#behindBytes();
    if (behindBytes > this.#limits.mirroringShare * this.#queueLimitBytes) {
      this.#isDroppingMirrored = true;
    } else if (behindBytes === 0 && this.#isDroppingMirrored) {
      this.#isDroppingMirrored = false;
      this.#mirrored.recover();
    }
    return cursor.take(messages);
  }

  #write(bytes: Uint8Array, messages: MessageCounts): void {
    this.#socket.write(bytes, (error) => {
      // Of a write that the end of the socket interrupts, node does not say that it failed.
      if (error == null && !this.#socket.destroyed) this.#handlers.sent(bytes.length, messages);
    });
  }

  #discard(bytes: Uint8Array): void {
    this.#discardedBytes += bytes.length;
    this.#handlers.discarded(bytes.length);
    if (this.#isEnding || this.#discardedBytes <= this.#limits.discardedBytes) return;
    this.#giveUp(TerminationReason.unspecified, { reason: "unexpected-data", text: "the collector sends data" });
  }
}

function nextOf(feed: PageSource, messages: MessageCounts): Uint8Array | undefined {
  const page = feed.nextPage();
  if (page === undefined) return undefined;
  messages.set(page.counts);
  return page.from(0);
}

function oneOf(type: MessageType): MessageCounts {
  const messages = noMessages();
  messages[type] = 1;
  return messages;
}
