import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  type Context,
  type DataTree,
  Libyang,
  type Module,
  readPackagedYangModule,
  type SchemaNode,
} from "libyang-wasm";
import type { Job } from "../job.ts";
import { ConstraintTable } from "./constraints/constraint-table.ts";
import { type ChangedTree, IncrementalValidation } from "./incremental-validation.ts";
import { SchemaChildren } from "./schema-children.ts";
import { UniqueIndex } from "./unique-index.ts";

/** Where the modules that the server serves come from. */
export interface SchemaSources {
  /** Folder with the server's own modules, `name@revision.yang`: all of them are served. */
  readonly yangFolder: string;
  /** Further modules served as plain configuration data. */
  readonly extraFiles: readonly string[];
  /** Features of ietf-netconf that the server has been told to have. */
  readonly netconfFeatures?: readonly string[];
}

/** Features of ietf-netconf (RFC 6241 section 10) that the server always has. */
const NETCONF_FEATURES = ["writable-running", "candidate", "rollback-on-error", "validate", "startup"];

/** The compiled schema: one libyang context, and the modules whose data are configuration here. */
export class Schema {
  readonly context: Context;
  /** Of the text of all modules, hex: what was valid for a schema is valid for another one of the same id. */
  readonly id: string;
  /** Modules of the server's own; each writable node in them needs an owner. */
  readonly ownModules: readonly Module[];
  /** Own modules and those added as plain data. */
  readonly configModules: readonly Module[];
  /** What clients are told of: these, and the module of the protocol. libyang's own are nobody's data here. */
  readonly servedModules: readonly Module[];
  /** Times that changes could be validated with the whole tree only. */
  fullValidations = 0;
  readonly #constraints: ConstraintTable;
  readonly #topContainers: ReadonlySet<string>;
  readonly children: SchemaChildren;

  constructor(
    context: Context,
    netconf: Module,
    ownModules: readonly Module[],
    extraModules: readonly Module[],
    id = "",
  ) {
    this.context = context;
    this.id = id;
    this.ownModules = ownModules;
    this.configModules = [...ownModules, ...extraModules];
    this.servedModules = [netconf, ...this.configModules];
    const top = this.configModules.flatMap((module) => module.topLevelSchema());
    const others = new Set(top.flatMap(({ kind, name }) => (kind === "container" ? [] : [name])));
    this.#topContainers = new Set(top.map(({ name }) => name).filter((name) => !others.has(name)));
    this.#constraints = new ConstraintTable(top);
    this.children = new SchemaChildren(context);
  }

  /** Checks every constraint of a configuration and puts its defaults in. Throws `YangError` with all that is wrong. */
  validate(tree: DataTree): void {
    this.context.validate(tree, { modules: this.configModules });
  }

  /**
   * The same for `after`, which differs from the valid `before` in the places of `touched` only: checks every constraint
   * that the difference can affect. What validation itself changes is added to `touched`.
   */
  *validateChanges(tree: ChangedTree): Job<void> {
    const { before, after, touched } = tree;
    const validation = new IncrementalValidation(this.#constraints, this.configModules, tree);
    try {
      if (yield* validation.run()) return;
    } finally {
      validation.dispose();
    }
    this.fullValidations++;
    try {
      this.validate(after);
    } finally {
      // No need for slices here: the validation had none.
      touched.addDifferences(before, after);
    }
  }

  /** For a tree that changes are going to be made to. */
  uniqueIndex(): UniqueIndex {
    return new UniqueIndex(this.#constraints.structure);
  }

  /** Adds the defaults that a configuration lacks, without validating it. Throws `YangError`. */
  addDefaults(tree: DataTree): void {
    for (const module of this.configModules) this.context.addDefaults(tree, module);
  }

  /** Whether a module has a container of that name at its top, and none has anything else. */
  isTopContainer(localName: string): boolean {
    return this.#topContainers.has(localName);
  }

  /** Every writable schema node below `ownModules`, parents first. */
  *ownConfigNodes(): Iterable<SchemaNode> {
    for (const module of this.ownModules) for (const top of module.topLevelSchema()) yield* configNodes(top);
  }
}

function* configNodes(node: SchemaNode): Iterable<SchemaNode> {
  if (!node.isConfig || node.kind === "rpc" || node.kind === "notification" || node.kind === "action") return;
  yield node;
  for (const child of node.children()) yield* configNodes(child);
}

/** Loads and compiles all modules. Throws an error that says which one is wrong, or lacks an import. */
export function loadSchema(wasm: WebAssembly.Module, sources: SchemaSources): Schema {
  const ownFiles = readdirSync(sources.yangFolder)
    .filter((name) => name.endsWith(".yang"))
    .map((name) => join(sources.yangFolder, name));
  const folders = [sources.yangFolder, ...sources.extraFiles.map((file) => dirname(file))];
  const digest = createHash("sha256");
  const known = (text: string) => {
    digest.update(text).update("\0");
    return text;
  };
  const libyang = Libyang.instantiate(wasm, {
    importModule: (name, revision) => {
      const text = readPackagedYangModule(name, revision) ?? findModule(folders, name, revision);
      return text === undefined ? undefined : known(text);
    },
  });
  const context = libyang.createContext();
  const features = [...NETCONF_FEATURES, ...(sources.netconfFeatures ?? [])];
  const netconf = context.loadModule("ietf-netconf", { features });
  const own = ownFiles.map((file) => context.loadModule(moduleName(file)));
  const extra = sources.extraFiles.map((file) => parseFile(context, file, known));
  return new Schema(context, netconf, own, extra, digest.digest("hex"));
}

function parseFile(context: Context, file: string, known: (text: string) => string): Module {
  try {
    return context.parseModule(known(readFileSync(file, "utf8")));
  } catch (error) {
    throw new Error(`The YANG module ${file} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

const moduleName = (file: string): string => basename(file, ".yang").split("@")[0] as string;

/** `name@revision.yang` or `name.yang` in one of `folders`; the newest where the importer asks for no revision. */
function findModule(folders: readonly string[], name: string, revision: string | undefined): string | undefined {
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
