import {
  type Context,
  type DataTree,
  Libyang,
  loadLibyangModule,
  type Module,
  readPackagedYangModule,
  type SchemaNode,
  YangError,
} from "libyang-wasm";
import { ConstraintTable, type Dependency } from "../../../src/yang/constraints/constraint-table.ts";
import { type DataPosition, DataSchema } from "../../../src/yang/constraints/data-schema.ts";

const wasm = await loadLibyangModule();

/** A context with the given modules, each of which may import those before it. */
export class Model {
  readonly context: Context;
  readonly modules: readonly Module[];
  readonly topLevel: readonly SchemaNode[];

  constructor(...texts: string[]) {
    this.context = Libyang.instantiate(wasm, { importModule: readPackagedYangModule }).createContext();
    const names = texts.map((text) => this.context.parseModule(text).name);
    this.modules = names.map((name) => this.context.module(name) as Module);
    this.topLevel = this.modules.flatMap((module) => module.topLevelSchema());
  }

  /** Parses data and adds their defaults; does not validate. */
  parse(xml: string): DataTree {
    const tree = this.context.parseData(xml);
    for (const module of this.modules) this.context.addDefaults(tree, module);
    return tree;
  }

  node(path: string): SchemaNode {
    const found = this.context.findSchema(path)[0];
    if (found === undefined) throw new Error(`no schema node ${path}`);
    return found;
  }

  /** All nodes of configuration, parents first. */
  nodes(): SchemaNode[] {
    return [...new DataSchema(this.topLevel).descendants(undefined)];
  }
}

/**
 * Undefined where a `when` depends on itself, be it through others (RFC 7950 §7.21.5 forbids it): libyang refuses most
 * such modules; with some that it takes, what is valid is anybody's guess.
 */
export function compileWithoutCircles(texts: readonly string[]): Model | undefined {
  try {
    const model = new Model(...texts);
    return hasCircle(model) ? undefined : model;
  } catch (error) {
    if (error instanceof YangError && error.message.startsWith("When condition")) return undefined;
    throw error;
  }
}

function hasCircle(model: Model): boolean {
  const table = new ConstraintTable(model.topLevel);
  const whens = model.nodes().filter((node) => node.whens().length > 0);
  /** The whens that can change when the one of `node` does, and it comes or goes. */
  const reachedFrom = (node: SchemaNode): SchemaNode[] =>
    [node, ...new DataSchema(model.topLevel).descendants(node)]
      .flatMap((changed) => table.dependentsOf(changed))
      .filter(({ kind }) => kind === "when")
      .map(({ owner }) => owner);
  const edges = new Map(whens.map((node) => [node, reachedFrom(node)]));
  const reaches = (from: SchemaNode, to: SchemaNode, seen: Set<SchemaNode>): boolean =>
    (edges.get(from) ?? []).some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  return whens.some((node) => reaches(node, node, new Set()));
}

/** A module "m" with the given statements. */
export const moduleText = (body: string): string =>
  `module m { yang-version 1.1; namespace "urn:m"; prefix m; ${body} }`;

const pathOf = (position: DataPosition): string => (position === undefined ? "/" : position.path);

export const printDependency = ({ kind, owner, scope, on }: Dependency): string =>
  `${on} -> ${kind} of ${owner.path} within ${pathOf(scope)}`;

/** One line a dependency, in the order of the schema, and one for each unbounded constraint. */
export function printTable(table: ConstraintTable, model: Model): string[] {
  return [
    ...model.nodes().flatMap((node) => table.dependentsOf(node).map((to) => `${node.path}: ${printDependency(to)}`)),
    ...table.unbounded.map(({ kind, owner, reason }) => `unbounded: ${kind} of ${owner.path}: ${reason}`),
  ];
}
