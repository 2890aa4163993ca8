import type { DataNode, DataTree } from "libyang-wasm";
import type { Random } from "./constraints/random.ts";
import { RandomData, type RandomInstance } from "./constraints/random-data.ts";
import { isLeaf } from "./constraints/random-node.ts";
import type { RandomSchema } from "./constraints/random-schema.ts";

const NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0";
const DECLARED = `xmlns:nc="${NETCONF}" xmlns:yang="urn:ietf:params:xml:ns:yang:1" xmlns:m="urn:m" xmlns:n="urn:n"`;

const configElement = (children: string): string => `<config xmlns="${NETCONF}" ${DECLARED}>${children}</config>`;

/** A `<config>` that creates, changes, replaces, moves or deletes something, be it in `tree` or not. */
export function randomEdit(random: Random, schema: RandomSchema, tree: DataTree): string {
  return configElement(
    random.oneOf(
      [4, () => editOfSomethingNew(random, schema)],
      [4, () => editOfSomethingThere(random, schema, tree)],
      [3, () => deletion(random, tree)],
      [3, () => move(random, tree)],
    ),
  );
}

/** Made up from the schema alone: values are few, so that much of it is there already. */
function editOfSomethingNew(random: Random, schema: RandomSchema): string {
  const data = new RandomData(random, schema);
  data.fill();
  const instances = [...below(data.roots)];
  if (instances.length === 0) return "";
  return inParents(random.pick(instances), (instance) => instanceXml(random, instance, true));
}

/** An instance that is there, with other content. */
function editOfSomethingThere(random: Random, schema: RandomSchema, tree: DataTree): string {
  const data = new RandomData(random, schema);
  data.fill();
  const paths = new Set(allNodes(tree).map(pathOfSchema));
  const known = [...below(data.roots)].filter((instance) => paths.has(schemaPathOf(instance)));
  if (known.length === 0) return "";
  const content = random.pick(known);
  const targets = allNodes(tree).filter((node) => pathOfSchema(node) === schemaPathOf(content));
  const target = random.pick(targets);
  const operation = random.pick(["merge", "merge", "replace", "create"]);
  if (target.kind === "list" || target.kind === "container") {
    const children = content.children.filter(({ schema: child }) => !(isLeaf(child) && child.isKey));
    return inNodeParents(
      target,
      (start) =>
        `${start(operation)}${keysXml(target)}${children.map((child) => instanceXml(random, child, true)).join("")}</${target.name}>`,
    );
  }
  return inNodeParents(target, (start) => `${start(operation)}${content.value}</${target.name}>`);
}

function deletion(random: Random, tree: DataTree): string {
  const nodes = allNodes(tree).filter(({ schema, isDefault }) => schema?.isKey !== true && !isDefault);
  if (nodes.length === 0) return "";
  const node = random.pick(nodes);
  const value = node.kind === "leaf-list" ? (node.value ?? "") : keysXml(node);
  return inNodeParents(node, (start) => `${start("delete")}${value}</${node.name}>`);
}

function move(random: Random, tree: DataTree): string {
  const nodes = allNodes(tree).filter(({ schema, isDefault }) => schema?.isUserOrdered === true && !isDefault);
  if (nodes.length === 0) return "";
  const node = random.pick(nodes);
  const content = node.kind === "leaf-list" ? (node.value ?? "") : keysXml(node);
  const insert = `yang:insert="${random.pick(["first", "last"])}"`;
  return inNodeParents(node, (start) => `${start("merge", insert)}${content}</${node.name}>`);
}

function* below(instances: readonly RandomInstance[]): Iterable<RandomInstance> {
  for (const instance of instances) {
    if (!(isLeaf(instance.schema) && instance.schema.isKey)) yield instance;
    yield* below(instance.children);
  }
}

const allNodes = (tree: DataTree): DataNode[] =>
  tree.isEmpty ? [] : tree.find("//*").filter((node) => node.moduleName !== "m" || !/^\/m:last\b/.test(node.path));

const pathOfSchema = (node: DataNode): string =>
  `${node.parent === undefined ? "" : pathOfSchema(node.parent)}/${node.moduleName}:${node.name}`;

const schemaPathOf = ({ schema, parent }: RandomInstance): string =>
  `${parent === undefined ? "" : schemaPathOf(parent)}/${schema.module}:${schema.name}`;

const startTag = (name: string, module: string, ...attributes: string[]): string =>
  [`<${name} xmlns="urn:${module}"`, ...attributes].join(" ") + ">";

function instanceXml(random: Random, instance: RandomInstance, isTop: boolean): string {
  const { schema, value, children } = instance;
  const isKey = isLeaf(schema) && schema.isKey;
  const attributes: string[] = [];
  if (!isKey && random.chance(isTop ? 0.5 : 0.1)) {
    attributes.push(`nc:operation="${random.pick(["merge", "replace", "create", "remove"])}"`);
  }
  if (schema.isUserOrdered && random.chance(0.3)) {
    attributes.push(`yang:insert="${random.pick(["first", "last"])}"`);
  }
  const content = isLeaf(schema) ? value : children.map((child) => instanceXml(random, child, false)).join("");
  return `${startTag(schema.name, schema.module, ...attributes)}${content}</${schema.name}>`;
}

function inParents(instance: RandomInstance, write: (instance: RandomInstance) => string): string {
  let text = write(instance);
  for (let at = instance.parent; at !== undefined; at = at.parent) {
    const keys = at.children
      .filter(({ schema }) => isLeaf(schema) && schema.isKey)
      .map(({ schema, value }) => `${startTag(schema.name, schema.module)}${value}</${schema.name}>`);
    text = `${startTag(at.schema.name, at.schema.module)}${keys.join("")}${text}</${at.schema.name}>`;
  }
  return text;
}

function keysXml(node: DataNode): string {
  return node
    .children()
    .filter(({ schema }) => schema?.isKey === true)
    .map((key) => `${startTag(key.name, key.moduleName ?? "m")}${key.value}</${key.name}>`)
    .join("");
}

type Start = (operation: string, ...attributes: string[]) => string;

function inNodeParents(node: DataNode, write: (start: Start) => string): string {
  const start: Start = (operation, ...attributes) =>
    startTag(node.name, node.moduleName ?? "m", `nc:operation="${operation}"`, ...attributes);
  let text = write(start);
  for (let at = node.parent; at !== undefined; at = at.parent) {
    text = `${startTag(at.name, at.moduleName ?? "m")}${keysXml(at)}${text}</${at.name}>`;
  }
  return text;
}
