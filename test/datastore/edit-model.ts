/**
 * What edit-config ought to do (RFC 6241 section 7.2), in a few lines and without libyang: nothing is fast here, and
 * what fails works on a copy that is thrown away. Holds what was set; defaults are no business of its.
 */
export interface ModelSchema {
  readonly name: string;
  readonly kind: "presence" | "container" | "list" | "leaf" | "leaf-list";
  readonly isUserOrdered?: boolean;
  /** Choices that the node is in, outermost first, as `choice/case`. */
  readonly cases?: readonly string[];
  readonly children?: readonly ModelSchema[];
}

export type Operation = "merge" | "replace" | "create" | "delete" | "remove" | "none";

/** An element of a `<config>`. `id`: keys of an entry, in XML, or the value of a leaf. */
export interface ModelEdit {
  readonly schema: ModelSchema;
  readonly id: string;
  readonly operation: Operation | undefined;
  /** RFC 7950 sections 7.7.9 and 7.8.6: where an entry that the user orders goes. */
  readonly insert?: ModelInsert | undefined;
  readonly children: readonly ModelEdit[];
}

export interface ModelInsert {
  readonly where: "first" | "last" | "before" | "after";
  /** Of the entry it goes beside. */
  readonly beside: string;
}

export interface ModelNode {
  readonly schema: ModelSchema;
  id: string;
  children: ModelNode[];
}

/** RFC 7950 section 8.3.1: throws where a request has data of two cases of a choice. */
export function checkCases(edits: readonly ModelEdit[], inherited: Operation): void {
  const made = edits.filter((edit) => ["merge", "replace", "create"].includes(edit.operation ?? inherited));
  if (made.some((one) => made.some((other) => isOtherCase(one.schema, other.schema)))) throw new Error("bad-element");
  for (const edit of edits) checkCases(edit.children, edit.operation ?? inherited);
}

/** Changes `siblings` in place; throws, with some of it done, where the request is to be refused. */
export function applyEdits(siblings: ModelNode[], edits: readonly ModelEdit[], inherited: Operation): void {
  for (const edit of edits) applyEdit(siblings, edit, edit.operation ?? inherited);
}

function applyEdit(siblings: ModelNode[], edit: ModelEdit, operation: Operation): void {
  const { schema, id } = edit;
  const isOne = schema.kind !== "list" && schema.kind !== "leaf-list";
  const found = siblings.find((node) => node.schema === schema && (isOne || node.id === id));
  if ((operation === "delete" || operation === "none") && found === undefined) throw new Error("data-missing");
  if (operation === "create" && found !== undefined) throw new Error("data-exists");
  if (operation === "delete" || operation === "remove") {
    if (found !== undefined) siblings.splice(siblings.indexOf(found), 1);
    return;
  }
  const node = found ?? { schema, id, children: [] };
  if (found === undefined) {
    const others = siblings.filter((other) => isOtherCase(other.schema, schema));
    for (const other of others) siblings.splice(siblings.indexOf(other), 1);
    siblings.push(node);
  }
  if (operation !== "none") node.id = id;
  if (edit.insert !== undefined && operation !== "none") place(siblings, node, edit.insert, found === undefined);
  if (operation === "replace") node.children = [];
  applyEdits(node.children, edit.children, operation);
}

function place(siblings: ModelNode[], node: ModelNode, { where, beside }: ModelInsert, isNew: boolean): void {
  const mine = siblings.filter(({ schema }) => schema === node.schema);
  const other = where === "first" ? mine[0] : where === "last" ? mine.at(-1) : mine.find(({ id }) => id === beside);
  const isNamed = where === "before" || where === "after";
  if (isNamed && (other === undefined || (isNew && other === node))) throw new Error("missing-instance");
  if (other === undefined || other === node) return;
  siblings.splice(siblings.indexOf(node), 1);
  siblings.splice(siblings.indexOf(other) + (where === "first" || where === "before" ? 0 : 1), 0, node);
}

