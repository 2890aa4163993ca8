import type { DataNode, SchemaNode } from "libyang-wasm";
import { cryptLimits } from "../crypt/limits.ts";
import { cryptPassword, newCryptSettings } from "../crypt/sha-crypt.ts";
import { invalidValue, resourceDenied } from "../errors/constructors.ts";
import type { Job } from "../job.ts";
import { dataNodes } from "./data-nodes.ts";
import { toErrorPath } from "./error-path.ts";
import { yangLimits } from "./limits.ts";
import type { Schema } from "./schema.ts";

/** Before a password in clear text (iana-crypt-hash). */
const CLEAR = "$0$";
/** Nodes looked at before others get their turn. */
const NODES_IN_A_SLICE = 256;

/** Whether a leaf is of the type crypt-hash (RFC 7317), whose values may be passwords in clear text. */
export function isCryptHash(leaf: SchemaNode): boolean {
  const { type } = leaf;
  if (type?.base !== "string" || type.typedef !== "crypt-hash") return false;
  return type.patterns.some(({ expression }) => expression.startsWith(CLEAR));
}

/** Schema nodes of type crypt-hash, and all that they are in. */
export function cryptHashNodes(nodes: Iterable<SchemaNode>, found = new Set<SchemaNode>()): Set<SchemaNode> {
  for (const node of dataNodes(nodes)) {
    const before = found.size;
    if (node.kind === "leaf" && node.isConfig && isCryptHash(node)) found.add(node);
    else if (node.kind === "container" || node.kind === "list") cryptHashNodes(node.children(), found);
    if (found.size > before) found.add(node);
  }
  return found;
}

/**
 * Puts hashes in the place of passwords in clear text, as iana-crypt-hash has it: from here on nobody can read them.
 * Costs a few milliseconds each, and no more than a look at what has no such leaf in it. Whether there were any. Throws
 * `RpcError` before it has changed anything.
 */
export function* hashClearPasswords(schema: Schema, roots: Iterable<DataNode>): Job<boolean> {
  const leafs: DataNode[] = [];
  yield* findClear(schema, roots, leafs);
  if (leafs.length > yangLimits.hashesPerEdit) throw tooMany();
  for (const leaf of leafs) {
    const problem = problemOf(clearText(leaf));
    if (problem !== undefined) throw refused(schema, leaf, problem);
  }
  for (const leaf of leafs) leaf.changeValue(yield* cryptPassword(clearText(leaf), newCryptSettings()));
  return leafs.length > 0;
}

function* findClear(schema: Schema, nodes: Iterable<DataNode>, found: DataNode[]): Job<void> {
  let count = 0;
  for (const node of nodes) {
    if (node.schema === undefined || !schema.cryptHashNodes.has(node.schema)) continue;
    if (node.kind !== "leaf") yield* findClear(schema, node.children(), found);
    else if (node.value?.startsWith(CLEAR) === true) found.push(node);
    if (++count % NODES_IN_A_SLICE === 0) yield;
  }
}

const clearText = (leaf: DataNode): string => (leaf.value ?? "").slice(CLEAR.length);

const tooMany = () =>
  resourceDenied(
    `The edit has more than ${yangLimits.hashesPerEdit} passwords in clear text, each of which has to be hashed. ` +
      "Send them in several edits, or hashed.",
  );

function problemOf(password: string): string | undefined {
  if (password === "") return "The password is empty. Leave it out, or give one after $0$.";
  if (Buffer.byteLength(password) <= cryptLimits.maxPasswordBytes) return undefined;
  return `The password is longer than ${cryptLimits.maxPasswordBytes} bytes.`;
}

const refused = ({ context }: Schema, { path }: DataNode, problem: string) =>
  invalidValue(problem, { type: "application", path: toErrorPath(context, path) });
