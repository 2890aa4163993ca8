import type { Socket } from "node:net";
import { failureText } from "../net/tls.ts";
import type { Clock } from "./clock.ts";
import { MessageType, TerminationReason } from "./codec/iana.ts";
import { encodeTermination } from "./codec/termination.ts";
import type { BmpLimits } from "./limits.ts";
import type { PageSource } from "./message-feed.ts";
import type { LogCursor } from "./message-log.ts";
import { type MessageCounts, noMessages } from "./message-page.ts";
import { MirrorDropper } from "./mirror-dropper.ts";
import type { SelectionChange } from "./selection-change.ts";
import type { TurnQueue } from "./turn-queue.ts";

export interface ConnectionOptions {
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
  /** The dump was handed to the socket. */
  readonly dumped: () => void;
  /** It ends the connection, and has told the collector why; `ended` is still to come. */
  readonly gaveUp: (connection: CollectorConnection) => void;
  /** Called once, when the socket is gone. */
  readonly ended: (connection: CollectorConnection) => void;
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
  readonly #dumped: () => void;
  readonly #gaveUp: (connection: CollectorConnection) => void;
  readonly #sent: MessageCounts = noMessages();
  #queueLimitBytes: number;
  #dump: PageSource | undefined;
  /** Logs to be left, before the one that is followed. */
  #switches: Switch[] = [];
  #cursor: LogCursor | undefined;
  #statistics: PageSource | undefined;
  readonly #mirrored = new MirrorDropper();
  #isDroppingMirrored = false;
  #sentBytes = 0;
  #discardedBytes = 0;
  #cancelStuck: (() => void) | undefined;
  #cancelLinger: (() => void) | undefined;
  #isEnding = false;
  #isLagging = false;
  #endReason = "the connection closed";
  readonly #closed: Promise<void>;
  /** Our end of the connection. */
  readonly localEndpoint: { readonly localAddress?: string; readonly localPort?: number };

  constructor(options: ConnectionOptions) {
    // Not the options themselves: they would keep the dumped peers, and so their tables, for as long as this lives.
    const { socket, ended } = options;
    this.#socket = socket;
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.#turns = options.turns;
    this.#dumped = options.dumped;
    this.#gaveUp = options.gaveUp;
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
    socket.on("error", (error) => this.#abort(failureText(socket, error)));
    this.sendInitiation(options.initiation);
    this.#turns.add(this.#turn);
  }

  /** Resolved when the socket is gone. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /** Why it ended, or is about to. */
  get endReason(): string {
    return this.#endReason;
  }

  /** Whether it was cut off because the collector fell behind. */
  get isLagging(): boolean {
    return this.#isLagging;
  }

  /** Messages handed to the socket. */
  get sentMessages(): MessageCounts {
    return this.#sent;
  }

  /** Mirrored messages that were dropped. */
  get lostMirroredMessages(): number {
    return this.#mirrored.lost;
  }

  /** Octets the operating system took. */
  get sentBytes(): number {
    return this.#sentBytes;
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

  /** The first message, or a later one after a change (RFC 7854 section 4.3). */
  sendInitiation(message: Uint8Array): void {
    this.#count(MessageType.initiation);
    this.#write(message);
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
    if (!this.#isEnding && this.queuedBytes > this.#queueLimitBytes) {
      this.#isLagging = true;
      const reason = `the collector fell behind by more than ${this.#queueLimitBytes} bytes`;
      this.#giveUp(TerminationReason.outOfResources, reason);
    }
  }

  /** Sends Termination after what was already handed over, and closes. */
  terminate(code: TerminationReason, reason: string): void {
    if (this.#isEnding) return;
    this.#end(reason);
    this.#count(MessageType.termination);
    this.#write(encodeTermination({ kind: "termination", reason: code, strings: [reason] }));
    this.#socket.end();
    this.#cancelLinger = this.#clock.schedule(this.#limits.lingerMs, () => this.#socket.destroy());
  }

  /** Terminates on its own account. */
  #giveUp(code: TerminationReason, reason: string): void {
    this.terminate(code, reason);
    this.#gaveUp(this);
  }

  /** A monitoring station has nothing to send, so the end of what it sends is the end of the connection. */
  #collectorClosed(): void {
    if (!this.#isEnding) this.#abort("the collector closed the connection");
  }

  #abort(reason: string): void {
    if (!this.#isEnding) this.#end(reason);
    this.#socket.destroy();
  }

  #end(reason: string): void {
    this.#isEnding = true;
    this.#endReason = reason;
    this.#release();
  }

  /** Lets go of timers, of the place in the log and of the tables' iterators. */
  #release(): void {
    this.#isEnding = true;
    this.#cancelStuck?.();
    this.#cancelStuck = undefined;
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
    this.#pump();
  }

