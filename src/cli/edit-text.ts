import { escapeAttribute, escapeText } from "../xml/escape.ts";
import { NETCONF_BASE } from "../xml/netconf-namespace.ts";
import type { SubtreeFilter, SubtreeFilterNode } from "../yang/subtree-filter.ts";
import type { CommandNode, Place } from "./command-model.ts";

/** What is to be done with an instance. */
export interface Target {
  readonly node: CommandNode;
  /** Of a list. */
  readonly keys?: readonly string[];
  /** Of a leaf or leaf-list, one at a time; none = the leaf itself, or all of the leaf-list. */
  readonly value?: string | undefined;
}

/** `<config>` of an edit that creates or sets instances in a place, each of the same node. */
export const settingConfig = (place: Place | undefined, targets: readonly Target[]): string =>
  configOf(place, targets, "");

/** The same that removes them. RFC 6241 section 7.2: "delete" is refused where there is nothing. */
export const undoingConfig = (place: Place | undefined, targets: readonly Target[], isLenient: boolean): string =>
  configOf(place, targets, ` nc:operation="${isLenient ? "remove" : "delete"}"`);

function configOf(place: Place | undefined, targets: readonly Target[], operation: string): string {
  const content = targets.map((target) => elementOf(target, operation)).join("");
  const node = targets[0]?.node;
  const inner = node === undefined ? content : within(node.parent, place, content);
  return `<config xmlns="${NETCONF_BASE}" xmlns:nc="${NETCONF_BASE}">${inner}</config>`;
}

/** Puts `content` into the containers from `node` up to the place, and then into all that the place is in. */
function within(node: CommandNode | undefined, place: Place | undefined, content: string): string {
  if (node === undefined) return content;
  if (node === place?.node) {
    return within(node.parent, place.outer, element(node, keyElements(node, place.keys) + content));
  }
  return within(node.parent, place, element(node, content));
}

const elementOf = ({ node, keys = [], value }: Target, operation: string): string =>
  element(node, keyElements(node, keys) + escapeText(value ?? ""), operation);

const keyElements = ({ keys }: CommandNode, values: readonly string[]): string =>
  keys.map(({ description: { name } }, index) => `<${name}>${escapeText(values[index] ?? "")}</${name}>`).join("");

function element({ description: { name, namespace } }: CommandNode, content: string, attributes = ""): string {
  return `<${name} xmlns="${escapeAttribute(namespace)}"${attributes}>${content}</${name}>`;
}

interface ActionName {
  readonly name: string;
  readonly namespace: string;
}

/** A leaf of an action's input. */
interface ActionInput {
  readonly name: string;
  readonly text: string;
}

/** `<action>` (RFC 7950 section 7.15.2) of an instance. */
export function actionRequest(
  place: Place,
  { name, namespace }: ActionName,
  input: readonly ActionInput[] = [],
): string {
  const content = input.map((one) => `<${one.name}>${escapeText(one.text)}</${one.name}>`).join("");
  const inner = within(place.node, place, `<${name} xmlns="${escapeAttribute(namespace)}">${content}</${name}>`);
  return `<action xmlns="urn:ietf:params:xml:ns:yang:1">${inner}</action>`;
}

const filterNode = (name: string, namespace: string, children: SubtreeFilter, text = ""): SubtreeFilterNode => ({
  name,
  namespace,
  attributes: [],
  children,
  text,
});

/**
 * A subtree filter that selects a place, or only `content` in it; entries that differ in a key that is empty are selected
 * as well, since a filter cannot ask for these (RFC 6241 section 6.2.5).
 */
export function placeFilter(place: Place, content: SubtreeFilter = []): SubtreeFilter {
  const { node, keys } = place;
  const { name, namespace } = node.description;
  const matches = node.keys.flatMap(({ description }, index) => {
    const value = keys[index] ?? "";
    return value === "" ? [] : [filterNode(description.name, description.namespace, [], value)];
  });
  const own = [filterNode(name, namespace, [...matches, ...content])];
  return outside(node.parent, place.outer, own);
}

function outside(node: CommandNode | undefined, place: Place | undefined, inner: SubtreeFilter): SubtreeFilter {
  if (node === undefined) return inner;
  if (node === place?.node) return placeFilter(place, inner);
  const { name, namespace } = node.description;
  return outside(node.parent, place, [filterNode(name, namespace, inner)]);
}

/** A filter that selects children of a node by their names. */
export const childrenFilter = (namespace: string, name: string, children: readonly string[]): SubtreeFilter => [
  filterNode(
    name,
    namespace,
    children.map((child) => filterNode(child, namespace, [])),
  ),
];

/** A filter of names in a namespace: each is in the one before. */
export const pathFilter = (namespace: string, ...names: readonly string[]): SubtreeFilter =>
  names.reduceRight<SubtreeFilter>((inner, name) => [filterNode(name, namespace, inner)], []);
