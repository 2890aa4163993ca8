import type { Context, DataNode, DataTree, InstanceSet, XmlWriter } from "libyang-wasm";
import type { Job } from "../job.ts";
import { ancestorsOf } from "./ancestors.ts";
import { explicitIn, OrderedLists } from "./ordered-lists.ts";

/** Elements written before others get their turn. */
const WRITES_IN_A_SLICE = 64;

/**
 * The content of a NETCONF `<config>` (RFC 6241 section 7.2, with "merge" as default operation) that makes `before` what
 * `after` is; the two may differ in the places of `touched` only. Defaults are not in it: what they are is up to the
 * schema in use when it is carried out.
 */
export function* printChanges(
  context: Context,
  before: DataTree,
  after: DataTree,
  touched: InstanceSet,
): Job<Uint8Array> {
  const lists = new OrderedLists(before, after);
  yield* lists.look(touched);
  const pieces: Uint8Array[] = [];
  using writer = context.xmlWriter();
  const printer = new ChangePrinter(before, after, lists, writer);
  let count = 0;
  for (const member of touched.members()) {
    for (const _ of printer.print(member, touched.isShallow(member))) {
      if (++count % WRITES_IN_A_SLICE !== 0) continue;
      pieces.push(writer.take());
      yield;
    }
  }
  printer.closeAll();
  pieces.push(writer.take());
  return Buffer.concat(pieces);
}

class ChangePrinter {
  readonly #before: DataTree;
  readonly #after: DataTree;
  readonly #lists: OrderedLists;
  readonly #writer: XmlWriter;
  /** Ancestors whose elements are open, the outermost first; nodes of the set. */
  readonly #open: DataNode[] = [];
  /** Entries put in their place: numbers of their handles in `after`. */
  readonly #placed = new Set<number>();

  constructor(before: DataTree, after: DataTree, lists: OrderedLists, writer: XmlWriter) {
    this.#before = before;
    this.#after = after;
    this.#lists = lists;
    this.#writer = writer;
  }

  /** Gives one for each element that was written. */
  *print(member: DataNode, isShallow: boolean): Iterable<void> {
    // What it was in is gone, and was itself a member, or never was there; or comes with all that is in it.
    if (member.parent !== undefined && this.#after.counterpart(member.parent) === undefined) return;
    const ancestors = ancestorsOf(member);
    if (ancestors.some((ancestor) => this.#lists.isWhole(ancestor))) return;
    const [old, now] = [explicitIn(this.#before, member), explicitIn(this.#after, member)];
    if ((now === undefined && old === undefined) || (now !== undefined && this.#placed.has(now.handle))) return;
    this.#openAround(ancestors);
    const placed = now && this.#lists.entriesWith(member, now);
    if (placed !== undefined) yield* this.#place(placed);
    else if (isShallow && now !== undefined) {
      this.#enter(member);
      yield this.#writer.begin();
    } else yield this.#writer.writeEdit(now ?? member, now === undefined ? "remove" : "replace");
  }

  closeAll(): void {
    while (this.#open.pop() !== undefined) this.#writer.close();
  }

  /** Members come in the order of the set's tree, so that those in one node follow one another. */
  #openAround(ancestors: readonly DataNode[]): void {
    let common = 0;
    while (common < this.#open.length && this.#open[common]?.handle === ancestors[common]?.handle) common++;
    for (const _ of this.#open.splice(common)) this.#writer.close();
    for (const ancestor of ancestors.slice(common)) this.#enter(ancestor);
  }

  #enter(node: DataNode): void {
    this.#writer.open(node);
    this.#open.push(node);
  }

  *#place(entries: Iterable<DataNode>): Iterable<void> {
    for (const entry of entries) {
      if (this.#placed.has(entry.handle)) return;
      this.#placed.add(entry.handle);
      yield this.#writer.writeEdit(entry, "replace", { isLast: true });
    }
  }
}
