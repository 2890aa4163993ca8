import type { ListModel } from "./list-model.ts";
import { Requests } from "./requests.ts";

/** Entries in one edit-config. More would not fit into the 16 MiB that bmpconfd takes as one message. */
const ENTRIES_PER_EDIT = 10_000;
/** Of the edit that is large whatever N is: half of what bmpconfd takes as one message. */
const LARGE_EDIT_BYTES = 8 * 1024 * 1024;
/** The longest that the models allow. */
const LONG_DESCRIPTION = "large".repeat(51);
/** A prime that divides no size: successive steps visit all entries, far apart. */
const STEP = 7_919;

/**
 * The edits of one run, the same in each run. Entry 0 is there from the first commit to the last, so that a second
 * session always has something to read.
 */
export class Workload {
  readonly requests: Requests;
  readonly entries: number;
  #steps = 0;
  #newest: number;
  #hasExtra = false;

  constructor(model: ListModel, entries: number) {
    this.requests = new Requests(model);
    this.entries = entries;
    this.#newest = entries - 1;
  }

  /** Entry 0 alone. */
  first(): string {
    return this.requests.merge([0], "first");
  }

  /** All entries, in as few edit-configs as can be. */
  *bulk(): Iterable<string> {
    for (let from = 0; from < this.entries; from += ENTRIES_PER_EDIT)
      yield this.requests.merge(range(from, Math.min(from + ENTRIES_PER_EDIT, this.entries)), "loaded");
  }

  /** Removes what `bulk` has added. */
  *removal(): Iterable<string> {
    for (let from = 0; from < this.entries; from += ENTRIES_PER_EDIT)
      yield this.requests.delete(range(Math.max(from, 1), Math.min(from + ENTRIES_PER_EDIT, this.entries)));
  }

  /** Changes entries, and creates others from where there are none, until it has 8 MiB. */
  large(): string {
    const bytesOf = (count: number): number => this.requests.merge(range(0, count), LONG_DESCRIPTION).length;
    const sample = 1_000;
    return this.requests.merge(range(0, Math.ceil((LARGE_EDIT_BYTES * sample) / bytesOf(sample))), LONG_DESCRIPTION);
  }

  /** An entry, another one each time. */
  nextIndex(): number {
    this.#steps += 1;
    return (this.#steps * STEP) % this.entries;
  }

  modifyOne(): string {
    const index = this.nextIndex();
    return this.requests.modify(index, `modified ${this.#steps}`);
  }

  /** Whether there is an entry more, by `createOne`. */
  get hasExtra(): boolean {
    return this.#hasExtra;
  }

  /** An entry that there has never been. */
  createOne(): string {
    this.#newest += 1;
    this.#hasExtra = true;
    return this.requests.create(this.#newest);
  }

  /** Removes the one that `createOne` has added. */
  deleteOne(): string {
    this.#hasExtra = false;
    return this.requests.delete([this.#newest]);
  }

  /** To be called when it is unknown whether the newest creation took place. */
  forgetExtra(): void {
    this.#hasExtra = false;
  }
}

function* range(from: number, to: number): Iterable<number> {
  for (let index = from; index < to; index += 1) yield index;
}
