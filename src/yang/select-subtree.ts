import { type DataNode, type DataTree, type DetachedNode, YangError } from "libyang-wasm";
import type { SubtreeFilter, SubtreeFilterNode } from "./subtree-filter.ts";

/** Puts what `filter` selects of `source` into `into`, an empty tree (RFC 6241 section 6). */
export function selectSubtree(source: DataTree, filter: SubtreeFilter, into: DataTree): void {
  const roots = [...source.roots()];
  const selection = new Selection(roots);
  for (const node of filter) selection.add(node);
  for (const copy of selection.copies()) into.insertTop(copy);
}

/** What is selected among the instances of one sibling set; several filter elements add up. */
class Selection {
  readonly #siblings: readonly DataNode[];
  /** By position in `#siblings`. */
  readonly #chosen = new Map<number, Choice>();

  constructor(siblings: readonly DataNode[]) {
    this.#siblings = siblings;
  }

  get isEmpty(): boolean {
    return this.#chosen.size === 0;
  }

  /** Adds what one filter element selects; true when it selects anything. */
  add(filter: SubtreeFilterNode): boolean {
    let isSelecting = false;
    for (const [position, node] of this.#siblings.entries()) {
      if (!isNamed(node, filter)) continue;
      const choice = this.#chosen.get(position) ?? new Choice(node);
      if (!choice.add(filter)) continue;
      this.#chosen.set(position, choice);
      isSelecting = true;
    }
    return isSelecting;
  }

  /** Copies in the order of the source. */
  *copies(): Iterable<DetachedNode> {
    for (const position of [...this.#chosen.keys()].sort((a, b) => a - b)) {
      yield (this.#chosen.get(position) as Choice).copy();
    }
  }
}

/** One selected instance: the whole of it, or some of its children. */
class Choice {
  readonly #node: DataNode;
  #isWhole = false;
  #children: Selection | undefined;

  constructor(node: DataNode) {
    this.#node = node;
  }

  add(filter: SubtreeFilterNode): boolean {
    if (filter.children.length === 0) {
      // Section 6.2.4 selection node, or 6.2.5 content match node.
      if (filter.text !== "" && !hasValue(this.#node, filter)) return false;
      this.#isWhole = true;
      return true;
    }
    if (this.#node.kind !== "container" && this.#node.kind !== "list") return false;
    return this.#addContainment(filter.children);
  }

  /** Section 6.2.3: content match nodes among the children guard their siblings; without other children they select all. */
  #addContainment(filters: readonly SubtreeFilterNode[]): boolean {
    const isContentMatch = ({ children, text }: SubtreeFilterNode) => children.length === 0 && text !== "";
    const guards = filters.filter(isContentMatch);
    const others = filters.filter((filter) => !isContentMatch(filter));
    const nodes = this.#node.children();
    if (!guards.every((guard) => nodes.some((node) => isNamed(node, guard) && hasValue(node, guard)))) return false;
    if (others.length === 0) {
      this.#isWhole = true;
      return true;
    }
    const children = this.#children ?? new Selection(nodes);
    for (const filter of filters) children.add(filter);
    this.#children = children;
    return !children.isEmpty;
  }

  copy(): DetachedNode {
    if (this.#isWhole) return this.#node.duplicate({ recursive: true, withFlags: true });
    // A list entry brings its keys, so that the reader can tell it from the others (section 6.2.5 allows it).
    const shell = this.#node.duplicate({ recursive: false, withFlags: true });
    for (const child of this.#children?.copies() ?? []) {
      if (child.node.schema?.isKey === true) child.dispose();
      else shell.node.insertChild(child);
    }
    return shell;
  }
}

function isNamed(node: DataNode, filter: SubtreeFilterNode): boolean {
  if (node.name !== filter.name) return false;
  if (filter.namespace !== undefined && node.namespace !== filter.namespace) return false;
  // Section 6.2.2: attributes are matched against the instance's; our data carries none.
  return filter.attributes.length === 0;
}

/** A content match is of values, not of texts: any form of an IPv6 address matches (RFC 7950 section 9.1). */
function hasValue(node: DataNode, filter: SubtreeFilterNode): boolean {
  if (node.kind !== "leaf" && node.kind !== "leaf-list") return false;
  return node.value === filter.text || node.value === canonicalText(node, filter);
}

const canonicalTexts = new WeakMap<SubtreeFilterNode, Map<string, string | undefined>>();

/** The filter's text in the canonical form of the node's type; undefined when it is no value of it. */
function canonicalText(node: DataNode, filter: SubtreeFilterNode): string | undefined {
  const known = canonicalTexts.get(filter) ?? new Map<string, string | undefined>();
  canonicalTexts.set(filter, known);
  const type = `${node.moduleName}:${node.name}`;
  if (!known.has(type)) known.set(type, canonicalize(node, filter.text));
  return known.get(type);
}

function canonicalize(node: DataNode, text: string): string | undefined {
  using copy = node.duplicate();
  try {
    copy.node.changeValue(text);
    return copy.node.value;
  } catch (error) {
    if (error instanceof YangError) return undefined;
    throw error;
  }
}
