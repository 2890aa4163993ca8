import type { SchemaNode } from "./schema-node.ts";

/** What a `range`, `length` or `pattern` says when it is broken. */
export interface Restriction {
  /** The model's error-message (RFC 7950 §7.5.4.1). */
  readonly errorMessage?: string;
  /** The model's error-app-tag (RFC 7950 §7.5.4.2). */
  readonly appTag?: string;
}

/** One part of a range; both bounds belong to it. */
export interface Interval<T> {
  /** The lower bound. */
  readonly min: T;
  /** The upper bound; the same as `min` for a single value. */
  readonly max: T;
}

/** A range or length: the value lies in one of the parts, which are in ascending order. */
export interface RangeRestriction<T> extends Restriction {
  /** One at least. */
  readonly parts: readonly Interval<T>[];
}

/** A pattern (RFC 7950 §9.4.5). */
export interface PatternRestriction extends Restriction {
  /** As written in the model: a regular expression of XML Schema, for the whole value. */
  readonly expression: string;
  /** `modifier invert-match`: the value must not match. */
  readonly isInverted: boolean;
}

/** The status statement (RFC 7950 §7.21.2). */
export type Status = "current" | "deprecated" | "obsolete";

/** An enum of an enumeration or a bit of bits. */
export interface NamedNumber {
  /** The assigned name. */
  readonly name: string;
  /** The enum's value, or the bit's position. */
  readonly number: number;
  /** The description statement. */
  readonly description?: string;
  /** The status statement, with what it inherits. */
  readonly status: Status;
}

/** An identity (RFC 7950 §7.18). */
export interface Identity {
  /** The module that defines it. */
  readonly moduleName: string;
  /** Its name, without prefix. */
  readonly name: string;
}

interface AnyType {
  /** The typedef's name, where the leaf has its type just as it is: no restriction or default added. */
  readonly typedef?: string;
}

/** One of the integer types (RFC 7950 §9.2). */
export interface IntegerType extends AnyType {
  readonly base: "int8" | "int16" | "int32" | "int64" | "uint8" | "uint16" | "uint32" | "uint64";
  /** None when every value of the built-in type is allowed. */
  readonly range?: RangeRestriction<bigint>;
}

/** decimal64 (RFC 7950 §9.3). */
export interface DecimalType extends AnyType {
  readonly base: "decimal64";
  /** How many digits a value has after its decimal point: 1 to 18. */
  readonly fractionDigits: number;
  /** Bounds as canonical decimals, as in "-1.5". */
  readonly range?: RangeRestriction<string>;
}

/** string (RFC 7950 §9.4). */
export interface StringType extends AnyType {
  readonly base: "string";
  /** In characters. */
  readonly length?: RangeRestriction<bigint>;
  /** All of them hold: the type's own and those of the typedefs behind it. */
  readonly patterns: readonly PatternRestriction[];
}

/** binary (RFC 7950 §9.8); values are in base64. */
export interface BinaryType extends AnyType {
  readonly base: "binary";
  /** In octets. */
  readonly length?: RangeRestriction<bigint>;
}

/** enumeration (RFC 7950 §9.6). */
export interface EnumerationType extends AnyType {
  readonly base: "enumeration";
  /** The enums that are values, in the model's order. */
  readonly enums: readonly NamedNumber[];
}

/** bits (RFC 7950 §9.7). */
export interface BitsType extends AnyType {
  readonly base: "bits";
  /** By position. */
  readonly bits: readonly NamedNumber[];
}

/** identityref (RFC 7950 §9.10). */
export interface IdentityrefType extends AnyType {
  readonly base: "identityref";
  /** A value is derived from all of them. */
  readonly bases: readonly Identity[];
  /** The identities of implemented modules that are values. */
  readonly values: readonly Identity[];
}

/** instance-identifier (RFC 7950 §9.13). */
export interface InstanceIdentifierType extends AnyType {
  readonly base: "instance-identifier";
  /** Whether what a value names has to be there (RFC 7950 §9.9.3). */
  readonly requireInstance: boolean;
}

/** leafref (RFC 7950 §9.9). */
export interface LeafrefType extends AnyType {
  readonly base: "leafref";
  /** The XPath of the path statement; its context node is the leaf. */
  readonly path: string;
  /** As in SchemaXPath. */
  readonly prefixes: ReadonlyMap<string, string>;
  /** As in SchemaXPath. */
  readonly defaultModule: string;
  /** Whether what a value names has to be there (RFC 7950 §9.9.3). */
  readonly requireInstance: boolean;
  /** The leaf or leaf-list it refers to; undefined when that is not there, being disabled. */
  readonly target: SchemaNode | undefined;
  /** The type of the values: that of the target, or, where the target is a leafref too, of the last in the chain. */
  readonly realType: SchemaType;
  /** As in SchemaXPath: all schema nodes on the way to the target, and those in predicates. */
  readonly atoms: () => SchemaNode[];
}

/** union (RFC 7950 §9.12). */
export interface UnionType extends AnyType {
  readonly base: "union";
  /** In the order in which they are tried; those of unions within the union are in their place. */
  readonly members: readonly SchemaType[];
}

/** boolean (RFC 7950 §9.5) or empty (§9.11): nothing more to be said. */
export interface PlainType extends AnyType {
  readonly base: "boolean" | "empty";
}

/** The compiled type of a leaf or leaf-list, told apart by `base`. */
export type SchemaType =
  | IntegerType
  | DecimalType
  | StringType
  | BinaryType
  | EnumerationType
  | BitsType
  | IdentityrefType
  | InstanceIdentifierType
  | LeafrefType
  | UnionType
  | PlainType;
