import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Context, type DataTree, Libyang, type Module, type SchemaNode } from "libyang-wasm";
import type { Job } from "../job.ts";
import { ConstraintTable } from "./constraints/constraint-table.ts";
import { cryptHashNodes } from "./crypt-hash.ts";
import { type ChangedTree, IncrementalValidation } from "./incremental-validation.ts";
import { ModuleSources, moduleName } from "./module-sources.ts";
import { SchemaChildren } from "./schema-children.ts";
import { SchemaLibrary } from "./schema-library.ts";
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
const NETCONF_FEATURES = [
  "writable-running",
  "candidate",
  "confirmed-commit",
  "rollback-on-error",
  "validate",
  "startup",
  "xpath",
];

/** The modules of the protocol, with their features: the operations, and the server's own state. */
const PROTOCOL_MODULES: readonly (readonly [name: string, features: readonly string[]])[] = [
  ["ietf-netconf", NETCONF_FEATURES],
  ["ietf-netconf-with-defaults", []],
  ["ietf-netconf-monitoring", []],
  ["ietf-netconf-partial-lock", []],
  ["ietf-yang-library", []],
  ["notifications", []],
  ["nc-notifications", []],
  ["ietf-netconf-notifications", []],
];

/** Modules of others that the server acts on as on its own, with the features that it has. */
const ADOPTED_MODULES: typeof PROTOCOL_MODULES = [
  // Before the one that imports it, since it is then there without features.
  ["iana-crypt-hash", ["crypt-hash-sha-256", "crypt-hash-sha-512"]],
  ["ietf-system", ["authentication", "local-users"]],
  ["ietf-netconf-acm", []],
];

/** The compiled schema: one libyang context, and the modules whose data are configuration here. */
export class Schema {
  readonly context: Context;
  /** Of the text of all modules, hex: what was valid for a schema is valid for another one of the same id. */
  readonly id: string;
  /** Modules of the server's own and those it has adopted; each writable node in them needs an owner. */
  readonly ownModules: readonly Module[];
  /** Own modules and those added as plain data. */
  readonly configModules: readonly Module[];
  /** Times that changes could be validated with the whole tree only. */
  fullValidations = 0;
  readonly #servedModules: readonly Module[];
  readonly #sources: ModuleSources;
  #library: SchemaLibrary | undefined;
  readonly #constraints: ConstraintTable;
  readonly #topContainers: ReadonlySet<string>;
  /** Leafs whose values may be passwords in clear text, and all that they are in. */
  readonly cryptHashNodes: ReadonlySet<SchemaNode>;
  readonly children: SchemaChildren;
  readonly #memoryBytes: () => number;

  constructor(
    context: Context,
    protocolModules: readonly Module[],
    ownModules: readonly Module[],
    extraModules: readonly Module[],
    sources = new ModuleSources([]),
    memoryBytes: () => number = () => 0,
  ) {
    this.context = context;
    this.id = sources.digest();
    this.ownModules = ownModules;
    this.configModules = [...ownModules, ...extraModules];
    this.#servedModules = [...protocolModules, ...this.configModules];
    this.#sources = sources;
    this.#memoryBytes = memoryBytes;
    const top = this.configModules.flatMap((module) => module.topLevelSchema());
    const others = new Set(top.flatMap(({ kind, name }) => (kind === "container" ? [] : [name])));
    this.#topContainers = new Set(top.map(({ name }) => name).filter((name) => !others.has(name)));
    this.#constraints = new ConstraintTable(top);
    this.children = new SchemaChildren(context);
    this.cryptHashNodes = cryptHashNodes(top);
  }

  /** Bytes that the context's instance of WebAssembly has taken from the system. */
  get memoryBytes(): number {
    return this.#memoryBytes();
  }

  /** What clients are told of: these, and the modules of the protocol. libyang's own are nobody's data here. */
  get library(): SchemaLibrary {
    this.#library ??= new SchemaLibrary(this.#servedModules, this.#sources);
    return this.#library;
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

  /**
   * Gives `after` the defaults that it would have if it were committed, as `validateChanges` does, but says nothing of
   * what is wrong with it.
   */
  *completeChanges(tree: ChangedTree): Job<void> {
    const validation = new IncrementalValidation(this.#constraints, this.configModules, tree);
    try {
      yield* validation.complete();
    } finally {
      validation.dispose();
    }
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

  /** Every action in the data of `configModules`. */
  *actions(): Iterable<SchemaNode> {
    for (const module of this.configModules) for (const top of module.topLevelSchema()) yield* actionsIn(top);
  }
}

function* actionsIn(node: SchemaNode): Iterable<SchemaNode> {
  if (node.kind === "action") yield node;
  else if (node.kind !== "rpc" && node.kind !== "notification")
    for (const child of node.children()) yield* actionsIn(child);
}

function* configNodes(node: SchemaNode): Iterable<SchemaNode> {
  if (!node.isConfig || node.kind === "rpc" || node.kind === "notification" || node.kind === "action") return;
  yield node;
  for (const child of node.children()) yield* configNodes(child);
}

/** Loads and compiles all modules. Throws an error that says which one is wrong, or lacks an import. */
export function loadSchema(wasm: WebAssembly.Module, sources: SchemaSources): Schema {
  const ownFiles = readdirSync(sources.yangFolder).filter((name) => name.endsWith(".yang"));
  const texts = new ModuleSources([sources.yangFolder, ...sources.extraFiles.map((file) => dirname(file))]);
  const libyang = Libyang.instantiate(wasm, { importModule: (...names) => texts.find(...names) });
  const context = libyang.createContext();
  const protocol = PROTOCOL_MODULES.map(([name, features]) => {
    const more = name === "ietf-netconf" ? (sources.netconfFeatures ?? []) : [];
    return context.loadModule(name, { features: [...features, ...more] });
  });
  const adopted = ADOPTED_MODULES.map(([name, features]) => context.loadModule(name, { features }));
  const own = [...ownFiles.map((file) => context.loadModule(moduleName(file))), ...adopted];
  const extra = sources.extraFiles.map((file) => parseFile(context, file, texts));
  return new Schema(context, protocol, own, extra, texts, () => libyang.memoryBytes);
}

function parseFile(context: Context, file: string, texts: ModuleSources): Module {
  try {
    const text = readFileSync(file, "utf8");
    const module = context.parseModule(text);
    texts.add(module.name, text);
    return module;
  } catch (error) {
    throw new Error(
      `The YANG module ${file} cannot be used: ${(error as Error).message}. Correct it, or leave it out of --yang.`,
      { cause: error },
    );
  }
}
