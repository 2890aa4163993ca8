import type { Context, DataNode, DataTree, InstanceSet, XmlWriter } from "libyang-wasm";
import type { Job } from "./job.ts";

/** Members written before others get their turn. */
const MEMBERS_IN_A_SLICE = 64;

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
  const pieces: Uint8Array[] = [];
  using writer = context.xmlWriter();
  const printer = new ChangePrinter(before, after, writer);
  let count = 0;
  for (const member of touched.members()) {
    printer.print(member, touched.isShallow(member));
    if (++count % MEMBERS_IN_A_SLICE !== 0) continue;
    pieces.push(writer.take());
    yield;
  }
  printer.closeAll();
  pieces.push(writer.take());
  return Buffer.concat(pieces);
}

class ChangePrinter {
  readonly #before: DataTree;
  readonly #after: DataTree;
  readonly #writer: XmlWriter;
  /** Ancestors whose elements are open, the outermost first; nodes of the set. */
  readonly #open: DataNode[] = [];
  /** Lists and leaf-lists that were written whole, by the handle of the node they are in, and their schema path. */
  readonly #written = new Set<string>();

  constructor(before: DataTree, after: DataTree, writer: XmlWriter) {
    this.#before = before;
    this.#after = after;
    this.#writer = writer;
  }

  print(member: DataNode, isShallow: boolean): void {
    // What it was in is gone, and was itself a member, or never was there.
    if (member.parent !== undefined && this.#after.counterpart(member.parent) === undefined) return;
    const [old, now] = [explicit(this.#before, member), explicit(this.#after, member)];
    if (now === undefined && old === undefined) return;
    this.#openAround(member);
    if (now === undefined) this.#writer.writeEdit(member, "remove");
    else if (isShallow) {
      this.#enter(member);
      this.#writer.begin();
    } else if (now.schema?.isUserOrdered === true) this.#printList(member, now);
    else this.#writer.writeEdit(now, "replace");
  }

  closeAll(): void {
    while (this.#open.pop() !== undefined) this.#writer.close();
  }

  /** Members come in the order of the set's tree, so that those in one node follow one another. */
  #openAround(member: DataNode): void {
    const ancestors: DataNode[] = [];
    for (let at = member.parent; at !== undefined; at = at.parent) ancestors.unshift(at);
    let common = 0;
    while (common < this.#open.length && this.#open[common]?.handle === ancestors[common]?.handle) common++;
    for (const _ of this.#open.splice(common)) this.#writer.close();
    for (const ancestor of ancestors.slice(common)) this.#enter(ancestor);
  }

  #enter(node: DataNode): void {
    this.#writer.open(node);
    this.#open.push(node);
  }

  /** Any order comes out right if each entry in turn is made the last. */
  #printList(member: DataNode, now: DataNode): void {
    const list = `${member.parent?.handle ?? 0} ${member.schema?.path}`;
    if (this.#written.has(list)) return;
    this.#written.add(list);
    for (let at: DataNode | undefined = firstOf(now); at?.schema === now.schema; at = at?.nextSibling) {
      if (at !== undefined) this.#writer.writeEdit(at, "replace", { isLast: true });
    }
  }
}

function explicit(tree: DataTree, member: DataNode): DataNode | undefined {
  const node = tree.counterpart(member);
  return node?.isDefault === true ? undefined : node;
}

/** The first of the entries of the list, or leaf-list, that `entry` is in. */
function firstOf(entry: DataNode): DataNode {
  let first = entry;
  for (let at = entry.previousSibling; at !== undefined && at.schema === entry.schema; at = at.previousSibling)
    first = at;
  return first;
}
