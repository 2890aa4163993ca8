import { fileURLToPath } from "node:url";
import { loadLibyangModule } from "libyang-wasm";
import type {
  CommitHistory,
  CommitRecord,
  RecordedChange,
  Snapshot,
  StoredBytes,
  StoredConfiguration,
} from "../../src/datastore/commit-history.ts";
import type { ConfigPiece } from "../../src/datastore/config-streams.ts";
import type { DatastoreName, InlineConfig, StoredCommit } from "../../src/datastore/datastores.ts";
import { DatastoreEngine } from "../../src/datastore/engine.ts";
import type { EngineEdit, InvokedAction, StageSource } from "../../src/datastore/engine-api.ts";
import type { UnitChange } from "../../src/datastore/subscriber.ts";
import { RpcError, type RpcErrorEntry } from "../../src/errors/rpc-error.ts";
import { finishJob, type Job } from "../../src/job.ts";
import type { AccessUser } from "../../src/nacm/config.ts";
import { actionPaths as ownActions } from "../../src/plane/unit-paths.ts";
import type { DefaultsMode } from "../../src/yang/defaults-mode.ts";
import type { NotificationNode } from "../../src/yang/notification-nodes.ts";
import { loadSchema, type Schema } from "../../src/yang/schema.ts";
import type { Filter, XPathFilter } from "../../src/yang/xpath-filter.ts";
import type { SchemaFormat, YangLibrary } from "../../src/yang/yang-library.ts";
import { allUnitPaths } from "./all-unit-paths.ts";

export const yangFolder = fileURLToPath(new URL("../../yang", import.meta.url));

/** The server's own schema, with further modules from test/yang/modules. */
export async function schemaFixture(extraFiles: readonly string[] = []): Promise<Schema> {
  return loadSchema(await loadLibyangModule(), { yangFolder, extraFiles });
}

/** A history that forgets with the process. `base` can be set to what compaction would have made. */
export class MemoryHistory implements CommitHistory {
  base: (Snapshot & { readonly id: number }) | undefined;
  readonly changes: RecordedChange[] = [];
  startup: Uint8Array | undefined;
  /** When set, writing fails with it. */
  failure: Error | undefined;

  load(): StoredConfiguration | undefined {
    return this.configurationAt(this.changes.length);
  }
  begin(config: Uint8Array): void {
    if (this.failure !== undefined) throw this.failure;
    this.base = { id: 0, config };
  }
  append(change: RecordedChange): void {
    if (this.failure !== undefined) throw this.failure;
    this.changes.push(change);
  }
  commits(): readonly CommitRecord[] {
    return this.changes.map(({ record }) => record).toReversed();
  }
  configurationAt(id: number): StoredConfiguration | undefined {
    const newest = this.changes[id - 1]?.record;
    if (this.base === undefined || newest === undefined) return undefined;
    return { newest, snapshot: this.base, changes: this.changes.slice(this.base.id, id) };
  }
  changeOf(id: number): RecordedChange | undefined {
    return this.changes[id - 1];
  }
  storedBytes(): StoredBytes {
    const changes = this.changes.reduce((sum, { change }) => sum + change.length, 0);
    return { snapshot: this.base?.config.length ?? 0, changes, startup: this.startup?.length ?? 0 };
  }
  readStartup(): Uint8Array | undefined {
    return this.startup;
  }
  writeStartup(config: Uint8Array | undefined): void {
    if (this.failure !== undefined) throw this.failure;
    this.startup = config;
  }
}

/** The engine with each job done at once, and replies as a whole. */
export class EngineFixture {
  readonly engine: DatastoreEngine;

  constructor(engine: DatastoreEngine) {
    this.engine = engine;
  }

