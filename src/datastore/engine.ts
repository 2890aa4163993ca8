import { type DataTree, YangError } from "libyang-wasm";
import { dataMissing, operationFailed } from "../errors/constructors.ts";
import { RpcError } from "../errors/rpc-error.ts";
import { editTree } from "../yang/edit-tree.ts";
import { capabilityUri } from "../yang/module-capability.ts";
import { withParsedConfig } from "../yang/parse-config.ts";
import { toRpcError } from "../yang/rpc-errors.ts";
import type { Schema } from "../yang/schema.ts";
import { selectSubtree } from "../yang/select-subtree.ts";
import { mergeState } from "../yang/state.ts";
import type { SubtreeFilter } from "../yang/subtree-filter.ts";
import type { CommitHistory, CommitRecord } from "./commit-history.ts";
import type { DatastoreName, DefaultOperation, InlineConfig } from "./datastores.ts";
import type { EngineApi, EngineEdit, StageSource } from "./engine-api.ts";
import type { UnitChange } from "./subscriber.ts";
import { allUnits, unitChanges } from "./unit-changes.ts";

/** Before what is wrong with the disk's content, which may be right with other modules. */
const STORED = "The stored configuration does not fit the YANG modules (was a --yang option forgotten?): ";

/** The three datastores as libyang trees, and the disk behind them. */
export class DatastoreEngine implements EngineApi {
  readonly #schema: Schema;
  readonly #history: CommitHistory;
  readonly #unitPaths: ReadonlySet<string>;
  #running: DataTree;
  #candidate: DataTree;
  #startup: DataTree;
  #staged: { readonly tree: DataTree; readonly fromCandidate: boolean } | undefined;
  #commitId: number;
  /** False = the candidate equals running for certain. */
  #isCandidateTouched = false;

  /**
   * Running is the newest commit; before the first one it is the startup datastore, so that a device can be delivered
   * with a configuration. Throws `RpcError` when what is stored does not validate.
   */
  constructor(schema: Schema, history: CommitHistory, unitPaths: ReadonlySet<string>) {
    this.#schema = schema;
    this.#history = history;
    this.#unitPaths = unitPaths;
    const latest = history.latest();
    const startup = history.readStartup();
    this.#commitId = latest?.record.id ?? 0;
    this.#startup = this.#parseStored(startup);
    this.#running = this.#parseStored(latest?.config ?? startup);
    this.#guard(() => schema.validate(this.#running), STORED);
    this.#candidate = this.#running.duplicate();
  }

  commitId(): number {
    return this.#commitId;
  }

  moduleCapabilities(): readonly string[] {
    return this.#schema.servedModules.map(capabilityUri);
  }

  units(): readonly UnitChange[] {
    return allUnits(this.#running, this.#unitPaths);
  }

  getConfig(source: DatastoreName, filter?: SubtreeFilter): string {
    return this.#guard(() => this.#print(this.#tree(source), filter));
  }

  get(state: readonly string[], filter?: SubtreeFilter): string {
    return this.#guard(() => {
      using whole = this.#running.duplicate();
      for (const document of state) mergeState(this.#schema.context, whole, document);
      return this.#print(whole, filter);
    });
  }

