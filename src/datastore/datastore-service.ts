import { invalidValue, lockDenied } from "../errors/constructors.ts";
import type { SubtreeFilter } from "../yang/subtree-filter.ts";
import type { SchemaFormat, YangLibrary } from "../yang/yang-library.ts";
import { CandidateJournal } from "./candidate-journal.ts";
import { commitStaged, ownPart } from "./commit.ts";
import type { ConfigStream, DatastoreName, Datastores, EditRequest, InlineConfig, Requester } from "./datastores.ts";
import type { EngineEdit, StageSource } from "./engine-api.ts";
import { EngineHost } from "./engine-host.ts";
import type { EngineSetup } from "./engine-messages.ts";
import { EngineStream } from "./engine-stream.ts";
import type { EngineLog } from "./engine-thread.ts";
import { type DatastoreLimits, datastoreLimits } from "./limits.ts";
import { type HeldLock, Locks } from "./locks.ts";
import { Serial } from "./serial.ts";
import { asConfig } from "./stored-configuration.ts";
import type { CommitSubscriber, ConfigChange, StateProvider } from "./subscriber.ts";

export interface DatastoreServiceOptions {
  /** The compiled datastore-worker. */
  readonly workerUrl: URL;
  readonly setup: Omit<EngineSetup, "unitPaths" | "progress">;
  readonly subscribers: readonly CommitSubscriber[];
  readonly stateProviders: readonly StateProvider[];
  readonly log: EngineLog;
  readonly limits?: Partial<DatastoreLimits>;
}

/** The datastores as front ends see them: locks, order, commits; the trees themselves are in the engine's thread. */
export class DatastoreService implements Datastores {
  readonly #options: DatastoreServiceOptions;
  readonly #limits: DatastoreLimits;
  readonly #engine: EngineHost;
  readonly #journal = new CandidateJournal();
  readonly #locks = new Locks();
  /** Changes go one after the other: a commit waits for its subscribers between two engine calls. */
  readonly #changes = new Serial();
  #yangLibrary: YangLibrary = { contentId: "", modules: [] };

