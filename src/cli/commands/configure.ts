import { RpcError } from "../../errors/rpc-error.ts";
import { requireXmlCharacters } from "../../xml/characters.ts";
import type { NodeDescription } from "../../yang/node-descriptions.ts";
import { type Command, type CommandContext, operations, requireOperation } from "../command.ts";
import { CommandError } from "../command-error.ts";
import { briefly, type CommandNode, namedIn, type Place } from "../command-model.ts";
import { elementsAt, leafOf } from "../data-reader.ts";
import { placeFilter, settingConfig, type Target, undoingConfig } from "../edit-text.ts";
import { errorNode } from "../error-lines.ts";
import type { Argument, Match } from "../matcher.ts";
import { keyword, optional, type Part, phrase, type ValuePart } from "../syntax.ts";

/**
 * The commands that the YANG model makes in a place: each leaf is one, with its value; each list entry, and each
 * container at the top, is a place to go to. What a module adds needs nothing here.
 */
export function configCommands(place: Place | undefined, roots: readonly CommandNode[]): Command[] {
  const nodes = place === undefined ? roots : place.node.children;
  return [...settingCommands(place, nodes, []), ...undoCommands(place, nodes, phrase("undo", "Takes back."))];
}

function* settingCommands(
  place: Place | undefined,
  nodes: readonly CommandNode[],
  before: readonly Part[],
): Iterable<Command> {
  for (const node of namedIn(nodes)) {
    const { kind, isPresence, values } = node.description;
    const name = [...before, keyword(node.word, briefly(node.description))];
    if (node.isView) yield entering(place, node, [...name, ...keyParts(node)]);
    else if (kind === "list") yield adding(place, node, [...name, ...keyParts(node)]);
    else if (kind === "container") {
      if (isPresence) yield setting(place, node, name);
      yield* settingCommands(place, node.children, name);
    } else if (kind === "leaf") {
      yield setting(place, node, values[0]?.base === "empty" ? name : [...name, valuePart(node)]);
    } else yield setting(place, node, [...name, valuePart(node), { kind: "repeated", part: valuePart(node) }]);
  }
}

function* undoCommands(
  place: Place | undefined,
  nodes: readonly CommandNode[],
  before: readonly Part[],
): Iterable<Command> {
  for (const node of namedIn(nodes)) {
    const { kind } = node.description;
    const name = [...before, keyword(node.word, briefly(node.description))];
    if (kind === "leaf-list") yield undoing(place, node, [...name, { kind: "repeated", part: valuePart(node) }]);
    else yield undoing(place, node, [...name, ...keyParts(node)]);
    if (kind === "container" && !node.isView) yield* undoCommands(place, node.children, name);
  }
}

const valuePart = ({ description }: CommandNode): ValuePart => {
  const { name, units, values } = description;
  const help = briefly(description);
  return {
    kind: "value",
    name,
    values,
    help: units === undefined ? help : `${help} (${units})`,
    isFreeText: isFreeText(description),
  };
};

/** By the name that modules give to what people write for people. */
const isFreeText = ({ kind, name }: NodeDescription): boolean => kind === "leaf" && name === "description";

function keyParts({ keys }: CommandNode): Part[] {
  return keys.map(({ description, neutral }) => {
    const { name, values } = description;
    const help = briefly(description);
    // The neutral value is what leaving it out means: it is not offered.
    const own = values.filter(({ words }) => !(words.length === 1 && words[0]?.name === neutral));
    const value: ValuePart = { kind: "value", name, help, values: own };
    return neutral === undefined ? value : optional(keyword(name, help), value);
  });
}

const keysFrom = ({ keys }: CommandNode, given: readonly Argument[]): string[] =>
  keys.map(({ description, neutral }) => given.find(({ name }) => name === description.name)?.text ?? neutral ?? "");

const setting = (place: Place | undefined, node: CommandNode, parts: readonly Part[]): Command => ({
  parts,
  operation: operations.edit,
  run: (context, match) => {
    const values = match.arguments.map(({ text }) => text);
    const targets: Target[] = values.length === 0 ? [{ node }] : values.map((value) => ({ node, value }));
    return edit(context, match, settingConfig(place, targets));
  },
});

const adding = (place: Place | undefined, node: CommandNode, parts: readonly Part[]): Command => ({
  parts,
  operation: operations.edit,
  run: (context, match) =>
    edit(context, match, settingConfig(place, [{ node, keys: keysFrom(node, match.arguments) }])),
});

const undoing = (place: Place | undefined, node: CommandNode, parts: readonly Part[]): Command => ({
  parts,
  operation: operations.edit,
  run: (context, match) => undo(context, match, place, node),
});