  commitId = (): number => this.engine.commitId();
  notificationNodes = (): readonly NotificationNode[] => this.engine.notificationNodes();
  yangLibrary = (): YangLibrary => this.engine.yangLibrary();
  getSchema = (name: string, revision: string | undefined, format: SchemaFormat): string =>
    this.#whole(this.engine.getSchema(name, revision, format));
  units = (): readonly UnitChange[] => {
    const units: UnitChange[] = [];
    for (let more = this.engine.units(0); more.length > 0; more = this.engine.units(units.length)) units.push(...more);
    return units;
  };
  getConfig = (source: DatastoreName, filter?: Filter, withDefaults?: DefaultsMode, user?: AccessUser): string =>
    this.#whole(this.engine.getConfig(source, filter, withDefaults, user));
  get = (state: readonly string[], filter?: Filter, withDefaults?: DefaultsMode, user?: AccessUser): string =>
    this.#whole(this.engine.get(state, filter, withDefaults, user));
  readAction = (request: string, user?: AccessUser): InvokedAction => this.engine.readAction(request, user);
  selectEvents = (filter: XPathFilter, notifications: readonly string[]): readonly boolean[] =>
    finishJob(this.engine.selectEvents(filter, notifications));
  validate = (source: DatastoreName | InlineConfig): void => finishJob(this.engine.validate(source));
  editCandidate = (request: EngineEdit, user?: AccessUser): boolean =>
    finishJob(this.engine.editCandidate(request, user));
  copyToCandidate = (source: DatastoreName | InlineConfig | StoredCommit, user?: AccessUser): void =>
    finishJob(this.engine.copyToCandidate(source, user));
  discardCandidate = (): void => finishJob(this.engine.discardCandidate());
  isCandidateModified = (): boolean => finishJob(this.engine.isCandidateModified());
  candidateChanges = (): string => finishJob(this.engine.candidateChanges());
  copyToStartup = (source: DatastoreName | InlineConfig, user?: AccessUser): void =>
    finishJob(this.engine.copyToStartup(source, user));
  deleteStartup = (): void => this.engine.deleteStartup();
  /** Instance-identifiers. */
  selectLocked = (selects: readonly XPathFilter[], user?: AccessUser): readonly string[] =>
    finishJob(this.engine.selectLocked(selects, user)).map(({ identifier }) => identifier.text);
  stage = (source: StageSource, isWantedAnyway = false, user?: AccessUser): readonly UnitChange[] | undefined => {
    const first = finishJob(this.engine.stage(source, isWantedAnyway, user));
    if (first === undefined) return undefined;
    const units = [...first.units];
    while (units.length < first.total) units.push(...this.engine.stagedUnits(units.length));
    return units;
  };
  finish = (record: CommitRecord): void => finishJob(this.engine.finish(record));
  catchUp = (): void => finishJob(this.engine.catchUp());
  unstage = (): void => finishJob(this.engine.unstage());

  #whole(opening: Job<ConfigPiece>): string {
    const pieces: Uint8Array[] = [];
    for (let piece = finishJob(opening); ; piece = finishJob(this.engine.readStream(piece.stream))) {
      pieces.push(piece.bytes);
      if (piece.stream === undefined) return Buffer.concat(pieces).toString();
    }
  }
}

export function engineFixture(
  schema: Schema,
  history: CommitHistory = new MemoryHistory(),
  actionPaths: readonly string[] = Object.values(ownActions),
): EngineFixture {
  return new EngineFixture(new DatastoreEngine(schema, history, new Set(allUnitPaths), new Set(actionPaths)));
}

const NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0";

/** `children` as the `<config>` of an edit; the prefix `nc` is in scope for operation attributes. */
export function edit(children: string, more: Partial<EngineEdit> = {}): EngineEdit {
  return {
    config: `<config xmlns="${NETCONF}" xmlns:nc="${NETCONF}">${children}</config>`,
    defaultOperation: "merge",
    testOption: "test-then-set",
    ...more,
  };
}

/** `<bmp>` with `children`. */
export const bmp = (children: string): string => `<bmp xmlns="urn:bmpconfd:yang:bmp">${children}</bmp>`;

/** One session; `children` follow its keys, `attributes` are put on its element. */
export function session(address: string, children = "", attributes = "", alias = "", vpnInstance = "_public_"): string {
  return (
    `<bmp-session${attributes}><vpn-instance>${vpnInstance}</vpn-instance><address>${address}</address>` +
    `<alias>${alias}</alias>${children}</bmp-session>`
  );
}

/** What a call is refused with; undefined when it is not. */
export function refusal(call: () => unknown): readonly RpcErrorEntry[] | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof RpcError) return error.entries;
    throw error;
  }
}

/** Stages and finishes, as a commit by session 1 does. */
export function commit(engine: EngineFixture, user?: AccessUser): void {
  if (engine.stage({ kind: "candidate" }, false, user) === undefined) return;
  engine.finish({ id: engine.commitId() + 1, time: "2026-11-22T10:00:00Z", username: "admin", sessionId: 1 });
}
