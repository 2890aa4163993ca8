import type { AccessUser } from "../nacm/config.ts";
import type { DefaultsMode } from "../yang/defaults-mode.ts";
import type { NodeDescription } from "../yang/node-descriptions.ts";
import type { NotificationNode } from "../yang/notification-nodes.ts";
import type { Filter, XPathFilter } from "../yang/xpath-filter.ts";
import type { SchemaFormat, YangLibrary } from "../yang/yang-library.ts";
import type { HeldLock } from "./locks.ts";
import type { PartialLock } from "./partial-lock.ts";
import type { ActionLeaves } from "./subscriber.ts";

/** RFC 6241 section 5: the configuration datastores. */
export const datastoreNames = ["running", "candidate", "startup"] as const;
export type DatastoreName = (typeof datastoreNames)[number];

export type DefaultOperation = "merge" | "replace" | "none";
export type TestOption = "test-then-set" | "set" | "test-only";

/** A configuration sent inline: the raw XML of its `<config>` element, namespaces in scope declared on it. */
export interface InlineConfig {
  readonly config: string;
}

/** What running was after a commit in the history. */
export interface StoredCommit {
  readonly commitId: number;
}

/** Where a configuration can come from. */
export type ConfigSource = DatastoreName | InlineConfig | StoredCommit;

/** What changes running: the candidate, if it is committed, or a commit in the history. */
export type ChangeSource = "candidate" | StoredCommit;

/** `<edit-config>` (RFC 6241 section 7.2). It is carried out whole or not at all, as rollback-on-error has it. */
export interface EditRequest {
  readonly target: "running" | "candidate";
  readonly config: string;
  readonly defaultOperation: DefaultOperation;
  readonly testOption: TestOption;
}

/** `<commit>` (RFC 6241 section 8.3.4.1). */
export interface CommitRequest {
  readonly description?: string | undefined;
  /** The commit is undone unless it is confirmed in time (section 8.4); absent = it is for good, and confirms. */
  readonly confirmed?: ConfirmedRequest | undefined;
  /** The token of the persistent confirmed commit that this one confirms or follows up. */
  readonly persistId?: string | undefined;
}

export interface ConfirmedRequest {
  readonly timeoutS: number;
  /** The token that confirms it on any session; absent = it ends with its session. */
  readonly persist?: string | undefined;
}

/** What an action gives back. */
export interface ActionOutput {
  /** The namespace of its module, and so of the leaves. */
  readonly namespace: string;
  readonly leaves: ActionLeaves;
}

/** Who asks; 0 is nobody (RFC 6241 section 7.5). */
export interface Requester {
  readonly sessionId: number;
  readonly username: string;
  /** Address of the client. */
  readonly sourceHost?: string;
  /** Whose permissions count; undefined = the server itself acts, which may do everything. */
  readonly user: AccessUser | undefined;
}

/** The children of `<data>` as UTF-8 XML, or the text of a schema, piece by piece. */
export interface ConfigStream {
  /**
   * The next piece, not empty; undefined at the end. Each of a large reply has tens of kilobytes. One call at a time.
   * Rejects with an `RpcError` when the rest cannot be had, and there is no more to come.
   */
  next(): Promise<Uint8Array | undefined>;
  /**
   * Gives up the rest: `next` gives undefined from now on, soon also if it is waiting. Idempotent, and not needed after
   * the end or a failure.
   */
  close(): void;
}

/**
 * The configuration and state of the server, as its front ends see it. Who may not read something gets no sign of it;
 * who may not write something is refused with `access-denied` (RFC 8341 section 3.2). Every method rejects with an
 * `RpcError` and has then changed nothing.
 */
export interface Datastores {
  /**
   * Without `filter` everything; `withDefaults` is "explicit" unless told. What the stream gives is the datastore as it was
   * at one moment.
   */
  getConfig(by: Requester, source: DatastoreName, filter?: Filter, withDefaults?: DefaultsMode): Promise<ConfigStream>;
  /** As `getConfig` of running, with operational state. */
  get(by: Requester, filter?: Filter, withDefaults?: DefaultsMode): Promise<ConfigStream>;
  edit(by: Requester, request: EditRequest): Promise<void>;
  /** What was set in the source is set in the copy. */
  copy(by: Requester, source: DatastoreName | InlineConfig, target: DatastoreName): Promise<void>;
  /** `<delete-config>`, which the other two datastores do not have (RFC 6241 section 7.4). */
  deleteStartup(by: Requester): Promise<void>;
  validate(source: DatastoreName | InlineConfig): Promise<void>;
  /** Resolves when the configuration is on disk and in effect. */
  commit(by: Requester, request: CommitRequest): Promise<void>;
  /** `<cancel-commit>`: undoes what was not confirmed (RFC 6241 section 8.4.4.1). */
  cancelCommit(by: Requester, persistId: string | undefined): Promise<void>;
  /** Makes the candidate what running was after a commit in the history. */
  loadCommit(by: Requester, commitId: number): Promise<void>;
  discardChanges(by: Requester): Promise<void>;
  /**
   * What the candidate, or a commit, changes, as far as it may be read: the `<config>` of the edit with default operation
   * "merge" that does the same (RFC 6241 section 7.2). Refused where it has more than `maxBytes` as it is stored.
   */
  changes(by: Requester, of: ChangeSource, maxBytes?: number): Promise<ConfigStream>;
  /** Whether the candidate differs from running. */
  isCandidateModified(): Promise<boolean>;
  /**
   * `<action>` (RFC 7950 section 7.15.2): the raw XML of that element, namespaces in scope declared on it. What it does is
   * no change of configuration, so that no lock keeps it off.
   */
  action(by: Requester, request: string): Promise<ActionOutput>;
  lock(by: Requester, target: DatastoreName): Promise<void>;
  unlock(by: Requester, target: DatastoreName): Promise<void>;
  /** Locks what the expressions select in running now, as far as it may be read; all of it or nothing (RFC 5717). */
  partialLock(by: Requester, selects: readonly XPathFilter[]): Promise<PartialLock>;
  partialUnlock(by: Requester, lockId: number): Promise<void>;
  /**
   * The session ended: its locks go, a candidate it had locked loses its changes (RFC 6241 section 8.3.5.2), and what it
   * did not confirm is undone (section 8.4.1).
   */
  sessionEnded(sessionId: number): Promise<void>;
  /** Of which `<notification>`s (RFC 5277 section 4) a filter selects anything. */
  selectEvents(filter: XPathFilter, notifications: readonly string[]): Promise<readonly boolean[]>;
  /** The locks that sessions hold now. */
  heldLocks(): readonly HeldLock[];
  /** The same of parts of running. */
  partialLocks(): readonly PartialLock[];
  /** The modules that configuration and state follow; the same as long as the server runs. */
  yangLibrary(): YangLibrary;
  /** The notifications of these modules. */
  notificationNodes(): readonly NotificationNode[];
  /** The data nodes of the modules whose data are configuration here. */
  nodeDescriptions(): readonly NodeDescription[];
  /** The text of a module or submodule that the library lists, in UTF-8; of YIN the element. */
  getSchema(name: string, revision: string | undefined, format: SchemaFormat): Promise<ConfigStream>;
}
