import type { CommitKind, CommitRecord } from "../datastore/commit-history.ts";
import type { ConfigStream } from "../datastore/datastores.ts";
import { type Difference, differences } from "./differences.ts";
import { type StatusLimits, statusLimits } from "./limits.ts";

/** A commit as everybody may see it: who made it, and what its author says, are left out. */
export interface ShownCommit {
  readonly id: number;
  /** RFC 3339. */
  readonly time: string;
  readonly kind: CommitKind;
  /** The first ones; undefined = it is too large, or what it changed is not kept. */
  readonly differences: readonly Difference[] | undefined;
  /** How many differences there are beyond these. */
  readonly more: number;
}

type Changes = Pick<ShownCommit, "differences" | "more">;

export interface CommitSource {
  /** The last ones, newest first. */
  commits(): Promise<readonly CommitRecord[]>;
  /** What one changed, as the `<config>` of an edit. Rejects when that has more than `maxBytes`, or is not kept. */
  change(id: number, maxBytes: number): Promise<ConfigStream>;
}

/** The last commits. What one changed is read once: it never changes again. */
export class RecentCommits {
  readonly #source: CommitSource;
  readonly #limits: StatusLimits;
  #known: ReadonlyMap<number, Changes> = new Map();

  constructor(source: CommitSource, limits: StatusLimits = statusLimits) {
    this.#source = source;
    this.#limits = limits;
  }

  /** The newest first. */
  async read(): Promise<readonly ShownCommit[]> {
    const records = (await this.#source.commits()).slice(0, this.#limits.statusCommits);
    const known = new Map<number, Changes>();
    const shown: ShownCommit[] = [];
    for (const { id, time, kind = "commit" } of records) {
      const changes = this.#known.get(id) ?? (await this.#changesOf(id));
      known.set(id, changes);
      shown.push({ id, time, kind, ...changes });
    }
    this.#known = known;
    return shown;
  }

  async #changesOf(id: number): Promise<Changes> {
    try {
      const config = await wholeOf(await this.#source.change(id, this.#limits.statusChangeBytes));
      const all = [...differences(config)];
      const first = all.slice(0, this.#limits.statusDifferences);
      return { differences: first, more: all.length - first.length };
    } catch {
      // What is too large, damaged or not kept is no reason to show nothing at all.
      return { differences: undefined, more: 0 };
    }
  }
}

async function wholeOf(stream: ConfigStream): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let piece = await stream.next(); piece !== undefined; piece = await stream.next()) pieces.push(piece);
  return Buffer.concat(pieces);
}
