import { VALIDATE } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";
import type { DataNode } from "./data-node.ts";
import { DataTree } from "./data-tree.ts";
import type { Module } from "./module.ts";
import { type LyErrorCode, YangError, type YangErrorItem } from "./yang-error.ts";

export interface ValidateOptions {
  /** Go on after the first error and report all; on unless told. */
  allErrors?: boolean;
  /** Refuse state data, and neither require nor add any: what configuration needs; on unless told. */
  noState?: boolean;
  /**
   * Modules that must hold even if the tree has no data of them: their mandatory top-level nodes, and the rules in
   * their containers without presence. Modules the tree has data of are always validated.
   */
  modules?: readonly Module[];
  /** Return what validation itself changed (defaults added, data whose `when` turned false removed) as a diff. */
  collectChanges?: boolean;
}

/** @internal Collects the outcome of several libyang calls into one error. */
class Outcome {
  readonly #core: ContextCore;
  readonly #items: YangErrorItem[] = [];
  #code: LyErrorCode | undefined;

  constructor(core: ContextCore) {
    this.#core = core;
  }

  get hasFailed(): boolean {
    return this.#code !== undefined;
  }

  add(result: number): void {
    if (result === 0) {
      this.#core.forgetErrors();
      return;
    }
    this.#code ??= this.#core.codeOf(result);
    this.#items.push(...this.#core.takeErrors());
  }

  finish(): void {
    if (this.#code !== undefined) throw new YangError(this.#code, this.#items, "validate");
  }
}

const flagsOf = (options: ValidateOptions): number =>
  (options.noState === false ? 0 : VALIDATE.noState) | (options.allErrors === false ? 0 : VALIDATE.multiError);

/**
 * @internal Validates a whole tree. First everything of the modules that have data (PRESENT: without it libyang would
 * demand the mandatory nodes of every module in the context, ietf-yang-library's included), then, one by one, the
 * modules the caller names that have none.
 */
export function validateTree(core: ContextCore, tree: DataTree, options: ValidateOptions): DataTree | undefined {
  core.assertSame(tree.root.core);
  const { engine } = core;
  const flags = flagsOf(options);
  const outcome = new Outcome(core);
  const changes = options.collectChanges === true ? new DataTree(core, 0) : undefined;
  const runCall = (call: (firstInOut: number, changesInOut: number) => number): void => {
    if (outcome.hasFailed && options.allErrors === false) return;
    const validate = (changesInOut: number) => tree.root.update(0, (first) => call(first, changesInOut));
    outcome.add(changes === undefined ? validate(0) : changes.root.update(1, validate));
  };
  try {
    const present = topModules(tree);
    runCall((first, diff) => engine.call.lyd_validate_all(first, core.address, flags | VALIDATE.present, diff));
    for (const module of options.modules ?? []) {
      const address = module.addressIn(core);
      if (present.has(address)) continue;
      runCall((first, diff) => engine.call.lyd_validate_module(first, address, flags, diff));
    }
    outcome.finish();
    return changes;
  } catch (error) {
    changes?.dispose();
    throw error;
  }
}

/** Addresses of the modules a tree has top-level data of. */
function topModules({ root }: DataTree): Set<number> {
  const { call } = root.core.engine;
  const modules = new Set<number>();
  for (let node = root.first; node !== 0; node = call.lyw_node_next(node)) {
    const schema = call.lyw_node_schema(node);
    if (schema !== 0) modules.add(call.lyw_schema_module(schema));
  }
  return modules;
}

/** @internal Validates one subtree in place; see Context.validateSubtree. */
export function validateSubtree(core: ContextCore, node: DataNode, options: ValidateOptions): DataTree | undefined {
  const { engine } = core;
  core.assertSame(node.root.core);
  if (node.root.kind !== "tree") throw new Error("only a node of a tree can be validated");
  const address = node.address;
  const outcome = new Outcome(core);
  const changes = options.collectChanges === true ? new DataTree(core, 0) : undefined;
  const validate = (changesInOut: number) =>
    node.root.update(0, (first) => engine.call.lyw_validate_subtree(address, first, flagsOf(options), changesInOut));
  try {
    outcome.add(changes === undefined ? validate(0) : changes.root.update(1, validate));
    outcome.finish();
    return changes;
  } catch (error) {
    changes?.dispose();
    throw error;
  }
}
