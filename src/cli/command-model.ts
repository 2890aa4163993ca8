import type { NodeDescription } from "../yang/node-descriptions.ts";

/** A key of a list, as an argument of its command. */
interface KeyArgument {
  readonly description: NodeDescription;
  /** What it is when it is not given; undefined = it has to be. One that can be left out is introduced by its name. */
  readonly neutral: string | undefined;
}

/** A configuration node of the YANG model, as commands speak of it. */
export interface CommandNode {
  readonly description: NodeDescription;
  /** In the data; undefined at the top. */
  readonly parent: CommandNode | undefined;
  /** The word it is called by. */
  readonly word: string;
  readonly children: readonly CommandNode[];
  /** Of a list. */
  readonly keys: readonly KeyArgument[];
  /** Whether it is a place of its own to be in: its children are commands there. */
  readonly isView: boolean;
  /** A container around one list, and called as that in the plural: nobody speaks of it. */
  readonly isTransparent: boolean;
}

/** The configuration nodes at the top, and all below them. */
export function commandModel(descriptions: readonly NodeDescription[]): readonly CommandNode[] {
  return nodesOf(descriptions, undefined);
}

/** A name that a further module gave to a node beside another one says which module is meant. */
function nodesOf(descriptions: readonly NodeDescription[], parent: CommandNode | undefined): CommandNode[] {
  const seen = new Set<string>();
  return descriptions
    .filter(({ isConfig }) => isConfig)
    .map((description) => {
      const { name, module } = description;
      const isNew = seen.size < seen.add(name).size;
      return nodeOf(description, parent, isNew ? name : `${module}:${name}`);
    });
}

function nodeOf(description: NodeDescription, parent: CommandNode | undefined, word: string): CommandNode {
  const { kind, name, children: all } = description;
  const config = all.filter(({ isConfig }) => isConfig);
  const [only] = config.length === 1 ? config : [];
  const isPlural = only?.kind === "list" && name === `${only.name}s`;
  const isTransparent = kind === "container" && !description.isPresence && isPlural;
  const children: CommandNode[] = [];
  const node: CommandNode = {
    description,
    parent,
    word,
    children,
    keys: kind === "list" ? config.filter(({ isKey }) => isKey).map(keyArgument) : [],
    isView: isView(description, config, parent) && !isTransparent,
    isTransparent,
  };
  children.push(...nodesOf(all, node));
  return node;
}

/** A list whose entries have nothing but keys is a command without a view. */
const isView = ({ kind }: NodeDescription, config: readonly NodeDescription[], parent: CommandNode | undefined) =>
  kind === "list" ? config.some(({ isKey }) => !isKey) : kind === "container" && parent === undefined;

/** A key has a neutral value when its type has a word for it, and no other word, or when it may be empty. */
function keyArgument(description: NodeDescription): KeyArgument {
  const reserved = description.values.find(({ words }) => words.length === 1)?.words[0]?.name;
  const mayBeEmpty = description.values.some(
    ({ base, bounds }) => base === "string" && bounds.some(({ min }) => min === "0"),
  );
  return { description, neutral: reserved ?? (mayBeEmpty ? "" : undefined) };
}

/** What commands name in a place: its children, in place of a transparent container what that holds. */
export function* namedIn(children: readonly CommandNode[]): Iterable<CommandNode> {
  for (const child of children) {
    if (child.isTransparent) yield* namedIn(child.children);
    else if (!child.description.isKey) yield child;
  }
}

/** The child that an element of data is an instance of. */
export const childOf = (nodes: readonly CommandNode[], name: string, namespace: string): CommandNode | undefined =>
  nodes.find(({ description }) => description.name === name && description.namespace === namespace);

/** An instance of a view, and so a place to be in; undefined = the top of the configuration. */
export interface Place {
  readonly node: CommandNode;
  readonly keys: readonly string[];
  /** The view it was entered from. */
  readonly outer: Place | undefined;
}

/** What the prompt calls a place. */
export function placeName({ node, keys }: Place): string {
  const told = node.keys.flatMap(({ neutral }, index) => (keys[index] === neutral ? [] : [keys[index] as string]));
  return [node.word, ...told].join("-");
}

/** The first sentence of a description, on one line. */
export function briefly({ description, name }: Pick<NodeDescription, "description" | "name">): string {
  const text = (description ?? name).replaceAll(/\s+/g, " ").trim();
  return /^.*?[.:;](?= |$)/.exec(text)?.[0].replace(/[:;]$/, ".") ?? text;
}
