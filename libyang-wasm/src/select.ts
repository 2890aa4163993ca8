import type { ContextCore } from "./context-core.ts";
import { DataNode } from "./data-node.ts";
import { evaluate, type FindOptions } from "./find.ts";
import { StaleHandleError } from "./stale-handle-error.ts";
import type { TreeRoot } from "./tree-root.ts";
import { rejectNul } from "./wasm-memory.ts";
import { outOfMemory } from "./yang-error.ts";

/** Words of native/shim/select.c's `struct selected`: address, slot of the handle, its generation. */
const WORDS = 3;

/** Nodes given between two looks at how much memory is left. */
const NODES_PER_CHECK = 256;

/** @internal The outermost nodes that an XPath with prefixes of XML selects in a tree that is not empty. */
export function select(
  root: TreeRoot,
  xpath: string,
  namespaces: ReadonlyMap<string, string>,
  options: FindOptions,
): Iterable<DataNode> {
  const { core } = root;
  const { engine } = core;
  const pairs = namespacePairs(namespaces);
  const words = engine.withStrings([pairs], (address = 0) =>
    evaluate(
      core,
      xpath,
      options,
      (text) => engine.call.lyw_select(root.first, text, address, namespaces.size, engine.out(0), engine.out(1)),
      () => takeWords(core),
    ),
  );
  return nodesOf(root, words);
}

/** Each ended by a NUL; the list by an empty prefix, for which copying adds the NUL. */
function namespacePairs(namespaces: ReadonlyMap<string, string>): Uint8Array {
  const pairs = [...namespaces].map(([prefix, namespace]) => {
    if (prefix === "") throw new TypeError("the default namespace is not used in XPath");
    rejectNul(prefix, "a prefix");
    rejectNul(namespace, "a namespace");
    return `${prefix}\0${namespace}\0`;
  });
  return encoder.encode(pairs.join(""));
}

const encoder = new TextEncoder();

function takeWords({ engine }: ContextCore): Uint32Array {
  const [address, count] = [engine.result(0), engine.result(1)];
  const bytes = engine.memory.bytes.slice(address, address + count * WORDS * Uint32Array.BYTES_PER_ELEMENT);
  engine.call.lyw_free(address);
  return new Uint32Array(bytes.buffer);
}

function* nodesOf(root: TreeRoot, words: Uint32Array): Iterable<DataNode> {
  for (let at = 0; at < words.length; at += WORDS) {
    const [address, slot, generation] = words.subarray(at, at + WORDS) as unknown as [number, number, number];
    root.assertUsable();
    // Whoever selects notes what was selected.
    if (at % (WORDS * NODES_PER_CHECK) === 0 && root.core.engine.call.lyw_heap_refuses_copies() !== 0)
      throw outOfMemory();
    if (root.core.engine.call.lyw_handle_generation(slot) !== generation) {
      throw new StaleHandleError("a data node that was selected was freed, unlinked, or moved to another tree");
    }
    yield new DataNode(root, address);
  }
}