async function undo(
  context: CommandContext,
  match: Match<Command>,
  place: Place | undefined,
  node: CommandNode,
): Promise<void> {
  const { kind, isPresence } = node.description;
  const keys = keysFrom(node, match.arguments);
  const values = kind === "leaf-list" ? match.arguments.map(({ text }) => text) : [];
  const given: Target[] = values.map((value) => ({ node, value }));
  const targets = given.length > 0 ? given : await instancesOf(context, place, node, keys);
  // A container without meaning of its own is always there; and values may be those of an entry that differs in an empty key.
  const isLenient = (kind === "container" && !isPresence) || (kind === "leaf-list" && given.length === 0);
  await edit(context, match, undoingConfig(place, targets, isLenient));
  if (node.isView) leave(context, node, targets[0]?.keys ?? keys);
}

/** What an `undo` without a value is about: the instance; of a leaf-list all there are. */
async function instancesOf(
  context: CommandContext,
  place: Place | undefined,
  node: CommandNode,
  keys: readonly string[],
): Promise<Target[]> {
  const { kind, name } = node.description;
  if (kind === "list") return [{ node, keys: (await storedKeys(context, { node, keys, outer: place })) ?? keys }];
  if (kind !== "leaf-list") return [{ node }];
  const filter = placeFilter({ node, keys: [], outer: place });
  const stream = await context.datastores.getConfig(context.requester, "candidate", filter);
  const found: Target[] = [];
  for await (const element of elementsAt(stream, depthOf(node))) {
    if (element.name === name) found.push({ node, value: element.text });
  }
  if (found.length === 0) throw new CommandError(`There is no ${node.word} to undo.`);
  return found;
}

const depthOf = ({ parent }: CommandNode): number => (parent === undefined ? 0 : depthOf(parent) + 1);

const entering = (outer: Place | undefined, node: CommandNode, parts: readonly Part[]): Command => ({
  parts,
  operation: operations.edit,
  run: (context, match) => enter(context, match, { node, keys: keysFrom(node, match.arguments), outer }),
});

async function enter(context: CommandContext, match: Match<Command>, place: Place): Promise<void> {
  const { node } = place;
  const target = { node, keys: place.keys };
  await edit(context, match, settingConfig(place.outer, [target]));
  const keys = node.keys.length === 0 ? [] : ((await storedKeys(context, place)) ?? place.keys);
  context.view = { kind: "system", place: { ...place, keys } };
}

/** The keys of an entry of the candidate in the form they are kept in; undefined when it is not there. */
async function storedKeys({ datastores, requester }: CommandContext, place: Place): Promise<string[] | undefined> {
  const { node, keys } = place;
  const stream = await datastores.getConfig(requester, "candidate", placeFilter(place));
  for await (const entry of elementsAt(stream, depthOf(node))) {
    if (entry.name !== node.description.name) continue;
    const found = node.keys.map(({ description }) => leafOf(entry, description.name) ?? "");
    if (found.every((key, index) => (key === "") === (keys[index] === ""))) return found;
  }
  return undefined;
}

/** One who is in what was removed is where that was. */
function leave(context: CommandContext, node: CommandNode, keys: readonly string[]): void {
  if (context.view.kind !== "system") return;
  for (let at = context.view.place; at !== undefined; at = at.outer) {
    if (at.node !== node || at.keys.some((key, index) => key !== keys[index])) continue;
    context.view = { kind: "system", place: at.outer };
    return;
  }
}

/** Changes the candidate. What is wrong with a value of the command is told where it stands. */
async function edit(context: CommandContext, match: Match<Command>, config: string): Promise<void> {
  requireOperation(context, operations.edit);
  for (const { text, at } of match.arguments) requireXml(text, at);
  const request = { target: "candidate", defaultOperation: "merge", testOption: "set", config } as const;
  try {
    await context.datastores.edit(context.requester, request);
  } catch (error) {
    throw error instanceof RpcError ? (asWrongValue(error, match) ?? error) : error;
  }
}

/** XML has no place for some characters, whatever the type. */
function requireXml(text: string, at: number): void {
  try {
    requireXmlCharacters(text);
  } catch (error) {
    throw new CommandError((error as Error).message, at);
  }
}

/** Errors of values; others are about the request as a whole. */
const OF_VALUES: readonly string[] = ["invalid-value", "bad-element", "unknown-element"];

function asWrongValue(error: RpcError, match: Match<Command>): CommandError | undefined {
  const [entry] = error.entries;
  if (entry === undefined || !OF_VALUES.includes(entry.tag)) return undefined;
  const name = errorNode(error);
  const wrong = match.arguments.find((one) => one.name === name) ?? match.arguments.at(-1);
  return wrong === undefined ? undefined : new CommandError(entry.message, wrong.at);
}
