import type { SchemaNode } from "libyang-wasm";
import type { Schema } from "../yang/schema.ts";
import { isPartOfUnit } from "./unit-schema.ts";

/**
 * Every writable node of our own modules belongs to a unit that a subscriber owns, and every owned path exists:
 * nothing is configurable that nobody acts on. Throws, naming what is amiss: a fault of the build, found at start.
 */
export function checkOwners(schema: Schema, unitPaths: ReadonlySet<string>): void {
  const nodes = [...schema.ownConfigNodes()];
  const unowned = nodes.filter((node) => isData(node) && !isOwned(node, unitPaths)).map(({ path }) => path);
  const known = new Set(nodes.map(({ path }) => path));
  const unknown = [...unitPaths].filter((path) => !known.has(path));
  if (unowned.length === 0 && unknown.length === 0) return;
  throw new Error(
    `The YANG modules and the server do not match. Writable, but acted on by nobody: ${unowned.join(", ") || "none"}. ` +
      `Acted on, but not in the modules: ${unknown.join(", ") || "none"}.`,
  );
}

/** Containers without presence and choices hold no configuration themselves. */
function isData(node: SchemaNode): boolean {
  if (node.kind === "choice" || node.kind === "case") return false;
  return node.kind !== "container" || node.isPresence;
}

/** A list is a unit of its own, or part of the one that it is in. */
function isOwned(node: SchemaNode, unitPaths: ReadonlySet<string>): boolean {
  if (unitPaths.has(node.path)) return true;
  const { parent } = node;
  if (parent === undefined) return false;
  return (node.kind !== "list" || isPartOfUnit(node)) && isOwned(parent, unitPaths);
}
