import { type Context, type DataNode, type DataTree, type DetachedNode, YangError } from "libyang-wasm";
import type { SubtreeFilter, SubtreeFilterNode } from "../../src/yang/subtree-filter.ts";

/*
 * RFC 6241 section 6 the plain way: everything is copied, every node is compared with every filter element. What the
 * server does must come to the same.
 */

/** What a filter selects of configuration and state, of what may be read. */
export function modelled(
  context: Context,
  config: DataTree,
  state: string,
  filter: SubtreeFilter | undefined,
  mayRead?: (node: DataNode) => boolean,
): string {
  using whole = config.duplicate();
  using known = context.parseData(state, { format: "json" });
  for (const root of known.roots()) dropOrphans(root, whole.findTop(root));
  whole.merge(known);
  if (mayRead !== undefined) hide([...whole.roots()], mayRead);
  if (filter === undefined) return whole.print();
  using selected = context.emptyTree();
  for (const copy of select([...whole.roots()], filter)) selected.insertTop(copy);
  for (const root of selected.roots()) dropMeaningless(root);
  return selected.print();
}

/** Takes out what may not be read; keys are read with their entries. */
function hide(nodes: readonly DataNode[], mayRead: (node: DataNode) => boolean): void {
  for (const node of nodes) {
    if (node.schema?.isKey === true) continue;
    if (!mayRead(node)) {
      node.remove();
      continue;
    }
    hide(node.children(), mayRead);
    dropMeaningless(node);
  }
}

/** Containers that would be printed empty and say nothing then: only defaults were selected in them. */
function dropMeaningless(node: DataNode): void {
  for (const child of node.children()) dropMeaningless(child);
  if (node.kind !== "container" || node.schema?.isPresence === true) return;
  if (node.children().every((child) => child.isDefault)) node.remove();
}

function dropOrphans(node: DataNode, counterpart: DataNode | undefined): void {
  if (!node.isConfig) return;
  if (counterpart === undefined) return node.remove();
  for (const child of node.children())
    if (child.kind === "list" || child.kind === "container") dropOrphans(child, counterpart.findChild(child));
}

/** Copies of what is selected among siblings. */
function select(siblings: readonly DataNode[], filter: SubtreeFilter): DetachedNode[] {
  return siblings.flatMap((node) => {
    const choice = new Choice(node);
    for (const element of filter) choice.add(element);
    return choice.copy();
  });
}

class Choice {
  readonly #node: DataNode;
  #isWhole = false;
  #filters: SubtreeFilterNode[] = [];

  constructor(node: DataNode) {
    this.#node = node;
  }

  add(element: SubtreeFilterNode): void {
    if (!isNamed(this.#node, element)) return;
    if (element.children.length === 0) {
      if (element.text === "" || hasValue(this.#node, element)) this.#isWhole = true;
      return;
    }
    if (this.#node.kind !== "container" && this.#node.kind !== "list") return;
    const isContentMatch = ({ children, text }: SubtreeFilterNode) => children.length === 0 && text !== "";
    const nodes = this.#node.children();
    const guards = element.children.filter(isContentMatch);
    if (!guards.every((guard) => nodes.some((node) => isNamed(node, guard) && hasValue(node, guard)))) return;
    if (guards.length === element.children.length) this.#isWhole = true;
    else this.#filters.push(...element.children);
  }

  copy(): DetachedNode[] {
    if (this.#isWhole) return [this.#node.duplicate({ recursive: true, withFlags: true })];
    const children = select(this.#node.children(), this.#filters);
    if (children.length === 0) return [];
    const shell = this.#node.duplicate({ recursive: false, withFlags: true });
    for (const child of children) {
      if (child.node.schema?.isKey === true) child.dispose();
      else shell.node.insertChild(child);
    }
    return [shell];
  }
}

function isNamed(node: DataNode, { name, namespace, attributes }: SubtreeFilterNode): boolean {
  return node.name === name && (namespace ?? node.namespace) === node.namespace && attributes.length === 0;
}

function hasValue(node: DataNode, { text }: SubtreeFilterNode): boolean {
  if (node.kind !== "leaf" && node.kind !== "leaf-list") return false;
  using copy = node.duplicate();
  try {
    copy.node.changeValue(text);
    return copy.node.value === node.value;
  } catch (error) {
    if (error instanceof YangError) return false;
    throw error;
  }
}
