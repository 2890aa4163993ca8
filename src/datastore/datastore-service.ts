import { invalidValue, lockDenied } from "../errors/constructors.ts";
import { locating } from "../errors/locating.ts";
import type { DefaultsMode } from "../yang/defaults-mode.ts";
import type { NodeDescription } from "../yang/node-descriptions.ts";
import type { NotificationNode } from "../yang/notification-nodes.ts";
import type { SubtreeFilter } from "../yang/subtree-filter.ts";
import { type Filter, isXPath, jsonXPath, type XPathFilter } from "../yang/xpath-filter.ts";
import type { SchemaFormat, YangLibrary } from "../yang/yang-library.ts";
import { Candidate } from "./candidate.ts";
import { CandidateJournal } from "./candidate-journal.ts";
import { type Clock, systemClock } from "./clock.ts";
import { ownPart } from "./commit.ts";
import type { CommitRecord } from "./commit-history.ts";
import { commitsState, selectsCommits } from "./commits-state.ts";
import type { ConfigPiece } from "./config-streams.ts";
import type {
  ActionOutput,
  ChangeSource,
  CommitRequest,
  ConfigStream,
  DatastoreName,
  Datastores,
  EditRequest,
  InlineConfig,
  Requester,
} from "./datastores.ts";
import type { EngineFigures } from "./engine-api.ts";
import { EngineHost, type ReplayedCall } from "./engine-host.ts";
import type { EngineSetup } from "./engine-messages.ts";
import { EngineStream } from "./engine-stream.ts";
import type { EngineLog } from "./engine-thread.ts";
import { type DatastoreLimits, datastoreLimits } from "./limits.ts";
import { type HeldLock, Locks } from "./locks.ts";
import type { PartialLock } from "./partial-lock.ts";
import { Running } from "./running.ts";
import { Serial } from "./serial.ts";
import type {
  ActionPerformer,
  CommitSubscriber,
  ConfigChange,
  ConfirmEvent,
  DatastoreChange,
  StateProvider,
} from "./subscriber.ts";

export interface DatastoreServiceOptions {
  /** The compiled datastore-worker. */
  readonly workerUrl: URL;
  readonly setup: Omit<EngineSetup, "unitPaths" | "actionPaths" | "progress">;
  readonly subscribers: readonly CommitSubscriber[];
  readonly stateProviders: readonly StateProvider[];
  readonly performers: readonly ActionPerformer[];
  /** Told of each change of running and startup when it is in effect. Must not throw. */
  readonly changed: (change: DatastoreChange) => void;
  /** Told what becomes of confirmed commits, after what changed by it. Must not throw. */
  readonly confirmEvent: (event: ConfirmEvent) => void;
  /** Names the time since the device started: another one means that it has started anew. */
  readonly bootId: string;
  readonly log: EngineLog;
  readonly limits?: Partial<DatastoreLimits>;
  readonly clock?: Clock;
}

/** The datastores as front ends see them: locks, order, commits; the trees themselves are in the engine's thread. */
export class DatastoreService implements Datastores {
  readonly #options: DatastoreServiceOptions;
  readonly #engine: EngineHost;
  readonly #candidate: Candidate;
  readonly #running: Running;
  readonly #locks: Locks;
  /** Changes go one after the other: a commit waits for its subscribers between two engine calls. */
  readonly #changes = new Serial();
  readonly #xpathReads = new Serial();
  readonly #eventSelections = new Serial();
  #yangLibrary: YangLibrary = { contentId: "", modules: [] };
  #notificationNodes: readonly NotificationNode[] = [];
  #nodeDescriptions: readonly NodeDescription[] = [];

