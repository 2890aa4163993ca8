import type { Context } from "libyang-wasm";
import type { ErrorPath } from "../errors/rpc-error.ts";

/**
 * libyang's path (module names as prefixes, inherited from the parent: `/mod:a/b[k='v']`) as `<error-path>` wants it:
 * every node name with a prefix that is declared (RFC 6241 section 4.3, RFC 7950 section 6.4).
 */
export function toErrorPath(context: Context, dataPath: string): ErrorPath {
  const namespaces: Record<string, string> = {};
  let current = "";
  const text = mapNames(dataPath, (name) => {
    const colon = name.indexOf(":");
    if (colon >= 0) {
      const module = context.module(name.slice(0, colon));
      if (module === undefined) return name;
      current = uniquePrefix(namespaces, module.prefix, module.namespace);
    }
    return current === "" ? name : `${current}:${name.slice(colon + 1)}`;
  });
  return { text, namespaces };
}

/** Two modules may have chosen the same prefix: the second gets a number. */
function uniquePrefix(namespaces: Record<string, string>, wanted: string, namespace: string): string {
  let prefix = wanted;
  for (let n = 2; namespaces[prefix] !== undefined && namespaces[prefix] !== namespace; n++) prefix = `${wanted}${n}`;
  namespaces[prefix] = namespace;
  return prefix;
}

/** Applies `rename` to the node names of a path, those in predicates included; quoted values stay as they are. */
function mapNames(path: string, rename: (name: string) => string): string {
  let out = "";
  let at = 0;
  while (at < path.length) {
    const char = path[at] as string;
    if (char === "'" || char === '"') {
      const end = path.indexOf(char, at + 1);
      const stop = end < 0 ? path.length : end + 1;
      out += path.slice(at, stop);
      at = stop;
    } else if (NAME_START.test(char)) {
      let end = at + 1;
      while (end < path.length && NAME_CHAR.test(path[end] as string)) end++;
      out += rename(path.slice(at, end));
      at = end;
    } else {
      out += char;
      at++;
    }
  }
  return out;
}

const NAME_START = /[A-Za-z_]/;
const NAME_CHAR = /[A-Za-z0-9_.:-]/;