  validate(source: DatastoreName | InlineConfig): void {
    this.#guard(() => {
      if (source === "startup" && this.#startup.isEmpty) throw dataMissing("The startup datastore is empty.");
      using copy = this.#copyOf(source);
      this.#schema.validate(copy);
    });
  }

  editCandidate(edit: EngineEdit): void {
    this.#guard(() => {
      if (edit.testOption === "test-only") return this.#edited(this.#candidate, edit).dispose();
      // RFC 7950 section 8.3.3: constraints on the candidate are enforced by validate and commit.
      this.#edit(this.#candidate, edit.config, edit.defaultOperation);
      this.#isCandidateTouched = true;
    });
  }

  copyToCandidate(source: DatastoreName | InlineConfig): void {
    this.#guard(() => this.#setCandidate(this.#copyOf(source)));
    this.#isCandidateTouched = true;
  }

  discardCandidate(): void {
    if (this.#isCandidateTouched) this.#setCandidate(this.#running.duplicate());
    this.#isCandidateTouched = false;
  }

  isCandidateModified(): boolean {
    if (!this.#isCandidateTouched) return false;
    using diff = this.#running.diff(this.#candidate);
    this.#isCandidateTouched = !diff.isEmpty;
    return this.#isCandidateTouched;
  }

  copyToStartup(source: DatastoreName | InlineConfig): void {
    this.#guard(() => this.#setStartup(this.#validCopyOf(source)));
  }

  deleteStartup(): void {
    this.#guard(() => {
      this.#store(() => this.#history.writeStartup(undefined));
      this.#startup.dispose();
      this.#startup = this.#schema.context.emptyTree();
    });
  }

  stage(source: StageSource): readonly UnitChange[] | undefined {
    this.unstage();
    const fromCandidate = source.kind === "candidate";
    return this.#guard(() => {
      const tree = this.#stagedTree(source);
      if (tree === undefined) return undefined;
      try {
        using diff = this.#running.diff(tree, { defaults: true });
        if (!diff.isEmpty) {
          const changes = unitChanges(diff, tree, this.#unitPaths);
          this.#staged = { tree, fromCandidate };
          return changes;
        }
        if (fromCandidate) this.#isCandidateTouched = false;
        return undefined;
      } finally {
        if (this.#staged === undefined) tree.dispose();
      }
    });
  }

  finish(record: CommitRecord): void {
    this.#guard(() => {
      if (this.#staged === undefined)
        throw operationFailed("The datastore engine was restarted during the commit. Nothing was changed; try again.");
      const { tree, fromCandidate } = this.#staged;
      this.#store(() => this.#history.append({ record, config: tree.printBytes({ format: "xml" }) }));
      this.#commitId = record.id;
      this.#running.dispose();
      this.#running = tree;
      this.#staged = undefined;
      // A candidate with changes of its own keeps them; one without follows running (RFC 6241 section 8.3.1).
      if (fromCandidate || !this.#isCandidateTouched) this.#setCandidate(this.#running.duplicate());
      if (fromCandidate) this.#isCandidateTouched = false;
    });
  }

  unstage(): void {
    this.#staged?.tree.dispose();
    this.#staged = undefined;
  }

  #stagedTree(source: StageSource): DataTree | undefined {
    if (source.kind === "copy") return this.#validCopyOf(source.source);
    if (source.kind === "candidate") return this.#validCopyOf("candidate");
    const tree = this.#edited(this.#running, source.edit);
    if (source.edit.testOption !== "test-only") return tree;
    tree.dispose();
    return undefined;
  }

  #tree(name: DatastoreName): DataTree {
    return { running: this.#running, candidate: this.#candidate, startup: this.#startup }[name];
  }

  #copyOf(source: DatastoreName | InlineConfig): DataTree {
    if (typeof source === "string") return this.#tree(source).duplicate();
    return filled(this.#schema.context.emptyTree(), (tree) => this.#edit(tree, source.config, "merge"));
  }

  #validCopyOf(source: DatastoreName | InlineConfig): DataTree {
    return filled(this.#copyOf(source), (tree) => this.#schema.validate(tree));
  }

  /** A validated copy of `tree` with the edit carried out; "set" skips no validation of what takes effect at once. */
  #edited(tree: DataTree, { config, defaultOperation }: EngineEdit): DataTree {
    return filled(tree.duplicate(), (copy) => {
      this.#edit(copy, config, defaultOperation);
      this.#schema.validate(copy);
    });
  }

  #edit(tree: DataTree, config: string, defaultOperation: DefaultOperation): void {
    withParsedConfig(this.#schema.context, config, (edits) =>
      editTree(this.#schema.context, tree, edits, defaultOperation),
    );
  }

  #setCandidate(tree: DataTree): void {
    this.#candidate.dispose();
    this.#candidate = tree;
  }

  #setStartup(tree: DataTree): void {
    filled(tree, () => this.#store(() => this.#history.writeStartup(tree.printBytes({ format: "xml" }))));
    this.#startup.dispose();
    this.#startup = tree;
  }

  #print(tree: DataTree, filter: SubtreeFilter | undefined): string {
    if (filter === undefined) return tree.print({ format: "xml" });
    using selected = this.#schema.context.emptyTree();
    selectSubtree(tree, filter, selected);
    return selected.print({ format: "xml" });
  }

  #parseStored(config: Uint8Array | undefined): DataTree {
    if (config === undefined || config.length === 0) return this.#schema.context.emptyTree();
    return this.#guard(
      () => this.#schema.context.parseData(config, { format: "xml", unknown: "reject", allowState: false }),
      STORED,
    );
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

  /** Turns libyang's errors into RFC 6241's; a trap passes as it is: the instance is lost. */
  #guard<T>(call: () => T, what = ""): T {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof YangError)) throw error;
      const { entries } = toRpcError(this.#schema.context, error);
      throw new RpcError(
        entries.map((entry) => ({ ...entry, message: what + entry.message })),
        { cause: error },
      );
    }
  }
}

/** `tree`, once `fill` is through; when that throws, nobody has the tree, and it is disposed. */
function filled(tree: DataTree, fill: (tree: DataTree) => void): DataTree {
  try {
    fill(tree);
    return tree;
  } catch (error) {
    tree.dispose();
    throw error;
  }
}
