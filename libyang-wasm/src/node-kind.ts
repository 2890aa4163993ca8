/** The YANG statement a node is an instance of; "opaque" for data no schema node was found for. */
export type NodeKind =
  | "container"
  | "choice"
  | "case"
  | "leaf"
  | "leaf-list"
  | "list"
  | "anyxml"
  | "anydata"
  | "rpc"
  | "action"
  | "notification"
  | "input"
  | "output"
  | "opaque";

const KINDS: ReadonlyMap<number, NodeKind> = new Map([
  [0x1, "container"],
  [0x2, "choice"],
  [0x4, "leaf"],
  [0x8, "leaf-list"],
  [0x10, "list"],
  [0x20, "anyxml"],
  [0x60, "anydata"],
  [0x80, "case"],
  [0x100, "rpc"],
  [0x200, "action"],
  [0x400, "notification"],
  [0x1000, "input"],
  [0x2000, "output"],
]);

/** @internal The kind for libyang's node type. */
export function nodeKind(type: number): NodeKind {
  const kind = KINDS.get(type);
  if (kind === undefined) throw new Error(`libyang knows a node type this package does not: ${type}`);
  return kind;
}

/** A leaf's or leaf-list's built-in type (RFC 7950 §4.2.4), behind all typedefs. */
export type BaseType =
  | "binary"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "string"
  | "bits"
  | "boolean"
  | "decimal64"
  | "empty"
  | "enumeration"
  | "identityref"
  | "instance-identifier"
  | "leafref"
  | "union"
  | "int8"
  | "int16"
  | "int32"
  | "int64";

/** In the order of libyang's LY_DATA_TYPE, whose 0 means "no type". */
const BASE_TYPES: readonly (BaseType | undefined)[] = [
  undefined,
  "binary",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "string",
  "bits",
  "boolean",
  "decimal64",
  "empty",
  "enumeration",
  "identityref",
  "instance-identifier",
  "leafref",
  "union",
  "int8",
  "int16",
  "int32",
  "int64",
];

/** @internal */
export const baseType = (type: number): BaseType | undefined => BASE_TYPES[type];
