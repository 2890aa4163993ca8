import type { DataTree } from "libyang-wasm";
import { dataMissing, invalidValue, operationFailed, operationNotSupported, tooBig } from "../errors/constructors.ts";
import type { Job } from "../job.ts";
import type { AccessUser } from "../nacm/config.ts";
import { threadFigures } from "../thread-figures.ts";
import { checkActionAccess, inputOf, parseAction, requireInstance, validateInput } from "../yang/action.ts";
import { addDifferences } from "../yang/add-differences.ts";
import type { SchemaAccess } from "../yang/data-access.ts";
import { type DefaultsMode, showsDefaults } from "../yang/defaults-mode.ts";
import { summariseEdits } from "../yang/edit-summary.ts";
import { toErrorPath } from "../yang/error-path.ts";
import { keysTo } from "../yang/instance.ts";
import { yangLimits } from "../yang/limits.ts";
import { type NodeDescription, nodeDescriptions } from "../yang/node-descriptions.ts";
import { type NotificationNode, notificationNodes } from "../yang/notification-nodes.ts";
import type { Pieces } from "../yang/pieces.ts";
import { printTree, printWithState } from "../yang/print-tree.ts";
import { readableEdit } from "../yang/readable-edit.ts";
import { refusingJob } from "../yang/rpc-errors.ts";
import type { Schema } from "../yang/schema.ts";
import { selectEvents } from "../yang/select-events.ts";
import { textPieces } from "../yang/text-pieces.ts";
import { disposeTree } from "../yang/whole-tree.ts";
import { checkWrites, differences } from "../yang/write-check.ts";
import type { Filter, XPathFilter } from "../yang/xpath-filter.ts";
import type { SchemaFormat, YangLibrary } from "../yang/yang-library.ts";
import type { CommitHistory, CommitRecord } from "./commit-history.ts";
import { type ConfigPiece, ConfigStreams } from "./config-streams.ts";
import type { ChangeSource, ConfigSource, DatastoreName, InlineConfig } from "./datastores.ts";
import { EngineAccess } from "./engine-access.ts";
import type { ChangePart, EngineApi, EngineEdit, EngineFigures, InvokedAction, StageSource } from "./engine-api.ts";
import { datastoreLimits } from "./limits.ts";
import { LockedNodes } from "./locked-nodes.ts";
import type { FreedNode, LockedNode, LockScope } from "./partial-lock.ts";
import { selectLocked } from "./select-locked.ts";
import { SourceTrees } from "./source-trees.ts";
import { asConfig, loadPair } from "./stored-configuration.ts";
import type { ConfigChange, UnitChange } from "./subscriber.ts";
import { allUnits, unitChanges } from "./unit-changes.ts";
import { UnitSchema } from "./unit-schema.ts";
import type { WorkingPair } from "./working-pair.ts";

/**
 * What running is about to become: the candidate, or a change of running itself, which is a fork where it has to be
 * made past a candidate that somebody is working on.
 */
interface Staged {
  readonly pair: WorkingPair;
  readonly isDirect: boolean;
  readonly change: ConfigChange;
}

/** The three datastores, and the disk behind them. Running and candidate are kept as trees, startup on disk only. */
export class DatastoreEngine implements EngineApi {
  readonly #schema: Schema;
  readonly #history: CommitHistory;
  readonly #units: UnitSchema;
  readonly #actionPaths: ReadonlySet<string>;
  readonly #streams = new ConfigStreams();
  readonly #pair: WorkingPair;
  readonly #access: EngineAccess;
  readonly #trees: SourceTrees;
  readonly #locked: LockedNodes;
  #staged: Staged | undefined;
  /** How many units of running were told, and the others. */
  #told: { readonly count: number; readonly rest: Iterator<UnitChange> } | undefined;
  #newest: CommitRecord | undefined;
  #hasBegun: boolean;