/** Whether two nodes are in different cases of a choice. */
export function isOtherCase(one: ModelSchema, two: ModelSchema): boolean {
  const [mine, its] = [one.cases ?? [], two.cases ?? []];
  return mine.some((at) => its.some((other) => other !== at && other.split("/")[0] === at.split("/")[0]));
}

/** One line for each thing that is set; entries that the user ordered carry their position. */
export function describe(nodes: readonly ModelNode[], above = ""): string[] {
  const positions = new Map<ModelSchema, number>();
  return nodes
    .flatMap((node) => {
      const position = positions.get(node.schema) ?? 0;
      positions.set(node.schema, position + 1);
      const order = node.schema.isUserOrdered === true ? `#${position} ` : "";
      const path = `${above}/${node.schema.name} ${order}${node.id}`;
      const below = describe(node.children, path);
      return node.schema.kind === "container" ? below : [path, ...below];
    })
    .sort();
}

/** The `<config>` content for edits; `xmlns` by the name of a top-level element. */
export function toXml(edits: readonly ModelEdit[], xmlns: Readonly<Record<string, string>>): string {
  return edits
    .map(({ schema, id, operation, insert, children }) => {
      const namespace = xmlns[schema.name] === undefined ? "" : ` xmlns="${xmlns[schema.name]}"`;
      const attribute = operation === undefined ? "" : ` nc:operation="${operation}"`;
      const place = insert === undefined ? "" : insertAttributes(schema, insert);
      return `<${schema.name}${namespace}${attribute}${place}>${id}${toXml(children, {})}</${schema.name}>`;
    })
    .join("");
}

/** A list's keys are given by predicates, whose names have the prefix `k`. */
function insertAttributes({ name, kind }: ModelSchema, { where, beside }: ModelInsert): string {
  const insert = ` xmlns:yang="urn:ietf:params:xml:ns:yang:1" yang:insert="${where}"`;
  if (where === "first" || where === "last") return insert;
  if (kind === "leaf-list") return `${insert} yang:value="${beside}"`;
  const predicates = [...beside.matchAll(/<([\w-]+)>([^<]*)</g)].map(([, key, value]) => `[k:${key}='${value}']`);
  return `${insert} xmlns:k="urn:${name === "item" ? "orders" : name}" yang:key="${predicates.join("")}"`;
}

/** The engine's answer as the model has it. Understands only what libyang prints. */
export function fromXml(
  xml: string,
  schemas: readonly ModelSchema[],
  keys: Readonly<Record<string, number>>,
): ModelNode[] {
  const tokens = xml.match(/<[^>]+>|[^<]+/g) ?? [];
  let at = 0;
  const text = (): string => {
    let content = "";
    while (tokens[at]?.startsWith("<") === false) content += tokens[at++];
    return content;
  };
  /** The elements up to the next end tag. */
  const elements = (known: readonly ModelSchema[]): ModelNode[] => {
    const nodes: ModelNode[] = [];
    while (at < tokens.length && tokens[at]?.startsWith("</") === false) {
      const tag = tokens[at++] as string;
      const name = /^<([^\s/>]+)/.exec(tag)?.[1] ?? "";
      const schema = known.find((node) => node.name === name);
      if (schema === undefined) throw new Error(`the model knows no ${name}`);
      const node: ModelNode = { schema, id: "", children: [] };
      nodes.push(node);
      if (tag.endsWith("/>")) continue;
      if (schema.kind === "leaf" || schema.kind === "leaf-list") node.id = text();
      if (schema.kind === "list") node.id = keyElements(keys[name] ?? 0);
      node.children = elements(schema.children ?? []);
      at++;
    }
    return nodes;
  };
  /** The next `count` elements, an entry's keys, as they are written in an edit. */
  const keyElements = (count: number): string => {
    let id = "";
    for (let left = count; left > 0; left--) {
      const tag = tokens[at++] as string;
      if (tag.endsWith("/>")) id += `${tag.slice(0, -2)}></${tag.slice(1, -2)}>`;
      else id += tag + text() + (tokens[at++] as string);
    }
    return id;
  };
  return elements(schemas);
}
