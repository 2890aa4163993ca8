import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { ModuleCatalogue } from "./module-catalogue.ts";
import { MODULES_FOLDER, WASM_FILE } from "./package-folder.ts";
import { type WasmModule, webAssembly } from "./webassembly.ts";

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

let catalogue: ModuleCatalogue | undefined;

/**
 * The text of an IETF module that comes with this package, the newest when no revision is given; undefined when there
 * is none, and for submodules: the package has none. It fits LibyangOptions.importModule as a last resort.
 */
export function readPackagedYangModule(name: string, revision?: string, submodule?: string): string | undefined {
  if (submodule !== undefined) return undefined;
  catalogue ??= new ModuleCatalogue(readdirSync(MODULES_FOLDER));
  const file = catalogue.fileOf(name, revision);
  return file === undefined ? undefined : readFileSync(new URL(file, MODULES_FOLDER), "utf8");
}