  constructor(options: DatastoreServiceOptions) {
    this.#options = options;
    this.#limits = { ...datastoreLimits, ...options.limits };
    this.#engine = new EngineHost({
      workerUrl: options.workerUrl,
      setup: { ...options.setup, unitPaths: options.subscribers.flatMap(({ paths }) => paths) },
      log: options.log,
      replay: () => this.#journal.changes,
      replayFailed: () => {
        this.#journal.clear();
        options.log("error", "The candidate's changes could not be rebuilt and are discarded");
      },
      limits: this.#limits,
    });
  }

  /** Loads what is stored and hands it to the subscribers. Rejects when it is wrong. */
  async start(): Promise<void> {
    await this.#engine.start();
    this.#yangLibrary = await this.#engine.call("yangLibrary");
    let told = 0;
    for (let next = this.#engine.call("units", told); ; ) {
      const units = await next;
      if (units.length === 0) return;
      told += units.length;
      // The engine has the next ones ready while these are looked at.
      next = this.#engine.call("units", told);
      this.#adopt(units);
    }
  }

  #adopt(units: ConfigChange): void {
    for (const subscriber of this.#options.subscribers) {
      const own = ownPart(subscriber, units);
      if (own.length > 0) subscriber.adopt(own);
    }
  }

  async stop(): Promise<void> {
    await this.#changes.idle();
    await this.#engine.stop();
  }

  /** Id of the newest commit; 0 = none. */
  commitId(): Promise<number> {
    return this.#engine.call("commitId");
  }

  heldLocks(): readonly HeldLock[] {
    return this.#locks.held();
  }

  yangLibrary(): YangLibrary {
    return this.#yangLibrary;
  }

  async getSchema(name: string, revision: string | undefined, format: SchemaFormat): Promise<ConfigStream> {
    return new EngineStream(this.#engine, await this.#engine.call("getSchema", name, revision, format));
  }

  async getConfig(source: DatastoreName, filter?: SubtreeFilter): Promise<ConfigStream> {
    return new EngineStream(this.#engine, await this.#engine.call("getConfig", source, filter));
  }

  async get(filter?: SubtreeFilter): Promise<ConfigStream> {
    const state = await Promise.all(this.#options.stateProviders.map((provider) => provider.state(filter)));
    return new EngineStream(this.#engine, await this.#engine.call("get", state.flat(), filter));
  }

  validate(source: DatastoreName | InlineConfig): Promise<void> {
    return this.#engine.call("validate", source);
  }

  edit(by: Requester, { target, ...edit }: EditRequest): Promise<void> {
    return this.#changes.run(async () => {
      this.#locks.checkWritable(target, by.sessionId);
      if (target === "running") return this.#commitDirectly(by, { kind: "edit", edit });
      return this.#editCandidate(edit);
    });
  }

  copy(by: Requester, source: DatastoreName | InlineConfig, target: DatastoreName): Promise<void> {
    return this.#changes.run(async () => {
      if (source === target)
        throw invalidValue(`Source and target are both the ${target} datastore. Give two different ones.`);
      this.#locks.checkWritable(target, by.sessionId);
      if (target === "running") return this.#commitDirectly(by, { kind: "copy", source });
      if (target === "startup") return this.#engine.call("copyToStartup", source);
      await this.#engine.call("copyToCandidate", source);
      await this.#shortenJournal();
    });
  }

  deleteStartup(by: Requester): Promise<void> {
    return this.#changes.run(async () => {
      this.#locks.checkWritable("startup", by.sessionId);
      await this.#engine.call("deleteStartup");
    });
  }

  commit(by: Requester): Promise<void> {
    return this.#changes.run(async () => {
      this.#locks.checkWritable("running", by.sessionId);
      this.#locks.checkWritable("candidate", by.sessionId);
      await commitStaged(this.#engine, this.#options.subscribers, { kind: "candidate" }, by);
      this.#journal.clear();
    });
  }

  discardChanges(by: Requester): Promise<void> {
    return this.#changes.run(async () => {
      this.#locks.checkWritable("candidate", by.sessionId);
      await this.#discard();
    });
  }

  lock(by: Requester, target: DatastoreName): Promise<void> {
    return this.#changes.run(async () => {
      // RFC 6241 section 7.5: a candidate with changes that are nobody's yet cannot be locked.
      this.#locks.lock(target, by.sessionId);
      if (target !== "candidate" || !(await this.#isCandidateModified(target, by))) return;
      this.#locks.unlock(target, by.sessionId);
      throw lockDenied(
        0,
        "The candidate datastore has changes that were neither committed nor discarded. Send <commit> or <discard-changes> first.",
      );
    });
  }

  unlock(by: Requester, target: DatastoreName): Promise<void> {
    return this.#changes.run(async () => {
      this.#locks.unlock(target, by.sessionId);
      // RFC 6241 section 8.3.5.2: unlocking the candidate discards what was not committed.
      if (target === "candidate") await this.#discard();
    });
  }

  sessionEnded(sessionId: number): Promise<void> {
    return this.#changes.run(async () => {
      if (this.#locks.releaseAll(sessionId).includes("candidate")) await this.#discard();
    });
  }

  async #isCandidateModified(target: DatastoreName, by: Requester): Promise<boolean> {
    try {
      return await this.#engine.call("isCandidateModified");
    } catch (error) {
      this.#locks.unlock(target, by.sessionId);
      throw error;
    }
  }

  async #editCandidate(edit: EngineEdit): Promise<void> {
    await this.#engine.call("editCandidate", edit);
    if (edit.testOption === "test-only") return;
    this.#journal.add({ method: "editCandidate", args: [edit] });
    if (this.#journal.bytes > this.#limits.candidateJournalBytes) await this.#shortenJournal();
  }

  /** The steps that led to the candidate give way to the difference they made. */
  async #shortenJournal(): Promise<void> {
    this.#journal.replaceBy({ edit: await this.#engine.call("candidateChanges") });
  }

  async #wholeCandidate(): Promise<string> {
    const stream = await this.getConfig("candidate");
    const pieces: Uint8Array[] = [];
    for (let piece = await stream.next(); piece !== undefined; piece = await stream.next()) pieces.push(piece);
    return asConfig(Buffer.concat(pieces)).toString();
  }

  async #discard(): Promise<void> {
    await this.#engine.call("discardCandidate");
    this.#journal.clear();
  }

  /** Changes running directly; a candidate with changes of its own keeps them, whatever running was before. */
  async #commitDirectly(by: Requester, source: StageSource): Promise<void> {
    if (this.#journal.isEmpty) return commitStaged(this.#engine, this.#options.subscribers, source, by);
    // Before running changes: repeated on another running, the steps would lead to another candidate, or fail.
    this.#journal.replaceBy({ whole: await this.#wholeCandidate() });
    await commitStaged(this.#engine, this.#options.subscribers, source, by);
    await this.#shortenJournal();
  }
}
