import type { DataNode, SchemaNode } from "libyang-wasm";
import { DataAccess, type KeyLookup, type SchemaView } from "../nacm/data-access.ts";
import type { UserRules } from "../nacm/user-rules.ts";
import { isCryptHash } from "./crypt-hash.ts";
import { dataNodes, dataParent } from "./data-nodes.ts";

/** What one user may do with the data of a schema. */
export type SchemaAccess = DataAccess<SchemaNode>;

export const schemaAccess = (rules: UserRules): SchemaAccess => new DataAccess(rules, view);

const view: SchemaView<SchemaNode> = {
  nameOf: ({ moduleName, name }) => ({ module: moduleName, name }),
  parentOf: dataParent,
  childrenOf: (node) => dataNodes(node.children()),
  marksOf: (node) => ({
    // RFC 7317 leaves it to rules whether everybody may read hashes of passwords: here, nobody whom no rule lets.
    isDenyAll: isDenyAll(node) || isCryptHash(node),
    isDenyWrite: isMarked(node, "default-deny-write"),
  }),
};

/** Whether the node's own statement has `nacm:default-deny-all`. */
export const isDenyAll = (node: SchemaNode): boolean => isMarked(node, "default-deny-all");

const isMarked = (node: SchemaNode, extension: string): boolean =>
  node.extensions().some(({ moduleName, name }) => moduleName === "ietf-netconf-acm" && name === extension);

/** Of the last of `chain`, which leads to it from the top. */
export const keysOn =
  (chain: readonly DataNode[]): KeyLookup =>
  (depth, key) => {
    const node = chain[depth - 1];
    if (key === ".") return node?.value;
    for (let at = node?.firstChild; at?.schema?.isKey === true; at = at.nextSibling)
      if (at.name === key) return at.value;
    return undefined;
  };
