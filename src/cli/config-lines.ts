import { type CommandNode, childOf } from "./command-model.ts";
import type { DataHandler } from "./data-reader.ts";
import { word } from "./lexer.ts";

interface Open {
  /** Undefined = no command is about it. */
  readonly node: CommandNode | undefined;
  readonly isUndone: boolean;
  /** Words before those of its children. */
  readonly prefix: string;
  /** Of its children's lines. */
  readonly level: number;
  readonly keys: string[];
  isTold: boolean;
}

/** Whether the line of an entry is wanted, by the values of its keys. */
export type EntryFilter = (node: CommandNode, keys: readonly string[]) => boolean;

/**
 * Configuration, or an edit of it, as the commands that make it: one a line, indented by a space a view. Views at the
 * top begin with a line `#`.
 */
export class ConfigLines implements DataHandler {
  readonly #roots: readonly CommandNode[];
  readonly #isWanted: EntryFilter;
  readonly #open: Open[] = [];
  /** The outermost of those that are open and not wanted. */
  #skippedAt: number | undefined;
  #lines: string[] = [];

  constructor(roots: readonly CommandNode[], isWanted: EntryFilter = () => true) {
    this.#roots = roots;
    this.#isWanted = isWanted;
  }

  /** Those that were made since the last call. */
  readonly take = (): readonly string[] => {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  };

  open(name: string, namespace: string, operation: string | undefined): void {
    const outer = this.#open.at(-1);
    const node = childOf(outer === undefined ? this.#roots : (outer.node?.children ?? []), name, namespace);
    if (node?.description.isKey !== true) this.#tellEntry(outer);
    const isUndone = operation === "remove" || operation === "delete";
    const entered: Open = {
      node,
      isUndone,
      prefix: this.#prefixIn(outer, node),
      level: (outer?.level ?? 0) + (node?.isView === true ? 1 : 0),
      keys: [],
      isTold: false,
    };
    this.#open.push(entered);
    if (node?.description.kind !== "container" || node.isTransparent) return;
    if (node.isView || node.description.isPresence || isUndone) this.#line(entered, node.word);
  }

  close(text: string): void {
    const closed = this.#open.at(-1);
    if (closed?.node !== undefined) this.#tell(closed, closed.node, text);
    this.#open.pop();
    if (this.#skippedAt === this.#open.length) this.#skippedAt = undefined;
  }

  #tell(closed: Open, node: CommandNode, text: string): void {
    const { kind, isKey, values } = node.description;
    if (kind === "list") this.#tellEntry(closed);
    else if (isKey) this.#open.at(-2)?.keys.push(text);
    else if (kind === "leaf" && (closed.isUndone || values[0]?.base === "empty")) this.#line(closed, node.word);
    else if (kind === "leaf" || kind === "leaf-list") this.#line(closed, `${node.word} ${word(text)}`);
  }

  /** The line of an entry, whose keys come first, once these have been read. */
  #tellEntry(entry: Open | undefined): void {
    const node = entry?.node;
    if (entry === undefined || node?.description.kind !== "list" || entry.isTold) return;
    entry.isTold = true;
    if (this.#skippedAt === undefined && !this.#isWanted(node, entry.keys)) this.#skippedAt = this.#open.indexOf(entry);
    this.#line(entry, [node.word, ...keyWords(node, entry.keys)].join(" "));
  }

  #prefixIn(outer: Open | undefined, node: CommandNode | undefined): string {
    if (outer?.node === undefined || outer.node.isView || node === undefined) return "";
    return outer.node.isTransparent ? outer.prefix : `${outer.prefix}${outer.node.word} `;
  }

  #line({ node, isUndone, prefix, level }: Open, words: string): void {
    if (this.#skippedAt !== undefined) return;
    const indent = " ".repeat(level - (node?.isView === true ? 1 : 0));
    if (level === 1 && node?.isView === true && !isUndone) this.#lines.push("#");
    this.#lines.push(`${indent}${isUndone ? "undo " : ""}${prefix}${words}`);
  }
}

/** The keys of an entry as its command has them: those that need not be given are introduced by their names. */
export function keyWords({ keys }: CommandNode, values: readonly string[]): string[] {
  return keys.flatMap(({ description, neutral }, index) => {
    const value = values[index] ?? "";
    if (value === neutral) return [];
    return neutral === undefined ? [word(value)] : [description.name, word(value)];
  });
}
