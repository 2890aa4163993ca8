import type { SchemaNode } from "./schema-node.ts";

/** What a `range`, `length` or `pattern` says when it is broken. */
export interface Restriction {
  readonly errorMessage?: string;
  readonly appTag?: string;
}

/** One part of a range; both bounds belong to it. */
export interface Interval<T> {
  readonly min: T;
  readonly max: T;
}

/** A range or length: the value lies in one of the parts, which are in ascending order. */
export interface RangeRestriction<T> extends Restriction {
  readonly parts: readonly Interval<T>[];
}

export interface PatternRestriction extends Restriction {
  /** As written in the model: a regular expression of XML Schema, for the whole value. */
  readonly expression: string;
  /** `modifier invert-match`: the value must not match. */
  readonly isInverted: boolean;
}

export type Status = "current" | "deprecated" | "obsolete";

/** An enum of an enumeration or a bit of bits. */
export interface NamedNumber {
  readonly name: string;
  /** The enum's value, or the bit's position. */
  readonly number: number;
  readonly description?: string;
  readonly status: Status;
}

export interface Identity {
  readonly moduleName: string;
  readonly name: string;
}

interface AnyType {
  /** The typedef's name, where the leaf has its type just as it is: no restriction or default added. */
  readonly typedef?: string;
}

export interface IntegerType extends AnyType {
  readonly base: "int8" | "int16" | "int32" | "int64" | "uint8" | "uint16" | "uint32" | "uint64";
  readonly range?: RangeRestriction<bigint>;
}

export interface DecimalType extends AnyType {
  readonly base: "decimal64";
  readonly fractionDigits: number;
  /** Bounds as canonical decimals, as in "-1.5". */
  readonly range?: RangeRestriction<string>;
}

export interface StringType extends AnyType {
  readonly base: "string";
  /** In characters. */
  readonly length?: RangeRestriction<bigint>;
  /** All of them hold: the type's own and those of the typedefs behind it. */
  readonly patterns: readonly PatternRestriction[];
}

export interface BinaryType extends AnyType {
  readonly base: "binary";
  /** In octets. */
  readonly length?: RangeRestriction<bigint>;
}

export interface EnumerationType extends AnyType {
  readonly base: "enumeration";
  readonly enums: readonly NamedNumber[];
}

export interface BitsType extends AnyType {
  readonly base: "bits";
  /** By position. */
  readonly bits: readonly NamedNumber[];
}

export interface IdentityrefType extends AnyType {
  readonly base: "identityref";
  /** A value is derived from all of them. */
  readonly bases: readonly Identity[];
  /** The identities of implemented modules that are values. */
  readonly values: readonly Identity[];
}

export interface InstanceIdentifierType extends AnyType {
  readonly base: "instance-identifier";
  readonly requireInstance: boolean;
}

export interface LeafrefType extends AnyType {
  readonly base: "leafref";
  /** The XPath of the path statement; its context node is the leaf. */
  readonly path: string;
  /** As in SchemaXPath. */
  readonly prefixes: ReadonlyMap<string, string>;
  /** As in SchemaXPath. */
  readonly defaultModule: string;
  readonly requireInstance: boolean;
  /** The leaf or leaf-list it refers to; undefined when that is not there, being disabled. */
  readonly target: SchemaNode | undefined;
  /** The type of the values: that of the target, or, where the target is a leafref too, of the last in the chain. */
  readonly realType: SchemaType;
  /** As in SchemaXPath: all schema nodes on the way to the target, and those in predicates. */
  readonly atoms: () => SchemaNode[];
}

export interface UnionType extends AnyType {
  readonly base: "union";
  /** In the order in which they are tried; those of unions within the union are in their place. */
  readonly members: readonly SchemaType[];
}

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
