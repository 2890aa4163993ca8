import type { DataPosition, DataSchema } from "./data-schema.ts";
import type { Axis } from "./xpath/syntax.ts";

/** Where an evaluation may be: at any instance of a schema node, as far as the way there tells. */
export interface Place {
  readonly at: DataPosition;
  /**
   * The highest position the way there has passed: the instance is below that instance of it which is the context node
   * or an ancestor of it. Where `at` is the scope, it is that very instance.
   */
  readonly scope: DataPosition;
  /** Whether it is the text node of a leaf, not the leaf. */
  readonly isText: boolean;
}

export const ROOT: Place = { at: undefined, scope: undefined, isText: false };

/** Whether it is the context node or an ancestor of it: there in any case. */
export const isCertain = ({ at, scope, isText }: Place): boolean => at === scope && !isText;

/** Axes that lead to the node itself and to those it is in. */
export const leadsUp = (axis: Axis): boolean => axis === "self" || axis === "parent" || axis.startsWith("ancestor");

/**
 * Axes that lead to nodes which are there without the one they start from, so that its being there matters by itself.
 * Below it nothing can be without it.
 */
export const leadsAway = (axis: Axis): boolean =>
  (leadsUp(axis) && axis !== "self") || axis.startsWith("following") || axis.startsWith("preceding");

/** All places an axis leads to (XPath 1.0 §2.2); undefined for axes that YANG's data model has no nodes on. */
export function along(schema: DataSchema, place: Place, axis: Axis): readonly Place[] | undefined {
  switch (axis) {
    case "self":
      return [place];
    case "child":
      return [...children(schema, place)];
    case "descendant":
      return [...descendants(schema, place)];
    case "descendant-or-self":
      return [place, ...descendants(schema, place)];
    case "parent":
      return [...parent(schema, place)];
    case "ancestor":
      return [...ancestors(schema, place)];
    case "ancestor-or-self":
      return [place, ...ancestors(schema, place)];
    case "following-sibling":
    case "preceding-sibling":
      if (place.isText) return [];
      return [...parent(schema, place)].flatMap((above) => [...children(schema, above)]);
    // Where in the document another node comes depends on all that is between: anything may.
    case "following":
    case "preceding":
      return [...descendants(schema, ROOT)];
    case "attribute":
    case "namespace":
      return undefined;
  }
}

function* children(schema: DataSchema, { at, scope, isText }: Place): Iterable<Place> {
  if (isText) return;
  if (at?.kind === "leaf" || at?.kind === "leaf-list") yield { at, scope, isText: true };
  for (const child of schema.children(at)) yield { at: child, scope, isText: false };
}

function* descendants(schema: DataSchema, place: Place): Iterable<Place> {
  for (const child of children(schema, place)) {
    yield child;
    yield* descendants(schema, child);
  }
}

function* parent(schema: DataSchema, { at, scope, isText }: Place): Iterable<Place> {
  if (isText) yield { at, scope, isText: false };
  else if (at !== undefined) {
    const above = schema.parent(at);
    yield { at: above, scope: at === scope ? above : scope, isText: false };
  }
}

function* ancestors(schema: DataSchema, place: Place): Iterable<Place> {
  for (const above of parent(schema, place)) {
    yield above;
    yield* ancestors(schema, above);
  }
}
