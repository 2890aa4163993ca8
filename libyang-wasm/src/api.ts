/** What the package has wherever it runs: all but the ways to its files. */
export { ConstraintExpression } from "./constraint-expression.ts";
export { Context } from "./context.ts";
export { DataNode, type DuplicateOptions } from "./data-node.ts";
export { DataTree, type TreePrintOptions } from "./data-tree.ts";
export { DetachedNode } from "./detached-node.ts";
export type { ImportModule } from "./engine.ts";
export type { FindOptions } from "./find.ts";
export { InstanceSet } from "./instance-set.ts";
export { Libyang, type LibyangOptions } from "./libyang.ts";
export type { Condition } from "./lookup.ts";
export type { Attribute, Metadata } from "./metadata.ts";
export { type Feature, Module } from "./module.ts";
export type { BaseType, NodeKind } from "./node-kind.ts";
export type { ParseRpcOptions } from "./operation-parsing.ts";
export { ParsedNotification } from "./parsed-notification.ts";
export { ParsedReply } from "./parsed-reply.ts";
export { ParsedRpc } from "./parsed-rpc.ts";
export type { ParseDataOptions } from "./parsing.ts";
export type { PlainObject } from "./plain-object.ts";
export type { DataFormat, PrintOptions, WithDefaults } from "./print.ts";
export { type Extension, SchemaNode } from "./schema-node.ts";
export type {
  BinaryType,
  BitsType,
  DecimalType,
  EnumerationType,
  Identity,
  IdentityrefType,
  InstanceIdentifierType,
  IntegerType,
  Interval,
  LeafrefType,
  NamedNumber,
  PatternRestriction,
  PlainType,
  RangeRestriction,
  Restriction,
  SchemaType,
  Status,
  StringType,
  UnionType,
} from "./schema-type.ts";
export { SchemaXPath } from "./schema-xpath.ts";
export { StaleHandleError } from "./stale-handle-error.ts";
export { type SchemaFormat, Submodule } from "./submodule.ts";
export { LibyangTrap } from "./trap.ts";
export { type UniqueTuples, uniqueTuples } from "./unique-tuples.ts";
export type { ValidateOptions } from "./validation.ts";
export type { ValidationFlags } from "./validation-outcome.ts";
export { ValidationPass } from "./validation-pass.ts";
export type { WasmModule } from "./webassembly.ts";
export { type WriteOptions, XmlWriter, type XmlWriterOptions } from "./xml-writer.ts";
export {
  type LyErrorCode,
  type ValidationCode,
  YangError,
  type YangErrorItem,
  type YangErrorPhase,
} from "./yang-error.ts";
