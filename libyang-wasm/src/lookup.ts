import { RESULT } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";
import type { SchemaNode } from "./schema-node.ts";
import { rejectNul } from "./wasm-memory.ts";

/** What a leaf, or one entry of a leaf-list, has to hold: see DataNode.findMatch. */
export interface Condition {
  /** A leaf or leaf-list among the entry's children. */
  readonly leaf: SchemaNode;
  /** In canonical form: see SchemaNode.canonicalValue. */
  readonly value: string;
}

/** @internal Address of the first instance of a schema node among siblings, 0 when there is none. */
export const findFirst = (core: ContextCore, siblings: number, schema: SchemaNode): number =>
  core.engine.call.lyw_find_first(siblings, schema.addressIn(core));

/** @internal Address of the entry with these keys, 0 when there is none or a key is no value of its type. */
export function findEntry(core: ContextCore, siblings: number, list: SchemaNode, keys: readonly string[]): number {
  const { engine } = core;
  const schema = list.addressIn(core);
  if (keys.length === 0 || engine.call.lyw_key_count(schema) !== keys.length) {
    throw new RangeError(`entries of ${list.name} are not told apart by ${keys.length} value(s)`);
  }
  // A text that C would see only in part is no value of any type.
  if (siblings === 0 || keys.some((key) => key.includes("\0"))) return 0;
  const result = engine.withStrings(keys, (...texts) =>
    withWords(core, texts, (array) => engine.call.lyw_find_entry(siblings, schema, array, engine.out(0))),
  );
  if (isRefused(core, result)) return 0;
  return engine.result(0);
}

/** @internal The canonical form of a leaf's or leaf-list's value, undefined when the text is no value of its type. */
export function canonicalValue(core: ContextCore, leaf: number, text: string): string | undefined {
  const { engine } = core;
  if (text.includes("\0")) return undefined;
  const result = engine.withStrings([text], (address = 0) =>
    engine.call.lyw_canonical_value(leaf, address, engine.out(0)),
  );
  return isRefused(core, result) ? undefined : engine.takeString(engine.result(0));
}

/** @internal Address of the entry where the search stopped, 0 when it came to the end. */
export function findMatch(
  core: ContextCore,
  entry: number,
  conditions: readonly Condition[],
  maxEntries: number,
): { readonly address: number; readonly isMatch: boolean } {
  const { engine } = core;
  const values = conditions.map(({ value }) => value);
  for (const value of values) rejectNul(value, "a value");
  const address = engine.withStrings(values, (...texts) => {
    const pairs = conditions.flatMap(({ leaf }, index) => [leaf.addressIn(core), texts[index] ?? 0]);
    return withWords(core, pairs, (array) =>
      engine.call.lyw_find_match(entry, array, conditions.length, maxEntries, engine.out(0)),
    );
  });
  return { address, isMatch: engine.result(0) !== 0 };
}

/** Whether a call failed for the text it was given. Throws YangError when it failed for lack of memory. */
function isRefused(core: ContextCore, result: number): boolean {
  if (result === 0) return false;
  if (result === RESULT.noMemory) core.check(result, "other");
  core.forgetErrors();
  return true;
}

function withWords<T>(core: ContextCore, words: readonly number[], work: (array: number) => T): T {
  return core.engine.withStrings([new Uint8Array(new Uint32Array(words).buffer)], (array = 0) => work(array));
}
