import type { DataNode, DataTree, InstanceSet } from "libyang-wasm";
import type { Job } from "../job.ts";
import { keysTo } from "../yang/instance.ts";
import type { UnitChange } from "./subscriber.ts";
import type { UnitSchema } from "./unit-schema.ts";

/** Units compared before others get their turn. */
const UNITS_IN_A_SLICE = 64;

/** Two valid configurations, which may differ in the places of `touched` only. */
export interface TouchedTrees {
  readonly running: DataTree;
  readonly candidate: DataTree;
  readonly touched: InstanceSet;
}

/** The units that differ. */
export function* unitChanges(units: UnitSchema, trees: TouchedTrees): Job<UnitChange[]> {
  const changes: UnitChange[] = [];
  let count = 0;
  for (const unit of touchedUnits(units, trees)) {
    const change = changeOf(units, trees, unit);
    if (change !== undefined) changes.push(change);
    if (++count % UNITS_IN_A_SLICE === 0) yield;
  }
  return changes;
}

/** All units of a configuration, as if it had just been created. */
export function* allUnits(units: UnitSchema, tree: DataTree): Generator<UnitChange, void> {
  for (const unit of units.among(tree.roots())) if (isConfigured(unit)) yield toUnitChange(unit, units.objectOf(unit));
}

/** Undefined when the unit is as it was, but for units in it. */
function changeOf(units: UnitSchema, { running, candidate }: TouchedTrees, unit: DataNode): UnitChange | undefined {
  const [old, now] = [configuration(units, running, unit), configuration(units, candidate, unit)];
  if (old === undefined ? now === undefined : now !== undefined && JSON.stringify(old) === JSON.stringify(now))
    return undefined;
  return toUnitChange(unit, now);
}

const toUnitChange = (unit: DataNode, after: UnitChange["after"]): UnitChange => ({
  path: unit.schema?.path ?? "",
  keys: keysTo(unit),
  after,
});

/** What exists only as a container of defaults was not configured. */
const isConfigured = (node: DataNode): boolean => !node.isDefault;

function configuration(units: UnitSchema, tree: DataTree, unit: DataNode): UnitChange["after"] {
  const node = tree.counterpart(unit);
  return node !== undefined && isConfigured(node) ? units.objectOf(node) : undefined;
}

/** The units that members of the set are in, and those in members; each once. Nodes of any of the trees. */
function* touchedUnits(units: UnitSchema, { running, candidate, touched }: TouchedTrees): Iterable<DataNode> {
  const seen = new Set<number>();
  for (const member of touched.members()) {
    const enclosing = units.enclosing(member);
    if (enclosing !== undefined && !seen.has(enclosing.handle)) {
      seen.add(enclosing.handle);
      yield enclosing;
    }
    const now = candidate.counterpart(member);
    // What is below a shallow member that is there is a member of its own.
    if (now !== undefined && touched.isShallow(member)) continue;
    if (now !== undefined) yield* units.below(now);
    const old = running.counterpart(member);
    if (old === undefined) continue;
    for (const unit of units.below(old)) if (candidate.counterpart(unit) === undefined) yield unit;
  }
}
