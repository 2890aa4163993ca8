import { promises } from "node:fs";
import { join } from "node:path";
import type { EventLog, LoggedEvent } from "../notifications/event-log.ts";
import { encodeEvent, encodeHeader } from "./event-record.ts";
import { loadSegments, type Segment, segmentPath } from "./event-segments.ts";
import { type StorageLimits, storageLimits } from "./limits.ts";
import type { StorageLog } from "./log.ts";
import { type DamageReport, readSegment } from "./read-segment.ts";

export interface FileEventLogOptions {
  readonly dataFolder: string;
  readonly log: StorageLog;
  readonly limits?: Partial<StorageLimits>;
}

interface PendingEvent {
  readonly sequence: number;
  readonly line: Buffer;
}

/**
 * The event log in the folder `events`: segments of bounded size, of which the oldest is removed whole when another one
 * is begun. Events are written together, soon after they happened, and not flushed one by one: what was written outlives
 * the process; what a power cut takes are events since the last flush, which is made when a segment is full and at the
 * end. A write that fails costs the events in it, and nothing else.
 */
export class FileEventLog implements EventLog {
  readonly #folder: string;
  readonly #log: StorageLog;
  readonly #limits: StorageLimits;
  /** Oldest first; the last one is written to. */
  readonly #segments: Segment[];
  readonly #pending: PendingEvent[] = [];
  #pendingBytes = 0;
  #newestMs: number;
  #flushing: Promise<void> | undefined;
  /** The segment that is written to. */
  #file: promises.FileHandle | undefined;
  #isFailing = false;
  readonly #damaged = new Set<number>();
  readonly createdMs: number;
  next: number;

  /** Looks at what is there, which takes one segment's reading. */
  constructor({ dataFolder, log, limits }: FileEventLogOptions) {
    this.#folder = join(dataFolder, "events");
    this.#log = log;
    this.#limits = { ...storageLimits, ...limits };
    const { segments, next, newestMs } = loadSegments(this.#folder, log);
    this.#segments = segments;
    this.#newestMs = newestMs;
    this.createdMs = segments.at(-1)?.createdMs ?? Date.now();
    this.next = next;
  }

  get first(): number {
    return this.#segments[0]?.first ?? this.#pending[0]?.sequence ?? this.next;
  }

  append(event: LoggedEvent): void {
    this.next = event.sequence + 1;
    const line = encodeEvent(event);
    const isTooMuch = this.#pendingBytes + line.length > this.#limits.eventPendingBytes;
    if (isTooMuch || line.length > this.#limits.eventReadBytes) {
      return this.#lost(new Error(isTooMuch ? "the disk does not keep up" : `an event has ${line.length} bytes`));
    }
    this.#newestMs = Math.max(this.#newestMs, event.timeMs);
    this.#pending.push({ sequence: event.sequence, line });
    this.#pendingBytes += line.length;
    this.#flushing ??= this.#flushSoon();
  }

  async *read(from: number, notBeforeMs: number): AsyncGenerator<readonly LoggedEvent[], void, void> {
    // What waits is read from the disk like all else.
    await this.#flushing;
    let segment = this.#segments.findLast(({ first }) => first <= from) ?? this.#segments[0];
    for (let next = this.#after(segment); next !== undefined && next.newestBeforeMs < notBeforeMs; ) {
      segment = next;
      next = this.#after(segment);
    }
    for (; segment !== undefined; segment = this.#after(segment)) {
      for await (const events of readSegment(segment, this.#limits.eventReadBytes, this.#noteDamage)) {
        const wanted = events.filter(({ sequence }) => sequence >= from);
        if (wanted.length > 0) yield wanted;
      }
    }
  }

  async stop(): Promise<void> {
    await this.#flushing;
    try {
      await this.#file?.sync();
      await this.#file?.close();
    } catch (error) {
      this.#lost(error);
    }
    this.#file = undefined;
  }

  #after(segment: Segment | undefined): Segment | undefined {
    return segment && this.#segments.find(({ first }) => first > segment.first);
  }

  /** Never rejects. Events of one turn of the event loop are written together. */
  async #flushSoon(): Promise<void> {
    await new Promise(setImmediate);
    while (this.#pending.length > 0) {
      const events = this.#takePending();
      const bytes = Buffer.concat(events.map(({ line }) => line));
      try {
        await this.#write(bytes, events[0]?.sequence ?? 0);
        this.#isFailing = false;
      } catch (error) {
        this.#lost(error);
      }
      this.#pendingBytes -= bytes.length;
    }
    this.#flushing = undefined;
  }

  #takePending(): PendingEvent[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#pending.length && (count === 0 || bytes < this.#limits.eventWriteBytes)) {
      bytes += this.#pending[count++]?.line.length ?? 0;
    }
    return this.#pending.splice(0, count);
  }

  /** `first`: sequence number of the first event in `bytes`. */
  async #write(bytes: Buffer, first: number): Promise<void> {
    const newest = this.#segments.at(-1);
    const segment =
      newest === undefined || newest.bytes >= this.#limits.eventSegmentBytes
        ? await this.#begin(first, newest)
        : newest;
    this.#file ??= await openAt(segment);
    await writeFully(this.#file, bytes, segment.bytes);
    segment.bytes += bytes.length;
  }

  /** Seals the segment that is full, begins another one, and removes the oldest if there are too many. */
  async #begin(first: number, full: Segment | undefined): Promise<Segment> {
    if (full !== undefined) {
      this.#file ??= await openAt(full);
      await this.#file.sync();
      await this.#file.close();
      this.#file = undefined;
    }
    await promises.mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const header = { createdMs: this.createdMs, first, newestBeforeMs: this.#newestMs };
    const segment = { path: segmentPath(this.#folder, first), ...header, bytes: 0 };
    const line = encodeHeader(header);
    await promises.writeFile(segment.path, line, { mode: 0o600 });
    segment.bytes = line.length;
    this.#segments.push(segment);
    while (this.#segments.length > this.#limits.eventSegments) {
      await promises.rm(this.#segments.shift()?.path ?? "", { force: true });
    }
    return segment;
  }

  /** Told once, until it works again. */
  #lost(error: unknown): void {
    if (!this.#isFailing) this.#log("error", "Events cannot be kept in the event log", { error: String(error) });
    this.#isFailing = true;
  }

  readonly #noteDamage: DamageReport = ({ path, first }, at) => {
    if (this.#damaged.has(first)) return;
    this.#damaged.add(first);
    this.#log("error", "A segment of the event log is damaged; its further events are left out", { path, at });
  };
}

/** Opens the segment for what comes after its records. */
async function openAt({ path, bytes }: Segment): Promise<promises.FileHandle> {
  const file = await promises.open(path, "r+");
  try {
    await file.truncate(bytes);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function writeFully(file: promises.FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
