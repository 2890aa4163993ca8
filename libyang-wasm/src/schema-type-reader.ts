import { SCHEMA_STATUS } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";
import { baseType } from "./node-kind.ts";
import type {
  Identity,
  Interval,
  LeafrefType,
  NamedNumber,
  PatternRestriction,
  RangeRestriction,
  Restriction,
  SchemaType,
  Status,
} from "./schema-type.ts";
import { SchemaXPath, type XPathSource } from "./schema-xpath.ts";

/** What the types of one leaf are read with: where its leafrefs start from. */
export type TypeOwner = Omit<XPathSource, "expression" | "prefixes">;

/** @internal The status a node's or item's flags tell. */
export function statusOf(flags: number): Status {
  if ((flags & SCHEMA_STATUS.obsolete) !== 0) return "obsolete";
  return (flags & SCHEMA_STATUS.deprecated) !== 0 ? "deprecated" : "current";
}

/** @internal Reads a compiled type into plain data. */
export function readType(owner: TypeOwner, type: number): SchemaType {
  const { core } = owner;
  const { call, memory } = core.engine;
  const base = baseType(call.lyw_type_base(type));
  const typedef = memory.string(call.lyw_type_typedef(type));
  const common = { ...(typedef !== undefined && { typedef }) };
  switch (base) {
    case undefined:
      throw new Error("libyang knows a built-in type this package does not");
    case "boolean":
    case "empty":
      return { base, ...common };
    case "decimal64": {
      const fractionDigits = call.lyw_type_fraction_digits(type);
      const format = (bound: bigint): string => formatDecimal(bound, fractionDigits);
      return { base, ...common, fractionDigits, ...named("range", readRange(core, type, true, format)) };
    }
    case "string": {
      const patterns = readAll((index) => call.lyw_type_pattern(type, index)).map((at) => readPattern(core, at));
      return { base, ...common, ...named("length", readRange(core, type, false, asIs)), patterns };
    }
    case "binary":
      return { base, ...common, ...named("length", readRange(core, type, false, asIs)) };
    case "enumeration":
      return { base, ...common, enums: readItems(core, type, (number) => number | 0) };
    case "bits":
      return { base, ...common, bits: readItems(core, type, (number) => number) };
    case "identityref":
      return { base, ...common, ...readIdentities(core, type) };
    case "instance-identifier":
      return { base, ...common, requireInstance: call.lyw_type_require_instance(type) !== 0 };
    case "leafref":
      return { ...common, ...readLeafref(owner, type) };
    case "union":
      return {
        base,
        ...common,
        members: readAll((index) => call.lyw_type_member(type, index)).map((at) => readType(owner, at)),
      };
    default:
      return { base, ...common, ...named("range", readRange(core, type, base.startsWith("int"), asIs)) };
  }
}

const asIs = (bound: bigint): bigint => bound;

/** `{ name: value }`, or nothing when there is no value. */
const named = <N extends string, T>(name: N, value: T | undefined): { [name in N]?: T } =>
  value === undefined ? {} : ({ [name]: value } as { [name in N]?: T });

/** All results of a function that gives 0 after the last one. */
function readAll(at: (index: number) => number): number[] {
  const found: number[] = [];
  for (let next = at(0); next !== 0; next = at(found.length)) found.push(next);
  return found;
}

function readRestriction({ engine: { memory } }: ContextCore, message: number, tag: number): Restriction {
  return { ...named("errorMessage", memory.string(message)), ...named("appTag", memory.string(tag)) };
}

function readRange<T>(
  core: ContextCore,
  type: number,
  isSigned: boolean,
  convert: (bound: bigint) => T,
): RangeRestriction<T> | undefined {
  const { engine } = core;
  const { call } = engine;
  const range = call.lyw_type_range(type);
  if (range === 0) return undefined;
  const bound = (word: number): T => {
    const unsigned = (BigInt(engine.result(word + 1)) << 32n) | BigInt(engine.result(word));
    return convert(isSigned ? BigInt.asIntN(64, unsigned) : unsigned);
  };
  const parts: Interval<T>[] = [];
  while (call.lyw_range_part(range, parts.length, engine.out(0)) !== 0) parts.push({ min: bound(0), max: bound(2) });
  return {
    parts,
    ...readRestriction(core, call.lyw_range_error_message(range), call.lyw_range_app_tag(range)),
  };
}