  /**
   * Running is the newest commit; before the first one it is the startup datastore, so that a device can be delivered
   * with a configuration. `actionPaths` are the actions that somebody carries out. Throws `RpcError` when what is stored
   * does not validate.
   */
  constructor(
    schema: Schema,
    history: CommitHistory,
    unitPaths: ReadonlySet<string>,
    actionPaths: ReadonlySet<string> = new Set(),
  ) {
    this.#schema = schema;
    this.#history = history;
    this.#units = new UnitSchema(unitPaths);
    this.#actionPaths = actionPaths;
    const stored = history.load();
    this.#hasBegun = stored !== undefined;
    this.#newest = stored?.newest;
    const beforeChange = (tree: DataTree) => this.#streams.beforeChange(tree);
    this.#pair = loadPair(schema, stored, history.readStartup(), beforeChange);
    this.#access = new EngineAccess(schema, this.#pair.running);
    this.#trees = new SourceTrees({ schema, history, pair: this.#pair, access: this.#access });
    this.#locked = new LockedNodes(schema);
  }

  commitId(): number {
    return this.#newest?.id ?? 0;
  }

  newestCommit(): CommitRecord | undefined {
    return this.#newest;
  }

  figures(): EngineFigures {
    return {
      newest: this.#newest,
      memoryBytes: this.#schema.memoryBytes,
      storedBytes: this.#history.storedBytes(),
      thread: threadFigures(),
    };
  }

  commits(): readonly CommitRecord[] {
    return this.#trees.commits();
  }

  yangLibrary(): YangLibrary {
    return this.#schema.library.description;
  }

