import { allNodes, isLeaf, type ModuleName, type RandomNode, type RandomType } from "./random-node.ts";

/**
 * A container that is always there, behind all others: libyang 3.12 does not end, or crashes, where it sorts what an
 * expression selects and the last top-level node has no children.
 */
export const LAST_NODE = {
  statement: "  container last { leaf one { type empty; } }\n",
  xml: '<last xmlns="urn:m"><one/></last>',
  path: "/m:last/m:one",
};

export function moduleText(module: ModuleName, topLevel: readonly RandomNode[]): string {
  const head = `module ${module} {\n  yang-version 1.1;\n  namespace "urn:${module}";\n  prefix ${module};\n`;
  if (module === "m") {
    const identities = ["base", "base1", "base2", "base3"].map((name, index) =>
      index === 0 ? "  identity base;\n" : `  identity ${name} { base ${index === 3 ? "base1" : "base"}; }\n`,
    );
    return `${head}${identities.join("")}${topLevel.map((node) => nodeText(node, "  ")).join("")}${LAST_NODE.statement}}\n`;
  }
  const augments = allNodes(topLevel)
    .filter((node) => node.module === "n" && node.parent?.module === "m")
    .map((node) => `  augment "${schemaPath(node.parent)}" {\n${nodeText(node, "    ")}  }\n`);
  return `${head}  import m { prefix m; }\n${augments.join("")}}\n`;
}

const schemaPath = (node: RandomNode | undefined): string =>
  node === undefined ? "" : `${schemaPath(node.parent)}/${node.module}:${node.name}`;

function nodeText(node: RandomNode, indent: string): string {
  const statements: string[] = [];
  const add = (keyword: string, argument: string | number | boolean | undefined): void => {
    if (argument !== undefined) statements.push(`${keyword} "${argument}";`);
  };
  add("when", node.when);
  if (isLeaf(node)) {
    statements.push(typeText(node.type, node.module));
    add("default", node.default);
  }
  for (const must of node.musts) add("must", must);
  if (node.isMandatory) add("mandatory", true);
  if (node.isUserOrdered) add("ordered-by", "user");
  add("min-elements", node.minElements);
  add("max-elements", node.maxElements);
  if (!isLeaf(node)) {
    if (node.kind === "list")
      add(
        "key",
        node.children
          .filter((child) => isLeaf(child) && child.isKey)
          .map(({ name }) => name)
          .join(" "),
      );
    if (node.isPresence) add("presence", "there");
    add("default", node.defaultCase);
    for (const unique of node.uniques) add("unique", unique);
  }
  const own = statements.map((statement) => `${indent}  ${statement}\n`).join("");
  const children = isLeaf(node) ? [] : node.children.filter((child) => child.module === node.module);
  return `${indent}${node.kind} ${node.name} {\n${own}${children.map((child) => nodeText(child, `${indent}  `)).join("")}${indent}}\n`;
}

function typeText(type: RandomType, module: ModuleName): string {
  const base = module === "m" ? "base" : "m:base";
  switch (type.base) {
    case "enumeration":
      return "type enumeration { enum a; enum b; enum c; }";
    case "bits":
      return "type bits { bit a; bit b; }";
    case "identityref":
      return `type identityref { base ${base}; }`;
    case "leafref":
      return `type leafref { path "${type.path}"; require-instance ${type.requireInstance}; }`;
    case "instance-identifier":
      return `type instance-identifier { require-instance ${type.requireInstance}; }`;
    case "union":
      return `type union { ${type.members.map((member) => typeText(member, module)).join(" ")} }`;
    default:
      return `type ${type.base};`;
  }
}