/** The canonical form of RFC 7950 §9.3.2 of a number of 10^-digits. */
function formatDecimal(scaled: bigint, digits: number): string {
  const magnitude = (scaled < 0n ? -scaled : scaled).toString().padStart(digits + 1, "0");
  const fraction = magnitude.slice(-digits).replace(/0+$/, "");
  return `${scaled < 0n ? "-" : ""}${magnitude.slice(0, -digits)}.${fraction === "" ? "0" : fraction}`;
}

function readPattern(core: ContextCore, pattern: number): PatternRestriction {
  const { call, memory } = core.engine;
  return {
    expression: memory.string(call.lyw_pattern_expression(pattern)) ?? "",
    isInverted: call.lyw_pattern_is_inverted(pattern) !== 0,
    ...readRestriction(core, call.lyw_pattern_error_message(pattern), call.lyw_pattern_app_tag(pattern)),
  };
}

function readItems(core: ContextCore, type: number, convert: (number: number) => number): NamedNumber[] {
  const { call, memory } = core.engine;
  return readAll((index) => call.lyw_type_item(type, index)).map((item) => ({
    name: memory.string(call.lyw_item_name(item)) ?? "",
    number: convert(call.lyw_item_number(item)),
    ...named("description", memory.string(call.lyw_item_description(item))),
    status: statusOf(call.lyw_item_flags(item)),
  }));
}

function readIdentities(core: ContextCore, type: number): { bases: Identity[]; values: Identity[] } {
  const { call, memory } = core.engine;
  const bases = readAll((index) => call.lyw_type_identity(type, index));
  const derivedSets = bases.map((base) => derivedFrom(core, base));
  const read = (identity: number): Identity => ({
    moduleName: memory.string(call.lyw_module_name(call.lyw_identity_module(identity))) ?? "",
    name: memory.string(call.lyw_identity_name(identity)) ?? "",
  });
  const values = [...(derivedSets[0] ?? [])].filter(
    (identity) =>
      derivedSets.every((set) => set.has(identity)) &&
      call.lyw_module_is_implemented(call.lyw_identity_module(identity)) !== 0,
  );
  return { bases: bases.map(read), values: values.map(read) };
}

/** All identities derived from one, over any number of steps. */
function derivedFrom({ engine: { call } }: ContextCore, base: number): Set<number> {
  const found = new Set<number>();
  const visit = (identity: number): void => {
    for (const derived of readAll((index) => call.lyw_identity_derived(identity, index))) {
      if (found.has(derived)) continue;
      found.add(derived);
      visit(derived);
    }
  };
  visit(base);
  return found;
}

function readLeafref(owner: TypeOwner, type: number): LeafrefType {
  const { core } = owner;
  const { call } = core.engine;
  const xpath = new SchemaXPath({
    ...owner,
    expression: call.lyw_leafref_path(type),
    prefixes: call.lyw_leafref_prefixes(type),
  });
  const targetAddress = call.lyw_leafref_target(owner.context, type);
  core.forgetErrors();
  const target = targetAddress === 0 ? undefined : owner.nodeAt(targetAddress);
  const targetType = target?.type;
  return {
    base: "leafref",
    path: xpath.expression,
    prefixes: xpath.prefixes,
    defaultModule: xpath.defaultModule,
    requireInstance: call.lyw_type_require_instance(type) !== 0,
    target,
    realType:
      targetType?.base === "leafref"
        ? targetType.realType
        : (targetType ?? readType(owner, call.lyw_leafref_real_type(type))),
    atoms: () => xpath.atoms(),
  };
}
