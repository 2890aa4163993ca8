import type { ImportModule } from "./engine.ts";
import { ModuleCatalogue } from "./module-catalogue.ts";
import { MANIFEST_FILE, MODULES_FOLDER, WASM_FILE } from "./package-folder.ts";
import { type WasmModule, webAssembly } from "./webassembly.ts";

/**
 * Fetches and compiles this package's libyang.wasm, from where the package's own files come. The module can be
 * instantiated any number of times, also in workers.
 */
export async function loadLibyangModule(): Promise<WasmModule> {
  const response = await get(WASM_FILE);
  return webAssembly.compile(new Uint8Array(await response.arrayBuffer()));
}

/**
 * Fetches the IETF modules that come with this package, some 300 kB. What it gives finds the text of one, the newest
 * when no revision is asked for, and fits LibyangOptions.importModule as a last resort.
 */
export async function fetchPackagedYangModules(): Promise<ImportModule> {
  const manifest = (await (await get(MANIFEST_FILE)).json()) as {
    readonly modules: readonly { readonly file: string }[];
  };
  const files = manifest.modules.map(({ file }) => file);
  const texts = new Map(
    await Promise.all(
      files.map(async (file) => [file, await (await get(new URL(file, MODULES_FOLDER))).text()] as const),
    ),
  );
  const catalogue = new ModuleCatalogue(files);
  return (name, revision, submodule) => {
    const file = submodule === undefined ? catalogue.fileOf(name, revision) : undefined;
    return file === undefined ? undefined : texts.get(file);
  };
}

async function get(url: URL): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.href} cannot be fetched: status ${response.status}`);
  return response;
}
