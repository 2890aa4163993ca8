/** libyang compiled to WebAssembly, with a typed API. Start with loadLibyangModule and Libyang.instantiate. */
export { Context } from "./context.ts";
export { DataNode, type DuplicateOptions } from "./data-node.ts";
export { DataTree, type TreePrintOptions } from "./data-tree.ts";
export { DetachedNode } from "./detached-node.ts";
export type { ImportModule } from "./engine.ts";
export { Libyang, type LibyangOptions } from "./libyang.ts";
export type { Attribute, Metadata } from "./metadata.ts";
export { type Feature, Module } from "./module.ts";
export type { BaseType, NodeKind } from "./node-kind.ts";
export { loadLibyangModule, readPackagedYangModule } from "./packaged-files.ts";
export { ParsedRpc } from "./parsed-rpc.ts";
export type { ParseDataOptions } from "./parsing.ts";
export type { DataFormat, PrintOptions, WithDefaults } from "./print.ts";
export { SchemaNode } from "./schema-node.ts";
export { StaleHandleError } from "./stale-handle-error.ts";
export { LibyangTrap } from "./trap.ts";
export type { ValidateOptions } from "./validation.ts";
export type { WasmModule } from "./webassembly.ts";
export {
  type LyErrorCode,
  type ValidationCode,
  YangError,
  type YangErrorItem,
  type YangErrorPhase,
} from "./yang-error.ts";
