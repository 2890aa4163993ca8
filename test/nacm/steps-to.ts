import type { DataNode } from "libyang-wasm";
import { chainTo } from "../../src/yang/ancestors.ts";
import type { InstanceStep } from "./section-3-4.ts";

/** The instance identifier of a node, step by step. */
export const stepsTo = (node: DataNode): InstanceStep[] =>
  chainTo(node).map((at) => {
    const keys = at.children().filter(({ schema }) => schema?.isKey === true);
    const values = keys.map((key): [string, string] => [key.name, key.value ?? ""]);
    return {
      module: at.moduleName ?? "",
      name: at.name,
      keys: Object.fromEntries(at.kind === "leaf-list" ? [[".", at.value ?? ""]] : values),
    };
  });
