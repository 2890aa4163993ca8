import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readPackagedYangModule } from "libyang-wasm";

/** The texts that modules and submodules were loaded from, kept for clients that ask for them. */
export class ModuleSources {
  readonly #folders: readonly string[];
  readonly #digest = createHash("sha256");
  /** By name; several where several revisions were loaded. */
  readonly #texts = new Map<string, string[]>();

  /** Modules that do not come with the server are looked for in `folders`. */
  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** Gives libyang the module or submodule that it asks for; undefined when there is none. */
  find(name: string, revision?: string, submodule?: string, submoduleRevision?: string): string | undefined {
    const wanted = submodule ?? name;
    const wantedRevision = submodule === undefined ? revision : submoduleRevision;
    const text = readPackagedYangModule(name, revision, submodule) ?? findFile(this.#folders, wanted, wantedRevision);
    if (text !== undefined) this.add(wanted, text);
    return text;
  }

  /** A text was loaded. */
  add(name: string, text: string): void {
    this.#digest.update(text).update("\0");
    const texts = this.#texts.get(name);
    if (texts === undefined) this.#texts.set(name, [text]);
    else if (!texts.includes(text)) texts.push(text);
  }

  /** Of all texts in the order in which they were loaded, hex. */
  digest(): string {
    return this.#digest.copy().digest("hex");
  }

  /** What a module or submodule was loaded from; of those built into libyang, the same as it is published. */
  textOf(name: string, revision: string | undefined): string | undefined {
    const texts = this.#texts.get(name);
    if (texts === undefined) return readPackagedYangModule(name, revision);
    return texts.length === 1 ? texts[0] : texts.find((text) => newestRevision(text) === revision);
  }
}

/** The name of a module by that of its file, `name@revision.yang` or `name.yang`. */
export const moduleName = (file: string): string => basename(file, ".yang").split("@")[0] as string;

/** A file in one of `folders`; the newest where no revision is asked for. */
function findFile(folders: readonly string[], name: string, revision: string | undefined): string | undefined {
  for (const folder of folders) {
    const files = readdirSync(folder)
      .filter((file) => file.endsWith(".yang") && moduleName(file) === name)
      .filter((file) => revision === undefined || !file.includes("@") || file.includes(`@${revision}.`))
      .sort();
    const newest = files.at(-1);
    if (newest !== undefined) return readFileSync(join(folder, newest), "utf8");
  }
  return undefined;
}

/** Revision statements may be in any order. */
function newestRevision(text: string): string | undefined {
  const found = text.matchAll(/\brevision\s+["']?(\d{4}-\d\d-\d\d)/g);
  return [...found]
    .map(([, date]) => date as string)
    .sort()
    .at(-1);
}
