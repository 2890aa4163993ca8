import type { ErrorPath } from "../errors/rpc-error.ts";
import type { Job } from "../job.ts";
import type { AccessUser } from "../nacm/config.ts";
import type { ThreadFigures } from "../thread-figures.ts";
import type { DefaultsMode } from "../yang/defaults-mode.ts";
import type { NodeDescription } from "../yang/node-descriptions.ts";
import type { NotificationNode } from "../yang/notification-nodes.ts";
import type { Filter, XPathFilter } from "../yang/xpath-filter.ts";
import type { SchemaFormat, YangLibrary } from "../yang/yang-library.ts";
import type { CommitRecord, StoredBytes } from "./commit-history.ts";
import type { ConfigPiece } from "./config-streams.ts";
import type {
  ChangeSource,
  ConfigSource,
  DatastoreName,
  DefaultOperation,
  InlineConfig,
  TestOption,
} from "./datastores.ts";
import type { FreedNode, LockedNode, LockScope } from "./partial-lock.ts";
import type { ActionCall, ConfigChange, ReportedEdits } from "./subscriber.ts";

/** The edit part of `<edit-config>`; the target is an argument of its own. */
export interface EngineEdit {
  readonly config: string;
  readonly defaultOperation: DefaultOperation;
  readonly testOption: TestOption;
}

/** Where the configuration comes from when running is staged. */
export type StageSource =
  | { readonly kind: "candidate" }
  | { readonly kind: "edit"; readonly edit: EngineEdit }
  | { readonly kind: "copy"; readonly source: ConfigSource };

/** Some of the units that differ: a large change crosses in parts, between which others are served. */
export interface ChangePart {
  readonly units: ConfigChange;
  /** How many there are in all. */
  readonly total: number;
  /** The change as it is reported. */
  readonly edits: ReportedEdits;
  /** Locked nodes that go. */
  readonly freed: readonly FreedNode[];
}

/** An action that may be carried out now. */
export interface InvokedAction {
  readonly call: ActionCall;
  /** Of the instance, for what is wrong with it afterwards. */
  readonly errorPath: ErrorPath;
  /** Of the module that defines it. */
  readonly namespace: string;
}

/** How the engine is doing. */
export interface EngineFigures {
  readonly newest: CommitRecord | undefined;
  /** Bytes that the WebAssembly instance has taken from the system. */
  readonly memoryBytes: number;
  readonly storedBytes: StoredBytes;
  readonly thread: ThreadFigures;
}

/**
 * The libyang side of the datastores. A call is a job in the engine's thread, done in slices; it either succeeds or
 * throws an `RpcError` and has changed nothing. `user` is whose permissions count; undefined = the server's own call.
 *
 * Calls that change something, or are about what others change, are done one after the other. Those that
 * `isConcurrent` names are served between their slices: they see running as the last commit left it.
 *
 * A change of running takes two calls, with the subscribers' consent in between: `stage` and then `finish` or `unstage`.
 */
export interface EngineApi {
  /** Id of the newest commit on disk; 0 = none. */
  commitId(): number;
  newestCommit(): CommitRecord | undefined;
  /** Takes the thread's figures: see `threadFigures`. */
  figures(): EngineFigures;
  /** The last commits, newest first. */
  commits(): readonly CommitRecord[];
  yangLibrary(): YangLibrary;
  notificationNodes(): readonly NotificationNode[];
  /** The data nodes of the modules whose data are configuration here. */
  nodeDescriptions(): readonly NodeDescription[];
  /**
   * Units of running after the first `from`, in any order, but the same until running changes; none = these were all.
   * From 0 on, each call goes on where the last one ended.
   */
  units(from: number): ConfigChange;

  /** The first piece of a datastore's content. */
  getConfig(source: DatastoreName, filter?: Filter, withDefaults?: DefaultsMode, user?: AccessUser): Job<ConfigPiece>;
  /** The same of running with `state`, RFC 7951 JSON documents. */
  get(state: readonly string[], filter?: Filter, withDefaults?: DefaultsMode, user?: AccessUser): Job<ConfigPiece>;
  /** Of which `<notification>`s a filter selects anything. */
  selectEvents(filter: XPathFilter, notifications: readonly string[]): Job<readonly boolean[]>;
  /** The first piece of the text of a module or submodule that the library lists. */
  getSchema(name: string, revision: string | undefined, format: SchemaFormat): Job<ConfigPiece>;
  /** The next piece. */
  readStream(stream: number): Job<ConfigPiece>;
  /** Gives up the rest. */
  closeStream(stream: number): void;
  validate(source: DatastoreName | InlineConfig): Job<void>;
  /** Reads an `<action>` and finds out whether it may be carried out, which is not the engine's business. */
  readAction(request: string, user?: AccessUser): InvokedAction;

  /** Whether the edit had passwords in clear text, so that it must not be kept: the candidate has hashes of them. */
  editCandidate(edit: EngineEdit, user?: AccessUser): Job<boolean>;
  copyToCandidate(source: ConfigSource, user?: AccessUser): Job<void>;
  discardCandidate(): Job<void>;
  isCandidateModified(): Job<boolean>;
  /** What makes running the candidate, as the `<config>` of an edit with default operation "merge". */
  candidateChanges(): Job<string>;
  /**
   * The first piece of what the candidate, or a commit of the history, changes: the `<config>` of such an edit, with what
   * the user may read. Refused where it has more than `maxBytes` as it is stored, before any other work.
   */
  printChanges(of: ChangeSource, user?: AccessUser, maxBytes?: number): Job<ConfigPiece>;

  copyToStartup(source: DatastoreName | InlineConfig, user?: AccessUser): Job<void>;
  deleteStartup(): void;

  /** What a partial lock would be on that selects this in running now. */
  selectLocked(selects: readonly XPathFilter[], user?: AccessUser): Job<readonly LockedNode[]>;
  /** Refused, with nothing locked, where another session has locked a part of it. */
  lockNodes(scope: LockScope): void;
  unlockNodes(lockIds: readonly number[]): void;
  /** These locks are on these nodes no longer. */
  freeNodes(freed: readonly FreedNode[]): void;

  /**
   * Validates what running is to become and returns the first units that differ; undefined when there is no difference
   * and one without is not wanted (`isWantedAnyway`). `sessionId`: whose partial locks do not hold it up; undefined = none
   * does.
   */
  stage(
    source: StageSource,
    isWantedAnyway: boolean,
    user?: AccessUser,
    sessionId?: number,
  ): Job<ChangePart | undefined>;
  /** More of what is staged. */
  stagedUnits(from: number): ConfigChange;
  /** Records the staged configuration on disk, then makes it running. Leaves work to `catchUp`. */
  finish(record: CommitRecord): Job<void>;
  /** What a commit need not wait for, and any later call that concerns the candidate would have to do. */
  catchUp(): Job<void>;
  unstage(): Job<void>;
}

export type EngineMethod = keyof EngineApi;

/** What a call comes to. */
export type EngineResult<M extends EngineMethod> =
  ReturnType<EngineApi[M]> extends Job<infer R> ? R : ReturnType<EngineApi[M]>;

/** Whether a call may be served while another one is under way. */
export function isConcurrent(method: EngineMethod, [source]: readonly unknown[]): boolean {
  if (method === "getConfig") return source !== "candidate";
  return [
    "commitId",
    "newestCommit",
    "figures",
    "commits",
    "yangLibrary",
    "notificationNodes",
    "nodeDescriptions",
    "units",
    "get",
    "selectEvents",
    "getSchema",
    "readAction",
    "readStream",
    "closeStream",
  ].includes(method);
}