  notificationNodes(): readonly NotificationNode[] {
    return notificationNodes(this.#schema.context.modules());
  }

  nodeDescriptions(): readonly NodeDescription[] {
    return nodeDescriptions(this.#schema.configModules, this.#schema.context.modules());
  }

  units(from: number): ConfigChange {
    if (from === 0) this.#told = { count: 0, rest: allUnits(this.#units, this.#pair.running) };
    const { count, rest } = this.#told ?? {};
    if (rest === undefined || count !== from) throw operationFailed("Running changed while its units were told.");
    const units: UnitChange[] = [];
    for (let next = rest.next(); next.done !== true; next = rest.next())
      if (units.push(next.value) === datastoreLimits.unitsPerPart) break;
    this.#told = { count: from + units.length, rest };
    return units;
  }

  *getConfig(source: DatastoreName, filter?: Filter, withDefaults?: DefaultsMode, user?: AccessUser): Job<ConfigPiece> {
    if (source === "candidate") yield* this.#pair.catchUp();
    const reader = this.#access.reader(user);
    const printed = (tree: DataTree) => printTree(this.#schema, tree, filter, withDefaults, reader);
    // An edit leaves defaults to validation.
    const isComplete = !this.#pair.isTouched || !showsDefaults(withDefaults ?? "explicit");
    if (source === "running" || (source === "candidate" && isComplete))
      return yield* this.#open(this.#pair[source], printed(this.#pair[source]));
    const tree = yield* this.#trees.complete(source, withDefaults);
    return yield* this.#open(tree, disposing(tree, printed(tree)));
  }

  *get(state: readonly string[], filter?: Filter, withDefaults?: DefaultsMode, user?: AccessUser): Job<ConfigPiece> {
    const { running } = this.#pair;
    const reader = this.#access.reader(user);
    return yield* this.#open(running, printWithState(this.#schema, running, state, filter, withDefaults, reader));
  }

  selectEvents(filter: XPathFilter, notifications: readonly string[]): Job<readonly boolean[]> {
    return this.#refusing(selectEvents(this.#schema, filter, notifications));
  }

  *getSchema(name: string, revision: string | undefined, format: SchemaFormat): Job<ConfigPiece> {
    const text = this.#schema.library.text(name, revision, format);
    if (text === undefined) throw invalidValue(`There is no schema "${name}" of revision "${revision ?? ""}".`);
    return yield* this.#open(undefined, textPieces(text, yangLimits.pieceBytes));
  }

  readStream(stream: number): Job<ConfigPiece> {
    return this.#refusing(this.#streams.read(stream));
  }

  closeStream(stream: number): void {
    this.#streams.close(stream);
  }

  *validate(source: DatastoreName | InlineConfig): Job<void> {
    if (source === "running") return;
    if (source === "candidate") return yield* this.#refusing(this.#pair.validate());
    const tree = yield* this.#trees.of(source);
    if (source === "startup" && tree.isEmpty) {
      tree.dispose();
      throw dataMissing("The startup datastore is empty.");
    }
    const pair = yield* this.#refusing(this.#pair.forkWith(tree));
    try {
      yield* this.#refusing(pair.validate());
    } finally {
      yield* pair.disposeFork();
    }
  }

  readAction(request: string, user?: AccessUser): InvokedAction {
    const { context } = this.#schema;
    const { running } = this.#pair;
    using rpc = parseAction(context, request);
    const action = rpc.operation;
    const errorPath = toErrorPath(context, action.path);
    const access = this.#access.performer(user);
    // Before anything else is told about the instance: it may be one that the user may not know of.
    if (access !== undefined) checkActionAccess(context, access, action);
    const path = action.schema?.path ?? "";
    if (!this.#actionPaths.has(path)) {
      const message = `Nobody carries out the action ${errorPath.text} on this server: its module is served as data only.`;
      throw operationNotSupported(message, { path: errorPath });
    }
    requireInstance(context, action, running);
    validateInput(context, rpc, running);
    const call = { path, keys: keysTo(action), input: inputOf(action) };
    return { call, errorPath, namespace: action.namespace ?? "" };
  }

  *editCandidate(edit: EngineEdit, user?: AccessUser): Job<boolean> {
    const writer = this.#access.writer(user);
    // RFC 7950 section 8.3.3: constraints on the candidate are enforced by validate and commit.
    if (edit.testOption !== "test-only") return yield* this.#refusing(this.#pair.edit(edit, writer));
    yield* this.#pair.catchUp();
    const tried = this.#pair.isTouched ? yield* this.#fork("candidate") : this.#pair;
    try {
      yield* this.#refusing(tried.edit(edit, writer));
      yield* this.#refusing(tried.validate());
      return false;
    } finally {
      yield* this.#giveUp(tried);
    }
  }

  *copyToCandidate(source: ConfigSource, user?: AccessUser): Job<void> {
    if (source === "candidate") return;
    const writer = this.#access.writer(user);
    if (source === "running" && this.#access.reader(user) === undefined) {
      if (writer !== undefined) yield* this.#refusing(this.#pair.checkDiscard(writer));
      return yield* this.#pair.discard();
    }
    const copy = yield* this.#trees.readable(source, user);
    yield* this.#refusing(this.#pair.replaceCandidate(copy, writer));
  }

  discardCandidate(): Job<void> {
    return this.#pair.discard();
  }

  isCandidateModified(): Job<boolean> {
    return this.#pair.isModified();
  }

  *candidateChanges(): Job<string> {
    return asConfig(yield* this.#pair.changes()).toString();
  }

  *printChanges(of: ChangeSource, user?: AccessUser, maxBytes?: number): Job<ConfigPiece> {
    const change = of === "candidate" ? asConfig(yield* this.#pair.changes()) : this.#trees.changeOf(of.commitId);
    if (maxBytes !== undefined && change.length > maxBytes) {
      throw tooBig(`The change has ${change.length} bytes, and no more than ${maxBytes} are wanted.`);
    }
    const whole = Buffer.from(change).toString();
    const reader = this.#access.reader(user);
    const text = reader === undefined ? whole : yield* this.#refusing(readableEdit(this.#schema, whole, reader));
    return yield* this.#open(undefined, textPieces(text, yangLimits.pieceBytes));
  }

  *copyToStartup(source: DatastoreName | InlineConfig, user?: AccessUser): Job<void> {
    const isSent = typeof source !== "string";
    if (!isSent) yield* this.validate(source);
    // RFC 8341 section 3.2.6: from running to startup, the right to the operation is enough.
    const limited = source === "running" ? undefined : user;
    const isKept = source === "running" || source === "candidate";
    const kept = isKept && this.#access.reader(limited) === undefined ? this.#pair[source] : undefined;
    using copy = kept === undefined ? yield* this.#trees.readable(source, limited) : undefined;
    const content = yield* this.#printed(kept ?? (copy as DataTree));
    // What is to be stored, so that passwords in clear text are hashed once.
    if (isSent) yield* this.validate({ config: asConfig(content).toString() });
    const writer = this.#access.writer(limited);
    if (writer !== undefined) yield* this.#checkStartup(content, writer);
    this.#store(() => this.#history.writeStartup(content));
  }

  deleteStartup(): void {
    this.#store(() => this.#history.writeStartup(undefined));
  }

  /** Whether startup may be made what `content` says. */
  *#checkStartup(content: Uint8Array, writer: SchemaAccess): Job<void> {
    const { context } = this.#schema;
    using startup = yield* this.#trees.of("startup");
    using tree = yield* this.#trees.of({ config: asConfig(content).toString() });
    using places = context.emptyInstanceSet();
    yield* addDifferences(places, startup, tree);
    yield* this.#refusing(checkWrites(context, writer, differences(startup, tree, places)));
  }

  *selectLocked(selects: readonly XPathFilter[], user?: AccessUser): Job<readonly LockedNode[]> {
    const isWhole = this.#access.reader(user) === undefined;
    const tree = isWhole ? this.#pair.running : yield* this.#trees.readable("running", user);
    try {
      return yield* this.#refusing(selectLocked(this.#schema, tree, selects, this.#access.writer(user)));
    } finally {
      if (!isWhole) yield* disposeTree(tree);
    }
  }

  lockNodes(scope: LockScope): void {
    this.#locked.add(scope);
  }

  unlockNodes(lockIds: readonly number[]): void {
    for (const lockId of lockIds) this.#locked.remove(lockId);
  }

  freeNodes(freed: readonly FreedNode[]): void {
    this.#locked.free(freed);
  }

  *stage(
    source: StageSource,
    isWantedAnyway: boolean,
    user?: AccessUser,
    sessionId?: number,
  ): Job<ChangePart | undefined> {
    yield* this.unstage();
    yield* this.#pair.catchUp();
    // A copy of the candidate has only what may be read of it; a commit is of all that is in it.
    const isWhole = source.kind === "candidate" || this.#access.reader(user) === undefined;
    const isDirect = !(isWhole && isCandidateItself(source));
    const pair = isDirect && this.#pair.isTouched ? yield* this.#fork("running") : this.#pair;
    try {
      if (isDirect) yield* this.#change(pair, source, user);
      const writer = this.#access.writer(user);
      // Before validation, which changes more: for side effects no permission is needed.
      if (writer !== undefined) yield* this.#refusing(pair.checkCommit(writer));
      yield* this.#refusing(pair.validate());
      // After validation, which changes more: what it takes away from a locked node is taken away all the same.
      const freed = yield* this.#freedBy(pair, sessionId);
      const isTestOnly = source.kind === "edit" && source.edit.testOption === "test-only";
      if (isTestOnly || !((yield* pair.isModified()) || isWantedAnyway)) return undefined;
      const change = yield* unitChanges(this.#units, pair);
      const edits = yield* summariseEdits(pair.changedPlaces());
      this.#staged = { pair, isDirect, change };
      return { units: this.stagedUnits(0), total: change.length, edits, freed };
    } finally {
      if (this.#staged === undefined && isDirect) yield* this.#giveUp(pair);
    }
  }

  stagedUnits(from: number): ConfigChange {
    return this.#required().change.slice(from, from + datastoreLimits.unitsPerPart);
  }

  *finish(record: CommitRecord): Job<void> {
    const staged = this.#required();
    yield* this.#record(record, staged.pair);
    this.#staged = undefined;
    this.#told = undefined;
    if (staged.pair === this.#pair) yield* this.#pair.commit();
    else yield* this.#pair.take(staged.pair);
    this.#access.committed(staged.change, this.#pair.running);
  }

  catchUp(): Job<void> {
    return this.#pair.catchUp();
  }

  *unstage(): Job<void> {
    const staged = this.#staged;
    this.#staged = undefined;
    if (staged?.isDirect === true) yield* this.#giveUp(staged.pair);
  }

  /** Locked nodes that a change takes away. Throws `RpcError` when another session has locked what it is about. */
  *#freedBy(pair: WorkingPair, sessionId: number | undefined): Job<readonly FreedNode[]> {
    if (this.#locked.isEmpty) return [];
    const { before, after, touched } = pair.changedPlaces();
    const changes = differences(before, after, touched);
    return yield* this.#refusing(this.#locked.check({ before, after, changes }, sessionId));
  }

  #required(): Staged {
    if (this.#staged !== undefined) return this.#staged;
    throw operationFailed("The datastore engine was restarted during the commit. Nothing was changed; try again.");
  }

  /** Puts the change of running itself that `source` is onto a pair. */
  *#change(pair: WorkingPair, source: StageSource, user: AccessUser | undefined): Job<void> {
    if (source.kind === "edit") yield* this.#refusing(pair.edit(source.edit));
    if (source.kind !== "copy") return;
    const tree = yield* this.#trees.readable(source.source, user);
    yield* this.#refusing(pair.replaceCandidate(tree));
  }

  #fork(tree: "running" | "candidate"): Job<WorkingPair> {
    return this.#refusing(this.#pair.fork(tree));
  }

  /** Takes back a change that was made on a pair, which is a fork or had no other. */
  *#giveUp(pair: WorkingPair): Job<void> {
    if (pair === this.#pair) yield* pair.discard();
    else yield* pair.disposeFork();
  }

  *#record(record: CommitRecord, pair: WorkingPair): Job<void> {
    const change = asConfig(yield* pair.changes());
    const before = this.#hasBegun ? undefined : yield* this.#printed(pair.running);
    this.#store(() => {
      if (before !== undefined) this.#history.begin(before);
      this.#hasBegun = true;
      this.#history.append({ record, change });
    });
    this.#newest = record;
  }

  /** What was set, to be read again: nothing else makes a copy (RFC 6243 section 4.5.1). */
  *#printed(tree: DataTree): Job<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for (const piece of printTree(this.#schema, tree, undefined)) {
      if (piece !== undefined) pieces.push(piece);
      yield;
    }
    return Buffer.concat(pieces);
  }

  #open(tree: DataTree | undefined, source: Pieces): Job<ConfigPiece> {
    return this.#refusing(this.#streams.open(tree, source));
  }

  #refusing<T>(job: Job<T>): Job<T> {
    return refusingJob(this.#schema.context, job);
  }

  #store(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw operationFailed(
        `The configuration could not be written to disk: ${(error as Error).message}. Nothing was changed.`,
        { cause: error },
      );
    }
  }
}

/** Whether running is to become just what the candidate is. */
const isCandidateItself = (source: StageSource): boolean =>
  source.kind === "candidate" || (source.kind === "copy" && source.source === "candidate");

/** Prints a tree that nobody needs afterwards. */
function* disposing(tree: DataTree, source: Pieces): Pieces {
  try {
    yield* source;
  } finally {
    tree.dispose();
  }
}
