import type { ContextCore } from "./context-core.ts";
import { SchemaNode } from "./schema-node.ts";

/** Data without its lists: leafs are canonical text, leaf-lists arrays, containers objects. */
export interface PlainObject {
  [name: string]: string | string[] | PlainObject;
}

/** @internal See DataNode.toObject. Walks by address: a handle for each node would cost more than all the rest. */
export function plainObject(core: ContextCore, parent: number): PlainObject {
  const object: PlainObject = {};
  const { call } = core.engine;
  for (let node = call.lyw_node_child(parent); node !== 0; node = call.lyw_node_next(node)) {
    const address = call.lyw_node_schema(node);
    if (address === 0) continue;
    const schema = SchemaNode.at(core, address);
    if (schema.kind === "list") {
      // Lists may be long: on with what comes after.
      node = call.lyw_node_last_instance(node);
    } else if (schema.isConfig) addField(core, object, schema, node);
  }
  return object;
}

function addField(core: ContextCore, object: PlainObject, { name, kind }: SchemaNode, node: number): void {
  const { call, memory } = core.engine;
  if (kind === "container") object[name] = plainObject(core, node);
  if (kind !== "leaf" && kind !== "leaf-list") return;
  const value = memory.string(call.lyw_node_value(node)) ?? "";
  if (kind === "leaf") object[name] = value;
  else if (Array.isArray(object[name])) object[name].push(value);
  else object[name] = [value];
}
