import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type WasmModule, webAssembly } from "./webassembly.ts";

/** The same from src/ and from dist/: both lie directly in the package's folder. */
const PACKAGE = new URL("../", import.meta.url);
const WASM_FILE = new URL("dist/libyang.wasm", PACKAGE);
const MODULES_DIR = new URL("modules/", PACKAGE);

/** Compiles this package's libyang.wasm. The module can be instantiated any number of times, also in worker threads. */
export async function loadLibyangModule(): Promise<WasmModule> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await readFile(WASM_FILE);
  } catch (cause) {
    throw new Error(`${WASM_FILE.pathname} cannot be read: build the package (npm run build -w libyang-wasm)`, {
      cause,
    });
  }
  return webAssembly.compile(bytes);
}

let index: ReadonlyMap<string, readonly string[]> | undefined;

/** The revisions of each packaged module, oldest first. */
function packagedRevisions(): ReadonlyMap<string, readonly string[]> {
  const revisions = new Map<string, string[]>();
  for (const file of readdirSync(MODULES_DIR).sort()) {
    const match = /^(.+)@(\d{4}-\d\d-\d\d)\.yang$/.exec(file);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    const known = revisions.get(match[1]);
    if (known === undefined) revisions.set(match[1], [match[2]]);
    else known.push(match[2]);
  }
  return revisions;
}

/**
 * The text of an IETF module that comes with this package, the newest when no revision is given; undefined when there
 * is none, and for submodules: the package has none. It fits LibyangOptions.importModule as a last resort.
 */
export function readPackagedYangModule(name: string, revision?: string, submodule?: string): string | undefined {
  if (submodule !== undefined) return undefined;
  index ??= packagedRevisions();
  const revisions = index.get(name);
  const wanted = revision ?? revisions?.at(-1);
  if (wanted === undefined || revisions?.includes(wanted) !== true) return undefined;
  return readFileSync(new URL(`${name}@${wanted}.yang`, MODULES_DIR), "utf8");
}
