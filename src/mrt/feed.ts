import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { Clock } from "../bgp/clock.ts";
import type { EstablishedPeer, PeerDownReason, RouteObserver } from "../bgp/route-source.ts";
import type { RunQueue } from "../bgp/run-queue.ts";
import { MrtError } from "./codec/mrt-error.ts";
import { type MrtRecord, RecordReader } from "./codec/record-reader.ts";
import type { MrtFeedConfig } from "./config.ts";
import type { FeedOperState, MrtFeedState } from "./feed-state.ts";
import { fileOctets } from "./file-octets.ts";
import type { MrtLimits } from "./limits.ts";
import type { MrtFolder } from "./mrt-folder.ts";
import { PeerSet } from "./peer-set.ts";
import { replay, replayable, takeDown } from "./replay.ts";
import { Survey } from "./survey.ts";
import { tellTables } from "./tell-tables.ts";

export type MrtLog = (
  level: "info" | "warn" | "error",
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

/** What all feeds share. */
export interface FeedEnvironment {
  readonly folder: MrtFolder;
  readonly observer: RouteObserver;
  readonly clock: Clock;
  readonly limits: MrtLimits;
  readonly log: MrtLog;
  /** Whose slice is next. */
  readonly queue: RunQueue;
}

/** Longest timer there is, in ms. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;
const DISTINGUISHER_OCTETS = 6;
/** Its low bits count peers that have the same address. */
const DISTINGUISHER_SHIFT = 16n;

/** Not an error: the feed was stopped while it waited. */
const STOPPED = Symbol("stopped");

/** One file: its tables are loaded and told, then its messages replayed. */
export class Feed {
  readonly config: MrtFeedConfig;
  readonly #environment: FeedEnvironment;
  readonly #distinguisher: bigint;
  readonly #peers: PeerSet;
  #operState: FeedOperState = "disabled";
  #fileBytes = 0;
  #bytesRead = 0;
  #records = 0;
  #skippedRecords = 0;
  #invalidRoutes = 0;
  #replayedUntil: number | undefined;
  #lastError: string | undefined;
  #isStopped = false;
  /** Ends the wait that is under way. */
  #wake: (() => void) | undefined;
  /** By the clock's `monotonic`. */
  #sliceBegan = 0;
  #toldProgressAt = 0;

  constructor(config: MrtFeedConfig, environment: FeedEnvironment) {
    this.config = config;
    this.#environment = environment;
    this.#distinguisher = distinguisherOf(config.name);
    this.#peers = new PeerSet(config, this.#distinguisher, environment.limits);
  }

  /** Begins, if it is enabled. Never rejects; resolves when there is nothing left to do. */
  async start(): Promise<void> {
    if (!this.config.enabled) return;
    this.#operState = "loading";
    this.#toldProgressAt = this.#environment.clock.monotonic();
    try {
      await this.#run();
      this.#operState = "done";
      this.#log("info", "MRT feed done", this.#progress());
    } catch (error) {
      if (error === STOPPED) return;
      this.#operState = "failed";
      this.#lastError = `${this.config.file}: ${inWords(error)}`;
      this.#takeAllDown({ kind: "remote-closed" });
      for (const peer of this.#peers) peer.takeTables();
      // What is no fault of the file is one of ours.
      const stack = error instanceof MrtError ? {} : { stack: (error as Error).stack };
      this.#log("error", "MRT feed failed", { error: this.#lastError, ...stack });
    }
  }

  /** Its peers go down as those do that an operator removes. */
  stop(): void {
    this.#isStopped = true;
    this.#wake?.();
    this.#takeAllDown({ kind: "deconfigured" });
  }

  *establishedPeers(): Iterable<EstablishedPeer> {
    for (const { established } of this.#peers) if (established !== undefined) yield established;
  }

  state(): MrtFeedState {
    return {
      name: this.config.name,
      operState: this.#operState,
      distinguisher: this.#distinguisher,
      fileBytes: this.#fileBytes,
      bytesRead: this.#bytesRead,
      records: this.#records,
      skippedRecords: this.#skippedRecords,
      routes: this.#peers.routes,
      invalidRoutes: this.#invalidRoutes,
      peers: [...this.establishedPeers()].length,
      replayedUntil: this.#replayedUntil,
      lastError: this.#lastError,
    };
  }

  async #run(): Promise<void> {
    const file = await this.#environment.folder.open(this.config.file);
    try {
      this.#fileBytes = (await file.stat()).size;
      await this.#turn();
      const survey = await this.#load(file);
      await this.#tellTables(survey);
      if (!survey.hasMessages) return;
      this.#operState = "replaying";
      do {
        this.#skippedRecords = 0;
        await this.#replay(file);
      } while (this.config.repeat);
    } finally {
      await file.close();
    }
  }

  async #load(file: FileHandle): Promise<Survey> {
    const survey = new Survey(this.#peers, () => {
      this.#skippedRecords++;
    });
    await this.#eachRecord(file, (record) => this.#inSlices(survey.take(record)));
    this.#peers.checkLimits();
    const isLoaded = [...this.#peers].some((peer) => peer.isLoaded);
    if (!isLoaded && !survey.hasMessages)
      throw new MrtError(
        `no route and no BGP message of a peer that is wanted in ${this.#records} records`,
        "Name another file, or other peers.",
      );
    return survey;
  }

  async #tellTables(survey: Survey): Promise<void> {
    for (const peer of this.#peers) {
      if (!peer.isLoaded) continue;
      const telling = tellTables(peer, this.#environment.observer, survey.tableTimeMs);
      let step = telling.next();
      for (; step.done !== true; step = telling.next()) if (this.#isSliceOver()) await this.#turn();
      this.#invalidRoutes += step.value;
    }
    if (this.#invalidRoutes > 0)
      this.#log("warn", "MRT feed: malformed routes were left out", { routes: this.#invalidRoutes });
  }

  async #replay(file: FileHandle): Promise<void> {
    const { clock, observer } = this.#environment;
    let first: { readonly recordedMs: number; readonly atMs: number } | undefined;
    await this.#eachRecord(file, async (record) => {
      const event = replayable(record, this.#peers);
      if (event === undefined) {
        this.#skippedRecords++;
        return;
      }
      first ??= { recordedMs: record.timeMs, atMs: clock.monotonic() };
      await this.#waitUntil(first.atMs + (record.timeMs - first.recordedMs) / this.config.replaySpeed);
      replay(event, record.timeMs, observer);
      this.#replayedUntil = record.timeMs;
    });
    this.#peers.checkLimits();
  }

  /** Reads no faster than `handle` takes records. @throws MrtError that says which record it is about */
  async #eachRecord(file: FileHandle, handle: (record: MrtRecord) => undefined | Promise<void>): Promise<void> {
    const { limits } = this.#environment;
    const reader = new RecordReader(limits.recordBytes);
    const pieces = fileOctets(file, {
      readBytes: limits.readBytes,
      pause: () => this.#turn(),
      progress: (bytes) => {
        this.#bytesRead = bytes;
      },
    });
    let place = { number: 1, offset: 0 };
    this.#records = 0;
    try {
      for await (const octets of pieces) {
        // It may have been stopped while that was read: its peers must not come up again.
        this.#requireRunning();
        reader.push(octets);
        for (let record = reader.next(); record !== undefined; record = reader.next()) {
          place = record;
          const wait = handle(record);
          if (wait !== undefined) await wait;
          this.#records = record.number;
          place = { number: reader.nextNumber, offset: reader.nextOffset };
          if (this.#isSliceOver()) await this.#turn();
        }
        // Many pieces may be of one record, or of one block that was packed.
        if (this.#isSliceOver()) await this.#turn();
      }
      this.#requireRunning();
      reader.end();
    } catch (error) {
      if (!(error instanceof MrtError)) throw error;
      throw new MrtError(`record ${place.number} at octet ${place.offset}: ${error.message}`, error.advice);
    }
  }

  async #waitUntil(dueMs: number): Promise<void> {
    const { clock } = this.#environment;
    for (;;) {
      const leftMs = dueMs - clock.monotonic();
      // A timer is no finer than that.
      if (!(leftMs >= 1)) return;
      await new Promise<void>((resolve) => {
        const timer = clock.setTimer(resolve, Math.min(leftMs, LONGEST_WAIT_MS));
        this.#wake = () => {
          timer.cancel();
          resolve();
        };
      });
      this.#wake = undefined;
      this.#goOn();
    }
  }

  /** Goes through steps; a promise only where others have to have their turn before the last one. */
  #inSlices(steps: Iterator<undefined, void>): undefined | Promise<void> {
    while (steps.next().done !== true) if (this.#isSliceOver()) return this.#turn().then(() => this.#inSlices(steps));
    return undefined;
  }

  #isSliceOver(): boolean {
    return this.#environment.clock.monotonic() - this.#sliceBegan >= this.#environment.limits.sliceMs;
  }

  /** Waits until it is this feed's turn again. */
  async #turn(): Promise<void> {
    const { queue } = this.#environment;
    await new Promise<void>((resolve) => {
      const runSlice = () => {
        resolve();
        return false;
      };
      queue.add({ runSlice });
    });
    this.#goOn();
  }

  /** Begins another slice. @throws MrtError there is more than a feed may have */
  #goOn(): void {
    this.#requireRunning();
    this.#peers.checkLimits();
    this.#sliceBegan = this.#environment.clock.monotonic();
    this.#tellProgress();
  }

  #requireRunning(): void {
    if (this.#isStopped) throw STOPPED;
  }

  #takeAllDown(reason: PeerDownReason): void {
    for (const peer of this.#peers) takeDown(peer, reason, this.#environment.observer);
  }

  #tellProgress(): void {
    const { clock, limits } = this.#environment;
    if (clock.monotonic() - this.#toldProgressAt < limits.progressMs) return;
    this.#toldProgressAt = clock.monotonic();
    this.#log("info", `MRT feed ${this.#operState}`, this.#progress());
  }

  #progress(): Readonly<Record<string, unknown>> {
    const { fileBytes, bytesRead, records, routes, peers } = this.state();
    return { fileBytes, bytesRead, records, routes, peers };
  }

  #log(level: "info" | "warn" | "error", message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#environment.log(level, message, { feed: this.config.name, ...fields });
  }
}

function inWords(error: unknown): string {
  if (error instanceof MrtError) return `${error.message}. ${error.advice}`;
  return error instanceof Error ? error.message : String(error);
}

/** The same for the same name, and another for each. */
function distinguisherOf(name: string): bigint {
  const digest = createHash("sha256").update(name).digest().subarray(0, DISTINGUISHER_OCTETS);
  return BigInt(digest.readUIntBE(0, DISTINGUISHER_OCTETS)) << DISTINGUISHER_SHIFT;
}
