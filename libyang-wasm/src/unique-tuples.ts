import { DataNode } from "./data-node.ts";
import type { SchemaNode } from "./schema-node.ts";

/** What `uniqueTuples` finds. */
export interface UniqueTuples {
  /** Safe integers; none for an entry that lacks one of the leafs, and so equals no other. */
  readonly numbers: readonly number[];
  /** The first sibling not looked at. */
  readonly next: DataNode | undefined;
}

/**
 * What the entries of `list` at or below `node`, and below up to `maxNodes - 1` next instances of the same schema node,
 * hold in the leafs of one of the list's unique statements, as one number each. Equal numbers: the two entries may break
 * the statement, and do so in all probability. Different ones: they certainly do not, in whatever trees of the context
 * they are. Throws RangeError where there is no such statement, YangError (EMEM).
 */
export function uniqueTuples(node: DataNode, list: SchemaNode, unique: number, maxNodes: number): UniqueTuples {
  const { root } = node;
  const { core } = root;
  const { engine } = core;
  const schema = list.addressIn(core);
  if (list.kind !== "list" || engine.call.lyw_schema_unique(schema, unique, 0) === 0) {
    throw new RangeError(`${list.path} has no unique statement ${unique}`);
  }
  const { address } = node;
  const [next, found, count] = [engine.out(0), engine.out(1), engine.out(2)];
  const code = engine.call.lyw_unique_tuples(address, schema, unique, maxNodes, next, found, count);
  const [sibling, at] = [engine.result(0), engine.result(1)];
  const numbers = Array.from({ length: engine.result(2) }, (_, index) => {
    const high = engine.memory.word(at + 8 * index);
    return high * 2 ** 32 + engine.memory.word(at + 8 * index + 4);
  });
  if (at !== 0) engine.call.lyw_free(at);
  core.check(code, "other");
  return { numbers, next: sibling === 0 ? undefined : new DataNode(root, sibling) };
}
