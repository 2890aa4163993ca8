import { VALIDATE } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";
import { DataTree } from "./data-tree.ts";
import type { Module } from "./module.ts";
import { flagsOf, type ValidationFlags, ValidationOutcome } from "./validation-outcome.ts";

/** How Context.validate validates. */
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
 * @internal Validates a whole tree. First the modules that the caller names get the defaults they have without any data:
 * rules of others may be about these. Then come all modules that have data (PRESENT: without it libyang would demand the
 * mandatory nodes of every module in the context, ietf-yang-library's included), and the named ones that still have none.
 */
export function validateTree(core: ContextCore, tree: DataTree, options: ValidateOptions): DataTree | undefined {
  core.assertSame(tree.root.core);
  const { call } = core.engine;
  const flags = flagsOf(options);
  const outcome = new ValidationOutcome(core);
  const changes = options.collectChanges === true ? new DataTree(core, 0) : undefined;
  const run = (step: (firstInOut: number, changesOut: number) => number): void => {
    if (outcome.hasFailed && options.allErrors === false) return;
    const validate = (changesOut: number) => tree.root.update(0, (first) => step(first, changesOut));
    if (changes === undefined) return outcome.add(validate(0));
    using changed = new DataTree(core, 0);
    outcome.add(changed.root.update(1, validate));
    changes.mergeDiff(changed);
  };
  const runEach = (modules: readonly number[], more: number): void => {
    for (const module of modules) run((first, diff) => call.lyd_validate_module(first, module, flags | more, diff));
  };
  const absent = (): number[] => {
    const present = topModules(tree);
    return (options.modules ?? []).map((module) => module.addressIn(core)).filter((module) => !present.has(module));
  };
  try {
    runEach(absent(), VALIDATE.notFinal);
    run((first, diff) => call.lyd_validate_all(first, core.address, flags | VALIDATE.present, diff));
    runEach(absent(), 0);
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
