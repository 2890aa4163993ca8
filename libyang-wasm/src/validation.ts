import { VALIDATE } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";
import { DataTree } from "./data-tree.ts";
import type { Module } from "./module.ts";
import { flagsOf, type ValidationFlags, ValidationOutcome } from "./validation-outcome.ts";

export interface ValidateOptions extends ValidationFlags {
  /**
   * Modules that must hold even if the tree has no data of them: their mandatory top-level nodes, and the rules in
   * their containers without presence. Modules the tree has data of are always validated.
   */
  modules?: readonly Module[];
  /** Return what validation itself changed (defaults added, data whose `when` turned false removed) as a diff. */
  collectChanges?: boolean;
}

/**
 * @internal Validates a whole tree. First everything of the modules that have data (PRESENT: without it libyang would
 * demand the mandatory nodes of every module in the context, ietf-yang-library's included), then, one by one, the
 * modules the caller names that have none.
 */
export function validateTree(core: ContextCore, tree: DataTree, options: ValidateOptions): DataTree | undefined {
  core.assertSame(tree.root.core);
  const { engine } = core;
  const flags = flagsOf(options);
  const outcome = new ValidationOutcome(core);
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
