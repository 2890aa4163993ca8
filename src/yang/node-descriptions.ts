import type { Module, SchemaNode, SchemaType } from "libyang-wasm";
import { dataNodes } from "./data-nodes.ts";

/** One of the types that a value may have, as far as people are told of it. */
export interface ValueDescription {
  /** The built-in type; of a leafref that of its target. */
  readonly base: string;
  /** The typedef, where the type is just that one. */
  readonly typedef: string | undefined;
  /** What a number, or the length of a text, may be; empty = whatever the built-in type allows. */
  readonly bounds: readonly { readonly min: string; readonly max: string }[];
  /** All values there are, of types that name them. */
  readonly words: readonly { readonly name: string; readonly description: string | undefined }[];
}

/** A data node of the schema with all in it, for those who put it into words. Plain data that crosses threads. */
export interface NodeDescription {
  readonly kind: "container" | "list" | "leaf" | "leaf-list";
  readonly name: string;
  readonly module: string;
  readonly namespace: string;
  readonly isConfig: boolean;
  readonly isPresence: boolean;
  readonly isKey: boolean;
  readonly units: string | undefined;
  readonly description: string | undefined;
  /** Of a leaf or leaf-list; a union has several. */
  readonly values: readonly ValueDescription[];
  /** Choices and cases are left out: what is in them is here. Keys come first, in the order of the key statement. */
  readonly children: readonly NodeDescription[];
  /** Of a container or list. */
  readonly actions: readonly ActionDescription[];
}

/** An action of instances (RFC 7950 section 7.15). */
export interface ActionDescription {
  readonly name: string;
  readonly namespace: string;
  readonly description: string | undefined;
  readonly input: readonly (NodeDescription & { readonly isMandatory: boolean })[];
}

/** The top-level data nodes of `modules`; `all` are those that may add something to them. */
export function nodeDescriptions(modules: readonly Module[], all: readonly Module[]): readonly NodeDescription[] {
  const namespaces = new Map(all.map(({ name, namespace }) => [name, namespace]));
  const namespaceOf = (node: SchemaNode): string => namespaces.get(node.moduleName) ?? "";
  return modules.flatMap((module) => [...describeAll(module.topLevelSchema(), namespaceOf)]);
}

function* describeAll(
  nodes: Iterable<SchemaNode>,
  namespaceOf: (node: SchemaNode) => string,
): Iterable<NodeDescription> {
  for (const node of dataNodes(nodes)) {
    const { kind, name, moduleName: module, isConfig, isPresence, isKey, units, description } = node;
    if (kind !== "container" && kind !== "list" && kind !== "leaf" && kind !== "leaf-list") continue;
    const values = node.typeAlternatives().flatMap(describeType);
    const below = kind === "container" || kind === "list" ? node.children() : [];
    const children = [...describeAll(below, namespaceOf)];
    const actions = below.filter((child) => child.kind === "action").map((action) => describe(action, namespaceOf));
    const namespace = namespaceOf(node);
    yield { kind, name, module, namespace, isConfig, isPresence, isKey, units, description, values, children, actions };
  }
}

function describe(action: SchemaNode, namespaceOf: (node: SchemaNode) => string): ActionDescription {
  const inputs = [
    ...dataNodes(
      action
        .children()
        .find(({ kind }) => kind === "input")
        ?.children() ?? [],
    ),
  ];
  const input = [...describeAll(inputs, namespaceOf)].map((described) => {
    const isMandatory = inputs.find(({ name }) => name === described.name)?.isMandatory === true;
    return { ...described, isMandatory };
  });
  return { name: action.name, namespace: namespaceOf(action), description: action.description, input };
}

const BOOLEANS = ["true", "false"].map((name) => ({ name, description: undefined }));

function describeType(type: SchemaType): ValueDescription[] {
  if (type.base === "leafref") return describeType(type.realType);
  if (type.base === "union") return type.members.flatMap(describeType);
  const restriction = "range" in type ? type.range : "length" in type ? type.length : undefined;
  const bounds = (restriction?.parts ?? []).map(({ min, max }) => ({ min: String(min), max: String(max) }));
  const words = type.base === "enumeration" ? type.enums : type.base === "boolean" ? BOOLEANS : [];
  return [
    {
      base: type.base,
      typedef: type.typedef,
      bounds,
      words: words.map(({ name, description }) => ({ name, description })),
    },
  ];
}