  constructor(options: DatastoreServiceOptions) {
    this.#options = options;
    const { subscribers, performers, log, clock = systemClock } = options;
    const limits = { ...datastoreLimits, ...options.limits };
    const journal = new CandidateJournal();
    const locks = new Locks(limits);
    this.#locks = locks;
    this.#engine = new EngineHost({
      workerUrl: options.workerUrl,
      setup: {
        ...options.setup,
        unitPaths: subscribers.flatMap(({ paths }) => paths),
        actionPaths: performers.flatMap(({ actions }) => actions),
      },
      log,
      replay: () => [...locks.partial().map(lockAgain), ...journal.changes],
      replayFailed: () => {
        journal.clear();
        log("error", "The candidate's changes could not be rebuilt and are discarded");
      },
      limits,
    });
    const engine = this.#engine;
    const candidate = new Candidate(engine, journal, limits.candidateJournalBytes);
    this.#candidate = candidate;
    const inTurn = (task: () => Promise<void>) => this.#changes.run(task);
    this.#running = new Running({ ...options, engine, candidate, locks, clock, limits, inTurn });
  }

  /** Loads what is stored and hands it to the subscribers. Rejects when it is wrong. */
  async start(): Promise<void> {
    await this.#engine.start();
    this.#yangLibrary = await this.#engine.call("yangLibrary");
    this.#notificationNodes = await this.#engine.call("notificationNodes");
    this.#nodeDescriptions = await this.#engine.call("nodeDescriptions");
    // Nothing is undone in between: subscribers have to know what they are told the difference to.
    await this.#changes.run(async () => {
      await this.#running.resume();
      await this.#adoptAll();
    });
  }

  async #adoptAll(): Promise<void> {
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
    this.#running.stop();
    await this.#changes.idle();
    await this.#engine.stop();
  }

  /** Id of the newest commit; 0 = none. */
  commitId(): Promise<number> {
    return this.#engine.call("commitId");
  }

  /** Takes the figures of the engine and its thread. */
  figures(): Promise<EngineFigures> {
    return this.#engine.call("figures");
  }

  /** The last commits, newest first. */
  commits(): Promise<readonly CommitRecord[]> {
    return this.#engine.call("commits");
  }

  heldLocks(): readonly HeldLock[] {
    return this.#locks.held();
  }

  partialLocks(): readonly PartialLock[] {
    return this.#locks.partial();
  }

  yangLibrary(): YangLibrary {
    return this.#yangLibrary;
  }

  notificationNodes(): readonly NotificationNode[] {
    return this.#notificationNodes;
  }

  nodeDescriptions(): readonly NodeDescription[] {
    return this.#nodeDescriptions;
  }

  async getSchema(name: string, revision: string | undefined, format: SchemaFormat): Promise<ConfigStream> {
    return new EngineStream(this.#engine, await this.#engine.call("getSchema", name, revision, format));
  }

  async getConfig(
    { user }: Requester,
    source: DatastoreName,
    filter?: Filter,
    withDefaults?: DefaultsMode,
  ): Promise<ConfigStream> {
    return this.#read(filter, () => this.#engine.call("getConfig", source, filter, withDefaults, user));
  }

  async get({ user }: Requester, filter?: Filter, withDefaults?: DefaultsMode): Promise<ConfigStream> {
    return this.#read(filter, async () => {
      const wanted = isXPath(filter) ? undefined : filter;
      const state = await Promise.all([
        ...this.#options.stateProviders.map((provider) => provider.state(wanted)),
        this.#commitsState(wanted),
      ]);
      return this.#engine.call("get", state.flat(), filter, withDefaults, user);
    });
  }

  async #commitsState(filter: SubtreeFilter | undefined): Promise<readonly string[]> {
    if (!selectsCommits(filter)) return [];
    return commitsState(await this.#engine.call("commits"), this.#running.pending);
  }

  /** However many subscribers have such a filter, others share the thread with one of them at a time. */
  selectEvents(filter: XPathFilter, notifications: readonly string[]): Promise<readonly boolean[]> {
    return this.#eventSelections.run(() => this.#engine.call("selectEvents", filter, notifications));
  }

  validate(source: DatastoreName | InlineConfig): Promise<void> {
    return this.#engine.call("validate", source);
  }

  edit(by: Requester, { target, ...edit }: EditRequest): Promise<void> {
    return this.#changes.run(async () => {
      this.#locks.checkWritable(target, by.sessionId);
      if (target === "running") return this.#running.change(by, "edit-config", { kind: "edit", edit });
      return this.#candidate.edit(by, edit);
    });
  }

  copy(by: Requester, source: DatastoreName | InlineConfig, target: DatastoreName): Promise<void> {
    return this.#changes.run(async () => {
      if (source === target)
        throw invalidValue(`Source and target are both the ${target} datastore. Give two different ones.`);
      this.#locks.checkWritable(target, by.sessionId);
      if (target === "running") return this.#running.change(by, "copy-config", { kind: "copy", source });
      if (target === "startup") return this.#changeStartup(by, this.#engine.call("copyToStartup", source, by.user));
      return this.#candidate.replace(by, source);
    });
  }

  loadCommit(by: Requester, commitId: number): Promise<void> {
    return this.#changes.run(() => {
      this.#locks.checkWritable("candidate", by.sessionId);
      return this.#candidate.replace(by, { commitId });
    });
  }

  deleteStartup(by: Requester): Promise<void> {
    return this.#changes.run(async () => {
      this.#locks.checkWritable("startup", by.sessionId);
      await this.#changeStartup(by, this.#engine.call("deleteStartup"));
    });
  }

  commit(by: Requester, request: CommitRequest): Promise<void> {
    return this.#changes.run(() => {
      this.#locks.checkWritable("running", by.sessionId);
      this.#locks.checkWritable("candidate", by.sessionId);
      return this.#running.commit(by, request);
    });
  }

  cancelCommit(by: Requester, persistId: string | undefined): Promise<void> {
    return this.#changes.run(() => {
      this.#locks.checkWritable("running", by.sessionId);
      return this.#running.cancelCommit(by, persistId);
    });
  }

  discardChanges(by: Requester): Promise<void> {
    return this.#changes.run(async () => {
      this.#locks.checkWritable("candidate", by.sessionId);
      await this.#candidate.discard();
    });
  }

  async changes({ user }: Requester, of: ChangeSource, maxBytes?: number): Promise<ConfigStream> {
    return new EngineStream(this.#engine, await this.#engine.call("printChanges", of, user, maxBytes));
  }

  isCandidateModified(): Promise<boolean> {
    return this.#changes.run(() => this.#candidate.isModified());
  }

  async action({ user }: Requester, request: string): Promise<ActionOutput> {
    const { call, errorPath, namespace } = await this.#engine.call("readAction", request, user);
    const performer = this.#options.performers.find(({ actions }) => actions.includes(call.path));
    if (performer === undefined) throw new Error(`nobody carries out ${call.path}`);
    return { namespace, leaves: await locating(errorPath, performer.perform(call)) };
  }

  lock(by: Requester, target: DatastoreName): Promise<void> {
    return this.#changes.run(async () => {
      if (target === "running") this.#running.checkLock(by);
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
      if (target === "candidate") await this.#candidate.discard();
    });
  }

  partialLock(by: Requester, selects: readonly XPathFilter[]): Promise<PartialLock> {
    return this.#changes.run(async () => {
      const { sessionId } = by;
      this.#locks.checkPartialCount(sessionId);
      // Before all that tells of others: who may not lock this is told nothing else (RFC 5717 section 2.4.1.1).
      const nodes = await this.#engine.call("selectLocked", selects, by.user);
      this.#locks.checkPartialLock(sessionId, nodes.length);
      this.#running.checkPartialLock();
      const scope = { lockId: this.#locks.nextLockId(), sessionId, nodes };
      await this.#engine.call("lockNodes", scope);
      const moduleOf = (namespace: string) => implementedModule(this.#yangLibrary, namespace);
      const lock = { ...scope, since: new Date(), selects: selects.map((select) => jsonXPath(select, moduleOf)) };
      this.#locks.addPartial(lock);
      return lock;
    });
  }

  partialUnlock({ sessionId }: Requester, lockId: number): Promise<void> {
    return this.#changes.run(async () => {
      this.#locks.releasePartial(lockId, sessionId);
      await this.#engine.call("unlockNodes", [lockId]);
    });
  }

  sessionEnded(sessionId: number): Promise<void> {
    return this.#changes.run(async () => {
      const { datastores, partial } = this.#locks.releaseAll(sessionId);
      await this.#running.sessionEnded(sessionId);
      await Promise.all([
        partial.length > 0 && this.#engine.call("unlockNodes", partial),
        datastores.includes("candidate") && this.#candidate.discard(),
      ]);
    });
  }

  /** The evaluation of an XPath is not interrupted, and may need a copy of running: there is one at a time. */
  async #read(filter: Filter | undefined, open: () => Promise<ConfigPiece>): Promise<ConfigStream> {
    return new EngineStream(this.#engine, await (isXPath(filter) ? this.#xpathReads.run(open) : open()));
  }

  async #isCandidateModified(target: DatastoreName, by: Requester): Promise<boolean> {
    try {
      return await this.#candidate.isModified();
    } catch (error) {
      this.#locks.unlock(target, by.sessionId);
      throw error;
    }
  }

  async #changeStartup(by: Requester, change: Promise<void>): Promise<void> {
    await change;
    this.#options.changed({ by, datastore: "startup", edits: undefined });
  }
}

const implementedModule = ({ modules }: YangLibrary, wanted: string): string | undefined =>
  modules.find(({ isImplemented, namespace }) => isImplemented && namespace === wanted)?.name;

/** What a new engine has to know of a partial lock. */
const lockAgain = ({ lockId, sessionId, nodes }: PartialLock): ReplayedCall => ({
  method: "lockNodes",
  args: [{ lockId, sessionId, nodes }],
});
