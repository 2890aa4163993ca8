import { VALIDATE } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";
import { errorCode, type LyErrorCode, YangError, type YangErrorItem } from "./yang-error.ts";

/** What the whole validation and one in parts have in common. */
export interface ValidationFlags {
  /** Go on after the first error and report all; on unless told. */
  allErrors?: boolean;
  /** Refuse state data, and neither require nor add any: what configuration needs; on unless told. */
  noState?: boolean;
}

/** @internal */
export const flagsOf = (options: ValidationFlags): number =>
  (options.noState === false ? 0 : VALIDATE.noState) | (options.allErrors === false ? 0 : VALIDATE.multiError);

/** @internal Collects the outcome of several libyang calls into one error. */
export class ValidationOutcome {
  readonly #core: ContextCore;
  /** By what they say: two calls may find the same fault. */
  readonly #items = new Map<string, YangErrorItem>();
  #code: LyErrorCode | undefined;

  constructor(core: ContextCore) {
    this.#core = core;
  }

  get hasFailed(): boolean {
    return this.#code !== undefined;
  }

  add(result: number): void {
    if (result === 0) {
      this.#core.forgetErrors();
      return;
    }
    this.#code ??= errorCode(result);
    for (const item of this.#core.takeErrors()) this.#items.set(JSON.stringify(item), item);
  }

  /** Throws YangError when a call failed. */
  finish(): void {
    if (this.#code !== undefined) throw new YangError(this.#code, [...this.#items.values()], "validate");
  }
}
