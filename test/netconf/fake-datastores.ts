import type {
  ActionOutput,
  CommitRequest,
  ConfigStream,
  DatastoreName,
  Datastores,
  EditRequest,
  InlineConfig,
  Requester,
} from "../../src/datastore/datastores.ts";
import type { HeldLock } from "../../src/datastore/locks.ts";
import type { PartialLock } from "../../src/datastore/partial-lock.ts";
import { lockDenied, operationFailed } from "../../src/errors/constructors.ts";
import type { DefaultsMode } from "../../src/yang/defaults-mode.ts";
import type { NodeDescription } from "../../src/yang/node-descriptions.ts";
import type { NotificationNode } from "../../src/yang/notification-nodes.ts";
import type { Filter, XPathFilter } from "../../src/yang/xpath-filter.ts";
import type { LibraryModule, SchemaFormat, YangLibrary } from "../../src/yang/yang-library.ts";
import { FakeStream } from "./fake-stream.ts";

/** An implemented module with no more to it than what is given. */
export const libraryModule = (module: Partial<LibraryModule> & { readonly name: string }): LibraryModule => ({
  revision: undefined,
  namespace: `urn:${module.name}`,
  yangVersion: "1.1",
  isImplemented: true,
  features: [],
  deviations: [],
  submodules: [],
  ...module,
});

const optional = <T>(parameter: T | undefined): T[] => (parameter === undefined ? [] : [parameter]);

/** Datastores in memory that do what a test needs: they remember calls and locks, and hold text instead of trees. */
export class FakeDatastores implements Datastores {
  readonly calls: unknown[][] = [];
  readonly content: Record<DatastoreName, string> = { running: "", candidate: "", startup: "" };
  readonly locks = new Map<DatastoreName, number>();
  readonly #library: YangLibrary = {
    contentId: "1",
    modules: [
      libraryModule({ name: "a", revision: "2026-01-01", namespace: "urn:example:a", yangVersion: "1" }),
      libraryModule({ name: "ietf-yang-library", revision: "2019-01-04" }),
    ],
  };
  readonly endedSessions: number[] = [];
  /** What the next reads give, in place of the content. */
  readonly streams: ConfigStream[] = [];
  readonly #held: (() => void)[] = [];
  #holds = false;
  #failure: unknown;

  /** From now on operations wait for `release`. */
  hold(): void {
    this.#holds = true;
  }

  release(): void {
    this.#holds = false;
    for (const resume of this.#held.splice(0)) resume();
  }

  /** The next operation rejects with this. */
  failNext(failure: unknown): void {
    this.#failure = failure;
  }

  async getConfig(
    _by: Requester,
    source: DatastoreName,
    filter?: Filter,
    withDefaults?: DefaultsMode,
  ): Promise<ConfigStream> {
    await this.#called("getConfig", source, filter, ...optional(withDefaults));
    return this.streams.shift() ?? this.#streamOf(this.content[source]);
  }

  async get(_by: Requester, filter?: Filter, withDefaults?: DefaultsMode): Promise<ConfigStream> {
    await this.#called("get", filter, ...optional(withDefaults));
    return this.streams.shift() ?? this.#streamOf(this.content.running);
  }

  #streamOf(content: string): ConfigStream {
    return new FakeStream(content === "" ? [] : [content]);
  }

  async edit(by: Requester, request: EditRequest): Promise<void> {
    await this.#called("edit", by.sessionId, request);
  }

  async copy(by: Requester, source: DatastoreName | InlineConfig, target: DatastoreName): Promise<void> {
    await this.#called("copy", by.sessionId, source, target);
  }

  async deleteStartup(by: Requester): Promise<void> {
    await this.#called("deleteStartup", by.sessionId);
  }

  async validate(source: DatastoreName | InlineConfig): Promise<void> {
    await this.#called("validate", source);
  }

  async commit(by: Requester, request: CommitRequest): Promise<void> {
    await this.#called("commit", by.sessionId, request);
  }

  async cancelCommit(by: Requester, persistId: string | undefined): Promise<void> {
    await this.#called("cancelCommit", by.sessionId, persistId);
  }

  async loadCommit(by: Requester, commitId: number): Promise<void> {
    await this.#called("loadCommit", by.sessionId, commitId);
  }

  async discardChanges(by: Requester): Promise<void> {
    await this.#called("discardChanges", by.sessionId);
  }

  async action(by: Requester, request: string): Promise<ActionOutput> {
    await this.#called("action", by.sessionId, request);
    return { namespace: "urn:example:a", leaves: {} };
  }

  async lock(by: Requester, target: DatastoreName): Promise<void> {
    await this.#called("lock", by.sessionId, target);
    const holder = this.locks.get(target);
    if (holder !== undefined) throw lockDenied(holder, `The ${target} datastore is locked by session ${holder}.`);
    this.locks.set(target, by.sessionId);
  }

  async unlock(by: Requester, target: DatastoreName): Promise<void> {
    await this.#called("unlock", by.sessionId, target);
    if (this.locks.get(target) !== by.sessionId) throw operationFailed(`The ${target} datastore is not locked.`);
    this.locks.delete(target);
  }

  async partialLock(by: Requester, selects: readonly XPathFilter[]): Promise<PartialLock> {
    await this.#called("partialLock", by.sessionId, selects);
    return { lockId: 1, sessionId: by.sessionId, since: new Date(0), selects: [], nodes: [] };
  }

  async partialUnlock(by: Requester, lockId: number): Promise<void> {
    await this.#called("partialUnlock", by.sessionId, lockId);
  }

  partialLocks(): readonly PartialLock[] {
    return [];
  }

  async sessionEnded(sessionId: number): Promise<void> {
    this.endedSessions.push(sessionId);
    for (const [name, holder] of this.locks) if (holder === sessionId) this.locks.delete(name);
  }

  heldLocks(): readonly HeldLock[] {
    return [...this.locks].map(([datastore, sessionId]) => ({ datastore, sessionId, since: new Date(0) }));
  }

  yangLibrary(): YangLibrary {
    return this.#library;
  }

  nodeDescriptions(): readonly NodeDescription[] {
    return [];
  }

  async changes(): Promise<ConfigStream> {
    return new FakeStream([]);
  }

  async isCandidateModified(): Promise<boolean> {
    return this.content.candidate !== this.content.running;
  }

  notificationNodes(): readonly NotificationNode[] {
    return [];
  }

  async getSchema(name: string, revision: string | undefined, format: SchemaFormat): Promise<ConfigStream> {
    await this.#called("getSchema", name, revision, format);
    return this.streams.shift() ?? this.#streamOf(`${format} of ${name}`);
  }

  async selectEvents(filter: XPathFilter, notifications: readonly string[]): Promise<readonly boolean[]> {
    await this.#called("selectEvents", filter, notifications);
    return notifications.map(() => true);
  }

  async #called(name: string, ...parameters: unknown[]): Promise<void> {
    this.calls.push([name, ...parameters]);
    if (this.#holds) await new Promise<void>((resume) => this.#held.push(resume));
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }
}
