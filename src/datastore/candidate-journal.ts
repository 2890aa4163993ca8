import type { InlineConfig } from "./datastores.ts";
import type { EngineEdit } from "./engine-api.ts";

/** One accepted change of the candidate, as the engine call that repeats it. */
export type CandidateChange =
  | { readonly method: "editCandidate"; readonly args: readonly [EngineEdit] }
  | { readonly method: "copyToCandidate"; readonly args: readonly [InlineConfig] };

/** How the candidate came to differ from running; repeating it rebuilds the candidate in a new instance. */
export class CandidateJournal {
  #changes: CandidateChange[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#changes.length === 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get changes(): readonly CandidateChange[] {
    return this.#changes;
  }

  add(change: CandidateChange): void {
    const [argument] = change.args;
    this.#changes.push(change);
    this.#bytes += argument.config.length;
  }

  /** The candidate equals running again. */
  clear(): void {
    this.#changes = [];
    this.#bytes = 0;
  }

  /**
   * The steps give way to what they led to: `edit`, a `<config>` that makes the candidate of what is running now, or
   * `whole`, all that the candidate holds, whatever is running.
   */
  replaceBy(config: { readonly edit: string } | { readonly whole: string }): void {
    this.clear();
    if ("whole" in config) return this.add({ method: "copyToCandidate", args: [{ config: config.whole }] });
    this.add({
      method: "editCandidate",
      args: [{ config: config.edit, defaultOperation: "merge", testOption: "set" }],
    });
  }
}
