import type { DataNode, DataTree } from "libyang-wasm";
import { counterpart } from "../yang/counterpart.ts";
import type { ConfigObject, ConfigValue, UnitChange } from "./subscriber.ts";

/**
 * The units that differ between two configurations, found from their libyang difference alone.
 * `after` is the new configuration, validated, so that it holds defaults; `unitPaths` are schema paths.
 */
export function unitChanges(diff: DataTree, after: DataTree, unitPaths: ReadonlySet<string>): UnitChange[] {
  const changed = new Set<DataNode>();
  for (const root of diff.roots()) collect(root, "none", undefined, unitPaths, changed);
  return [...changed].map((node) => toUnitChange(node, counterpart(after, node)));
}

/** All units of a configuration, as if it had just been created. */
export function allUnits(tree: DataTree, unitPaths: ReadonlySet<string>): UnitChange[] {
  return [...units(tree.roots(), unitPaths)].map((node) => toUnitChange(node, node));
}

function* units(nodes: Iterable<DataNode>, unitPaths: ReadonlySet<string>): Iterable<DataNode> {
  for (const node of nodes) {
    // What exists only as a container of defaults was not configured.
    if (unitPaths.has(node.schema?.path ?? "") && !node.isDefault) yield node;
    if (node.kind === "container" || node.kind === "list") yield* units(node.children(), unitPaths);
  }
}

/** Operation of a difference's node (yang:operation), inherited when it has none of its own. */
type DiffOperation = "none" | "create" | "delete" | "replace";

function collect(
  node: DataNode,
  inherited: DiffOperation,
  enclosing: DataNode | undefined,
  unitPaths: ReadonlySet<string>,
  changed: Set<DataNode>,
): void {
  const mark = node.metadata().find(({ moduleName, name }) => moduleName === "yang" && name === "operation");
  const operation = (mark?.value as DiffOperation | undefined) ?? inherited;
  const unit = unitPaths.has(node.schema?.path ?? "") ? node : enclosing;
  if (operation !== "none" && unit !== undefined) changed.add(unit);
  for (const child of node.children())
    if (child.schema?.isKey !== true) collect(child, operation, unit, unitPaths, changed);
}

function toUnitChange(unit: DataNode, instance: DataNode | undefined): UnitChange {
  return {
    path: unit.schema?.path ?? "",
    keys: unit.keyValues(),
    after: instance === undefined ? undefined : toConfigObject(instance),
  };
}

/** A container or list entry as plain data, less its lists: those are units of their own. */
function toConfigObject(node: DataNode): ConfigObject {
  const object: Record<string, ConfigValue> = {};
  for (const child of node.children()) {
    if (!child.isConfig) continue;
    if (child.kind === "leaf") object[child.name] = child.value ?? "";
    else if (child.kind === "container") object[child.name] = toConfigObject(child);
    else if (child.kind === "leaf-list") {
      const earlier = (object[child.name] as readonly string[] | undefined) ?? [];
      object[child.name] = [...earlier, child.value ?? ""];
    }
  }
  return object;
}
