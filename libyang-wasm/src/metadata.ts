import type { ContextCore } from "./context-core.ts";

/** Metadata of a data node: an annotation (RFC 7952) or, in an edit-config, NETCONF's `operation` or YANG's `insert`. */
export interface Metadata {
  /** The module that defines the annotation. */
  moduleName: string;
  /** The annotation's name, without prefix. */
  name: string;
  /** In canonical form. */
  value: string;
}

/** An XML attribute of an opaque node. */
export interface Attribute {
  /** The namespace's URI; an attribute without a prefix has none. */
  namespace?: string;
  /** The local name. */
  name: string;
  /** As it was written: nothing says which type it has. */
  value: string;
}

/** @internal Metadata of a node, without what libyang keeps there for itself. */
export function readMetadata({ engine: { call, memory } }: ContextCore, node: number): Metadata[] {
  const found: Metadata[] = [];
  for (let meta = call.lyw_meta_first(node); meta !== 0; meta = call.lyw_meta_next(meta)) {
    if (call.lyw_meta_is_internal(meta) !== 0) continue;
    found.push({
      moduleName: memory.string(call.lyw_meta_module(meta)) ?? "",
      name: memory.string(call.lyw_meta_name(meta)) ?? "",
      value: memory.string(call.lyw_meta_value(meta)) ?? "",
    });
  }
  return found;
}

/** @internal */
export function readAttributes({ engine: { call, memory } }: ContextCore, node: number): Attribute[] {
  const found: Attribute[] = [];
  for (let attribute = call.lyw_attr_first(node); attribute !== 0; attribute = call.lyw_attr_next(attribute)) {
    const namespace = memory.string(call.lyw_attr_namespace(attribute));
    found.push({
      ...(namespace !== undefined && { namespace }),
      name: memory.string(call.lyw_attr_name(attribute)) ?? "",
      value: memory.string(call.lyw_attr_value(attribute)) ?? "",
    });
  }
  return found;
}