  /** What is in the log is handed over at once, unless a turn is due anyway; tables have to be made, so they wait. */
  #pump(): void {
    if (this.#isEnding) return;
    if (this.#dump !== undefined) this.#turns.add(this.#turn);
    else if (!this.#turns.has(this.#turn)) this.#takeTurn();
  }

  #takeTurn(): void {
    if (this.#isEnding) return;
    let left = this.#limits.turnBytes;
    while (left > 0) {
      if (this.#isBlocked()) {
        this.#cancelStuck ??= this.#clock.schedule(this.#limits.stuckTimeoutMs, () =>
          this.#abort("the collector takes nothing"),
        );
        return;
      }
      const slice = this.#nextSlice();
      if (slice === undefined) return;
      left -= slice.length;
      this.#write(this.#isDroppingMirrored ? this.#mirrored.drop(slice, this.#sent) : slice);
    }
    this.#turns.add(this.#turn);
  }

  /** What write() said, unless the operating system took everything at once all the same. */
  #isBlocked(): boolean {
    return this.#socket.writableNeedDrain && this.#socket.writableLength > 0;
  }

  #nextSlice(): Uint8Array | undefined {
    if (this.#dump !== undefined) {
      const slice = this.#nextOf(this.#dump);
      if (slice !== undefined) return slice;
      this.#dump = undefined;
      this.#dumped();
    }
    for (let [first] = this.#switches; first !== undefined; [first] = this.#switches) {
      const slice = this.#nextOfLog(first.rest) ?? this.#nextOf(first.change);
      if (slice !== undefined) return slice;
      first.change.close();
      this.#switches.shift();
    }
    const slice = this.#cursor && this.#nextOfLog(this.#cursor);
    if (slice !== undefined) return slice;
    // At the end of the log, and only there, the peers the collector knows are those that are up.
    if (this.#statistics === undefined) return undefined;
    const reports = this.#nextOf(this.#statistics);
    if (reports === undefined) this.#statistics = undefined;
    return reports;
  }

  /** Mirrored messages are dropped from when a share of the queue limit waits on until nothing does. */
  #nextOfLog(cursor: LogCursor): Uint8Array | undefined {
    const behindBytes = this.#behindBytes();
    if (behindBytes > this.#limits.mirroringShare * this.#queueLimitBytes) {
      this.#isDroppingMirrored = true;
    } else if (behindBytes === 0 && this.#isDroppingMirrored) {
      this.#isDroppingMirrored = false;
      this.#mirrored.recover();
    }
    return cursor.take(this.#sent);
  }

  #nextOf(feed: PageSource): Uint8Array | undefined {
    const page = feed.nextPage();
    if (page === undefined) return undefined;
    for (const [type, count] of page.counts.entries()) this.#sent[type] = (this.#sent[type] ?? 0) + count;
    return page.from(0);
  }

  #write(bytes: Uint8Array): void {
    this.#socket.write(bytes, (error) => {
      if (error == null) this.#sentBytes += bytes.length;
    });
  }

  #count(type: MessageType): void {
    this.#sent[type] = (this.#sent[type] ?? 0) + 1;
  }

  #discard(bytes: Uint8Array): void {
    this.#discardedBytes += bytes.length;
    if (this.#isEnding || this.#discardedBytes <= this.#limits.discardedBytes) return;
    this.#giveUp(TerminationReason.unspecified, "the collector sends data");
  }
}
