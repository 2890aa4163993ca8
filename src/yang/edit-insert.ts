import type { DataNode } from "libyang-wasm";
import type { ErrorTag } from "../errors/rpc-error.ts";

/** Where an entry that the user orders is to go (RFC 7950 sections 7.7.9 and 7.8.6). */
export type Insert =
  | { readonly where: "first" | "last" }
  /** Beside the entry with these keys, in the key statement's order, or with this value. */
  | { readonly where: "before" | "after"; readonly beside: readonly string[]; readonly attribute: "key" | "value" };

/** What is wrong with an attribute that says where an entry goes. */
export interface InsertFault {
  readonly tag: ErrorTag;
  readonly attribute: string;
  readonly message: string;
}

/** Undefined when nothing is said. What `insertFault` has to say against must have been seen to. */
export function ownInsert(node: DataNode): Insert | undefined {
  // Most nodes are no such entries: their attributes are not looked at.
  const read = node.schema?.isUserOrdered === true ? readInsert(node) : undefined;
  return read !== undefined && "where" in read ? read : undefined;
}

export function insertFault(node: DataNode): InsertFault | undefined {
  const read = readInsert(node);
  return read !== undefined && "tag" in read ? read : undefined;
}

function readInsert(node: DataNode): Insert | InsertFault | undefined {
  const attributes = yangAttributes(node);
  const [first] = attributes.keys();
  if (first === undefined) return undefined;
  const { name, schema } = node;
  if (schema?.isUserOrdered !== true) {
    return unexpected(first, `'${name}' is not ordered by the user and has no attribute "${first}". Leave it out.`);
  }
  const where = attributes.get("insert") as Insert["where"] | undefined;
  const wanted = schema.kind === "list" ? "key" : "value";
  const other = [...attributes.keys()].find((attribute) => attribute !== "insert" && attribute !== wanted);
  if (other !== undefined) {
    return unexpected(other, `A ${schema.kind} such as '${name}' has no attribute "${other}", but "${wanted}".`);
  }
  const beside = attributes.get(wanted);
  if (where === "before" || where === "after") {
    if (beside !== undefined) return insertBeside(node, where, wanted, beside);
    const message = `insert="${where}" of '${name}' needs the attribute "${wanted}", which says ${where} which entry. Add it.`;
    return { tag: "missing-attribute", attribute: wanted, message };
  }
  if (beside !== undefined) {
    return unexpected(wanted, `The attribute "${wanted}" of '${name}' goes with insert="before" or "after" only.`);
  }
  return where === undefined ? undefined : { where };
}

function insertBeside(
  { name, schema }: DataNode,
  where: "before" | "after",
  attribute: "key" | "value",
  text: string,
): Insert | InsertFault {
  if (attribute === "value") return { where, attribute, beside: [text] };
  const keys = (schema?.children() ?? []).filter(({ isKey }) => isKey).map((key) => key.name);
  const values = keyValues(text, keys, schema?.moduleName);
  if (values !== undefined) return { where, attribute, beside: values };
  const form = keys.map((key) => `[p:${key}='…']`).join("");
  const message = `The attribute "key" of '${name}' has to give each key once: ${form}, with p declared as the prefix of the module.`;
  return { tag: "bad-attribute", attribute, message };
}

const unexpected = (attribute: string, message: string): InsertFault => ({
  tag: "unknown-attribute",
  attribute,
  message,
});

/** `insert`, `key` and `value`, those that there are, with their values in canonical form. */
function yangAttributes(node: DataNode): ReadonlyMap<string, string> {
  return new Map(
    node
      .metadata()
      .filter(({ moduleName, name }) => moduleName === "yang" && INSERT_ATTRIBUTES.has(name))
      .map(({ name, value }) => [name, value]),
  );
}

const INSERT_ATTRIBUTES: ReadonlySet<string> = new Set(["insert", "key", "value"]);

/** In canonical form: the first name, and any of another module, has a module for its prefix. */
const PREDICATE = /\[(?:([^:=\]\s]+):)?([^:=\]\s]+)=(?:"([^"]*)"|'([^']*)')\]/y;

/** The values in predicates that name each key once, in the order of `keys`; undefined when they do not. */
function keyValues(text: string, keys: readonly string[], moduleName: string | undefined): string[] | undefined {
  const values = new Map<string, string>();
  const pattern = new RegExp(PREDICATE);
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const [, prefix = moduleName, key = "", inQuotes, inApostrophes] = pattern.exec(text) ?? [];
    if (key === "" || prefix !== moduleName || values.has(key)) return undefined;
    values.set(key, inQuotes ?? inApostrophes ?? "");
  }
  const ordered = keys.flatMap((key) => values.get(key) ?? []);
  return ordered.length === keys.length && values.size === keys.length ? ordered : undefined;
}
