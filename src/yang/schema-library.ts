import { createHash } from "node:crypto";
import type { Module, Submodule } from "libyang-wasm";
import type { ModuleSources } from "./module-sources.ts";
import type { LibraryModule, SchemaFormat, YangLibrary } from "./yang-library.ts";

/**
 * What clients can know of the modules. libyang can describe its context as well (`Context.yangLibrary`), but that has
 * modules of its own which nobody is served, such as ietf-yang-schema-mount.
 */
export class SchemaLibrary {
  readonly description: YangLibrary;
  /** Modules and submodules by `idOf`. */
  readonly #known = new Map<string, Module | Submodule>();
  /** Their texts by the same; YIN once somebody has asked for it. */
  readonly #texts: Readonly<Record<SchemaFormat, Map<string, string>>> = { yang: new Map(), yin: new Map() };

  /** Of `served` and all that they import. */
  constructor(served: readonly Module[], sources: Pick<ModuleSources, "textOf">) {
    const modules = withImports(served).sort(byNameAndRevision);
    for (const one of modules.flatMap((module) => [module, ...module.submodules])) {
      this.#known.set(idOf(one), one);
      this.#texts.yang.set(idOf(one), sources.textOf(one.name, one.revision) ?? one.print("yang"));
    }
    const described = modules.map(describe);
    this.description = { contentId: digestOf([described, ...this.#texts.yang]), modules: described };
  }

  /**
   * The text of a module or submodule, or undefined when there is none. YIN comes as an element, without XML declaration.
   * However many clients read a text, it is in memory once.
   */
  text(name: string, revision: string | undefined, format: SchemaFormat): string | undefined {
    const id = idOf({ name, revision });
    const text =
      this.#texts[format].get(id) ??
      this.#known
        .get(id)
        ?.print(format)
        .replace(/^<\?xml[^>]*\?>\s*/, "");
    if (text !== undefined) this.#texts[format].set(id, text);
    return text;
  }
}

const idOf = ({ name, revision }: { readonly name: string; readonly revision: string | undefined }): string =>
  `${name}@${revision ?? ""}`;

const byNameAndRevision = (a: Module, b: Module): number =>
  a.name === b.name ? compare(a.revision ?? "", b.revision ?? "") : compare(a.name, b.name);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** 128 bits of it are enough to tell one library from the next. */
const digestOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);

function withImports(served: readonly Module[]): Module[] {
  const found = new Map<string, Module>();
  const visit = (module: Module): void => {
    if (found.has(idOf(module))) return;
    found.set(idOf(module), module);
    for (const imported of module.imports) visit(imported);
  };
  for (const module of served) visit(module);
  return [...found.values()];
}

function describe(module: Module): LibraryModule {
  const { name, revision, namespace, yangVersion, isImplemented, features, deviatedBy, submodules } = module;
  return {
    name,
    revision,
    namespace,
    yangVersion,
    isImplemented,
    features: features.filter(({ enabled }) => enabled).map((feature) => feature.name),
    deviations: deviatedBy,
    submodules: submodules.map((submodule) => ({ name: submodule.name, revision: submodule.revision })),
  };
}
