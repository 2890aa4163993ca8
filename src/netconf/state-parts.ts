import { isContentMatch, type SubtreeFilter, type SubtreeFilterNode } from "../yang/subtree-filter.ts";

/** A top-level container of state. */
interface StateContainer<Part extends string> {
  readonly namespace: string;
  readonly name: string;
  /** Its children. */
  readonly parts: readonly Part[];
}

/** The children of a container of state that a filter can select something of; undefined = everything. */
export function wantedParts<Part extends string>(
  filter: SubtreeFilter | undefined,
  { namespace, name, parts }: StateContainer<Part>,
): ReadonlySet<Part> {
  if (filter === undefined) return new Set(parts);
  const isNamed = (node: SubtreeFilterNode, wanted: string): boolean =>
    node.name === wanted && (node.namespace ?? namespace) === namespace;
  const containers = filter.filter((node) => isNamed(node, name));
  return new Set(
    parts.filter((part) =>
      containers.some((container) => isWhole(container) || container.children.some((child) => isNamed(child, part))),
    ),
  );
}

/** Whether an element selects all that is in what it matches: RFC 6241 sections 6.2.4 and 6.2.5. */
const isWhole = ({ children }: SubtreeFilterNode): boolean => children.every(isContentMatch);
