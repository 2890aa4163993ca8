import type { SchemaNode } from "libyang-wasm";
import type { XPathInModel } from "./dependency-finder.ts";
import type { Aspect } from "./xpath-functions.ts";

export type ConstraintKind = "must" | "when" | "leafref" | "instance-identifier";

/** A constraint of a node that looks at other nodes. */
export interface Constraint {
  readonly kind: ConstraintKind;
  /** undefined: the data say where it looks. */
  readonly xpath: XPathInModel | undefined;
  /** What it wants of the nodes that the XPath selects. */
  readonly as: Aspect;
}

/** A `when` of a choice, case, uses or augment is a constraint of each data node in it. */
export function* constraintsOf(node: SchemaNode): Iterable<Constraint> {
  for (const xpath of node.musts()) yield { kind: "must", xpath, as: "existence" };
  for (const xpath of node.whens()) yield { kind: "when", xpath, as: "existence" };
  if (!canRefer(node)) return;
  for (const type of node.typeAlternatives()) {
    if (type.base === "leafref" && type.requireInstance) {
      const { path: expression, prefixes, defaultModule } = type;
      yield { kind: "leafref", xpath: { expression, prefixes, defaultModule, context: node }, as: "value" };
    } else if (type.base === "instance-identifier" && type.requireInstance) {
      yield { kind: "instance-identifier", xpath: undefined, as: "existence" };
    }
  }
}

/** Reading a type whole, with all its identities and enums, takes time. */
const canRefer = ({ baseType }: SchemaNode): boolean =>
  baseType === "leafref" || baseType === "union" || baseType === "instance-identifier";
