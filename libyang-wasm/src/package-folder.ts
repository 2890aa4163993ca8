/** @internal The package's folder: the same from src/ and from dist/, which both lie directly in it. */
const PACKAGE = new URL("../", import.meta.url);
/** @internal */
export const WASM_FILE = new URL("dist/libyang.wasm", PACKAGE);
/** @internal What is in the package: versions, hashes, and the names of the modules. */
export const MANIFEST_FILE = new URL("dist/manifest.json", PACKAGE);
/** @internal */
export const MODULES_FOLDER = new URL("modules/", PACKAGE);
