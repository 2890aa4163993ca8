import type { RpcError, RpcErrorEntry } from "../errors/rpc-error.ts";
import { type CommandNode, childOf } from "./command-model.ts";
import { keyWords } from "./config-lines.ts";
import { word } from "./lexer.ts";

const STEP = /\/([^/[]+)((?:\[(?:[^\]'"]|'[^']*'|"[^"]*")*\])*)/g;
const KEY = /\[([^=\]]+)=(?:'([^']*)'|"([^"]*)")\]/g;

/** What went wrong, in lines: the message, and the place in command words. */
export function errorLines(error: RpcError, roots: readonly CommandNode[]): string[] {
  return error.entries.flatMap((entry) => {
    const place = placeOf(entry, roots);
    return [`Error: ${entry.message}${place === undefined ? "" : ` (${place})`}`];
  });
}

/** The path of an error as commands name it; from where no command leads further, as the model does. */
function placeOf({ path }: RpcErrorEntry, roots: readonly CommandNode[]): string | undefined {
  if (path === undefined) return undefined;
  const words: string[] = [];
  let nodes = roots;
  for (const [, name = "", predicates = ""] of path.text.matchAll(STEP)) {
    const [prefix, local = prefix] = name.split(":") as [string, string | undefined];
    const node = childOf(nodes, local, path.namespaces[prefix] ?? "");
    nodes = node?.children ?? [];
    if (node?.isTransparent === true) continue;
    const values = [...predicates.matchAll(KEY)].map(([, key = "", single, double]) => ({
      name: key.split(":").at(-1),
      value: single ?? double ?? "",
    }));
    words.push(node?.word ?? local, ...keysIn(node, values));
  }
  return words.join(" ");
}

function keysIn(
  node: CommandNode | undefined,
  given: readonly { name: string | undefined; value: string }[],
): string[] {
  if (node === undefined || node.keys.length === 0) return given.map(({ value }) => word(value));
  const textOf = (name: string) => given.find((key) => key.name === name)?.value ?? "";
  return keyWords(
    node,
    node.keys.map(({ description }) => textOf(description.name)),
  );
}

/** The name of the node that an error is about. */
export function errorNode({ entries }: RpcError): string | undefined {
  const text = entries[0]?.path?.text;
  return text === undefined ? undefined : [...text.matchAll(STEP)].at(-1)?.[1]?.split(":").at(-1);
}
