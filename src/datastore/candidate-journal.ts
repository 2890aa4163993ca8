import type { DatastoreName, InlineConfig } from "./datastores.ts";
import type { EngineEdit } from "./engine-api.ts";

/** One accepted change of the candidate, as the engine call that repeats it. */
export type CandidateChange =
  | { readonly method: "editCandidate"; readonly args: readonly [EngineEdit] }
  | { readonly method: "copyToCandidate"; readonly args: readonly [DatastoreName | InlineConfig] };

/** How the candidate came to differ from running; repeating it rebuilds the candidate in a new instance. */
export class CandidateJournal {
  #changes: CandidateChange[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get changes(): readonly CandidateChange[] {
    return this.#changes;
  }

  add(change: CandidateChange): void {
    const [argument] = change.args;
    this.#changes.push(change);
    this.#bytes += typeof argument === "object" ? argument.config.length : 0;
  }

  /** The candidate equals running again. */
  clear(): void {
    this.#changes = [];
    this.#bytes = 0;
  }

  /** The candidate as a whole takes the place of the steps that led to it. */
  replaceBy(config: string): void {
    this.clear();
    this.add({ method: "copyToCandidate", args: [{ config }] });
  }
}
