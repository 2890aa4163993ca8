import type { SubtreeFilter } from "../yang/subtree-filter.ts";
import type { CommitRecord } from "./commit-history.ts";
import type { DatastoreName, DefaultOperation, InlineConfig, TestOption } from "./datastores.ts";
import type { UnitChange } from "./subscriber.ts";

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
  | { readonly kind: "copy"; readonly source: DatastoreName | InlineConfig };

/**
 * The libyang side of the datastores. Every call is synchronous in the engine's thread, and either succeeds or throws
 * an `RpcError` and has changed nothing.
 *
 * A change of running takes two calls, with the subscribers' consent in between: `stage` and then `finish` or `unstage`.
 */
export interface EngineApi {
  /** Id of the newest commit on disk; 0 = none. */
  commitId(): number;
  moduleCapabilities(): readonly string[];
  /** All units of running. */
  units(): readonly UnitChange[];

  getConfig(source: DatastoreName, filter?: SubtreeFilter): string;
  /** Running with `state`, RFC 7951 JSON documents, merged into it. */
  get(state: readonly string[], filter?: SubtreeFilter): string;
  validate(source: DatastoreName | InlineConfig): void;

  editCandidate(edit: EngineEdit): void;
  copyToCandidate(source: DatastoreName | InlineConfig): void;
  discardCandidate(): void;
  isCandidateModified(): boolean;

  copyToStartup(source: DatastoreName | InlineConfig): void;
  deleteStartup(): void;

  /** Validates what running is to become and returns what differs; undefined when nothing does. */
  stage(source: StageSource): readonly UnitChange[] | undefined;
  /** Records the staged configuration on disk, then makes it running. */
  finish(record: CommitRecord): void;
  unstage(): void;
}

export type EngineMethod = keyof EngineApi;
