import type { DataTree } from "libyang-wasm";
import { invalidValue, operationFailed } from "../errors/constructors.ts";
import type { RpcError } from "../errors/rpc-error.ts";
import type { Job } from "../job.ts";
import type { AccessUser } from "../nacm/config.ts";
import { type DefaultsMode, showsDefaults } from "../yang/defaults-mode.ts";
import { pruneUnreadable } from "../yang/prune-unreadable.ts";
import { refusingJob } from "../yang/rpc-errors.ts";
import type { Schema } from "../yang/schema.ts";
import { copyTree } from "../yang/whole-tree.ts";
import type { CommitHistory, CommitRecord } from "./commit-history.ts";
import type { ConfigSource, DatastoreName } from "./datastores.ts";
import type { EngineAccess } from "./engine-access.ts";
import { replayInSlices, storedTree, treeOf } from "./stored-configuration.ts";
import type { WorkingPair } from "./working-pair.ts";

interface SourceTreesOptions {
  readonly schema: Schema;
  readonly history: CommitHistory;
  readonly pair: WorkingPair;
  readonly access: EngineAccess;
}

/** Makes trees of configurations: copies, none of them validated, the caller's to free. They throw `RpcError`. */
export class SourceTrees {
  readonly #options: SourceTreesOptions;

  constructor(options: SourceTreesOptions) {
    this.#options = options;
  }

  *of(source: ConfigSource): Job<DataTree> {
    const { schema, history, pair } = this.#options;
    if (source === "startup") return yield* storedTree(schema, history.readStartup());
    if (typeof source === "string") return yield* this.#refusing(copyTree(schema.context, pair[source]));
    if ("commitId" in source) return yield* this.#afterCommit(source.commitId);
    return yield* this.#refusing(treeOf(schema, source.config));
  }

  /** The same with the defaults that it lacks, if they are to be shown. */
  *complete(source: DatastoreName, withDefaults: DefaultsMode = "explicit"): Job<DataTree> {
    if (!showsDefaults(withDefaults)) return yield* this.of(source);
    if (source === "candidate") return yield* this.#refusing(this.#options.pair.completedCandidate());
    const tree = yield* this.of(source);
    try {
      this.#options.schema.addDefaults(tree);
      return tree;
    } catch (error) {
      tree.dispose();
      throw error;
    }
  }

  /** What a copy holds: only what the user may read (RFC 8341 section 3.2.6) of all that they have not sent themselves. */
  *readable(source: ConfigSource, user: AccessUser | undefined): Job<DataTree> {
    const tree = yield* this.of(source);
    const isSent = typeof source !== "string" && "config" in source;
    const reader = isSent ? undefined : this.#options.access.reader(user);
    if (reader === undefined) return tree;
    try {
      yield* pruneUnreadable(tree, reader);
      return tree;
    } catch (error) {
      tree.dispose();
      throw error;
    }
  }

  /** The last commits, newest first. */
  commits(): readonly CommitRecord[] {
    return this.#fromDisk(() => this.#options.history.commits());
  }

  /** What a commit changed, as a `<config>`. */
  changeOf(commitId: number): Uint8Array {
    const found = this.#fromDisk(() => this.#options.history.changeOf(commitId));
    if (found !== undefined) return found.change;
    if (this.commits().every(({ id }) => id !== commitId)) throw this.#noCommit(commitId);
    throw invalidValue(`What commit ${commitId} changed is no longer kept; only what the configuration was after it.`);
  }

  *#afterCommit(commitId: number): Job<DataTree> {
    const { schema, history } = this.#options;
    const stored = this.#fromDisk(() => history.configurationAt(commitId));
    if (stored !== undefined) return yield* replayInSlices(schema, stored);
    throw this.#noCommit(commitId);
  }

  #noCommit(commitId: number): RpcError {
    const commits = this.commits();
    const [newest, oldest] = [commits[0], commits.at(-1)];
    const kept = newest === undefined ? "none" : `${oldest?.id} to ${newest.id}`;
    return invalidValue(`There is no commit ${commitId} in the history; those that are there: ${kept}.`);
  }

  #refusing<T>(job: Job<T>): Job<T> {
    return refusingJob(this.#options.schema.context, job);
  }

  #fromDisk<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      const reason = (error as Error).message;
      throw operationFailed(`The history of commits could not be read: ${reason}`, { cause: error });
    }
  }
}
