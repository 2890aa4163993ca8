import type { Context, DataNode, DataTree, InstanceSet, WriteOptions, XmlWriter } from "libyang-wasm";
import { ancestorsOf } from "./ancestors.ts";
import type { DefaultsMode } from "./defaults-mode.ts";
import type { PrintLimits } from "./limits.ts";
import type { Pieces } from "./pieces.ts";

/** Prints what two trees hold in some places: with what it is in, the keys of that, and all that is below. */
export class PlacePrinter {
  readonly #tree: DataTree;
  readonly #state: DataTree | undefined;
  readonly #writer: XmlWriter;
  readonly #limits: PrintLimits;
  /** Ancestors whose elements are open, the outermost first; nodes of the set. */
  readonly #open: DataNode[] = [];

  /** `state`: operational state, shown among the configuration that `tree` holds. */
  constructor(
    context: Context,
    tree: DataTree,
    state: DataTree | undefined,
    withDefaults: DefaultsMode,
    limits: PrintLimits,
  ) {
    this.#tree = tree;
    this.#state = state;
    this.#writer = context.xmlWriter({ withDefaults });
    this.#limits = limits;
  }

  [Symbol.dispose](): void {
    this.#writer.dispose();
  }

  /** All of it. Members of a set come in the order of its tree, so that those in one node follow one another. */
  *print(places: InstanceSet): Pieces {
    let count = 0;
    for (const member of places.members()) {
      if (++count % this.#limits.nodesPerStep === 0) yield undefined;
      yield* this.#member(member);
    }
    while (this.#open.pop() !== undefined) this.#writer.close();
    if (this.#writer.size > 0) yield this.#writer.take();
  }

  *#member(member: DataNode): Pieces {
    const node = this.#nodeOf(member);
    // An entry that was deleted since its state was read.
    if (node === undefined) return;
    if (!this.#openAround(member)) return;
    const state = node.isConfig ? this.#state?.counterpart(member) : undefined;
    yield* this.#write(node, state === undefined ? {} : { state });
  }

  #nodeOf(member: DataNode): DataNode | undefined {
    return (member.isConfig ? this.#tree : this.#state)?.counterpart(member);
  }

  /** False when what it is in is not there. */
  #openAround(member: DataNode): boolean {
    const ancestors = ancestorsOf(member);
    let common = 0;
    while (common < this.#open.length && this.#open[common]?.handle === ancestors[common]?.handle) common++;
    for (const _ of this.#open.splice(common)) this.#writer.close();
    for (const ancestor of ancestors.slice(common)) {
      const node = this.#nodeOf(ancestor);
      if (node === undefined) return false;
      this.#writer.open(node);
      this.#open.push(ancestor);
    }
    return true;
  }

  *#write(node: DataNode, options: WriteOptions): Pieces {
    const maxBytes = this.#limits.pieceBytes;
    let isComplete = this.#writer.write(node, { ...options, maxBytes });
    while (!isComplete) {
      yield this.#writer.take();
      isComplete = this.#writer.resume(maxBytes);
    }
    if (this.#writer.size >= maxBytes) yield this.#writer.take();
  }
}
