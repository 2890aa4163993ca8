import { FIND_ATOMS } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";
import type { SchemaNode } from "./schema-node.ts";

/** @internal What makes a SchemaXPath: libyang's addresses, and how to turn one into a node. */
export interface XPathSource {
  readonly core: ContextCore;
  readonly expression: number;
  readonly prefixes: number;
  /** The module that unprefixed names are of. */
  readonly module: number;
  readonly context: number;
  readonly isInOutput: boolean;
  readonly nodeAt: (address: number) => SchemaNode;
}

/** An XPath expression in the model, with the meaning of its names. */
export class SchemaXPath {
  /** As written in the model. */
  readonly expression: string;
  /** Module names by the prefixes that occur in the expression, in values such as `'if:ethernet'` too. */
  readonly prefixes: ReadonlyMap<string, string>;
  /** The module whose nodes are meant by names without a prefix (RFC 7950 §6.4.1). */
  readonly defaultModule: string;
  /** The schema node of the XPath context node; undefined when that is the root. */
  readonly context: SchemaNode | undefined;
  readonly #source: XPathSource;
  readonly #generation: number;

  /** @internal */
  constructor(source: XPathSource) {
    const { core, context } = source;
    const { call, memory } = core.engine;
    this.#source = source;
    this.#generation = core.schemaGeneration;
    this.expression = memory.string(call.lyxp_get_expr(source.expression)) ?? "";
    this.prefixes = readPrefixes(core, source.prefixes);
    this.defaultModule = memory.string(call.lyw_module_name(source.module)) ?? "";
    this.context = context === 0 ? undefined : source.nodeAt(context);
  }

  /**
   * The schema nodes whose instances can make a difference to the value: all nodes that its paths go through, predicates
   * included, each once. Throws YangError where a path leads to no node.
   */
  atoms(): SchemaNode[] {
    const { core, context, module, expression, prefixes, isInOutput, nodeAt } = this.#source;
    core.assertSchema(this.#generation, "the XPath expression");
    const { engine } = core;
    const options = FIND_ATOMS.inSchema | (isInOutput ? FIND_ATOMS.inOutput : 0);
    core.check(engine.call.lys_find_expr_atoms(context, module, expression, prefixes, options, engine.out(0)), "other");
    core.forgetErrors();
    return [...new Set(engine.takeSet(engine.result(0)))].map(nodeAt);
  }
}

function readPrefixes({ engine: { call, memory } }: ContextCore, prefixes: number): Map<string, string> {
  const modules = new Map<string, string>();
  for (let index = 0; ; index++) {
    const module = call.lyw_prefix_module(prefixes, index);
    if (module === 0) return modules;
    const prefix = memory.string(call.lyw_prefix_name(prefixes, index));
    if (prefix !== undefined) modules.set(prefix, memory.string(call.lyw_module_name(module)) ?? "");
  }
}
