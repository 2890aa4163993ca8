/** Where everything is, relative to the package's own folder. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const PACKAGE_DIR = dirname(dirname(fileURLToPath(import.meta.url)));
export const PACKAGE_FILE = join(PACKAGE_DIR, "package.json");
export const NATIVE_DIR = join(PACKAGE_DIR, "native");
export const SCRIPTS_DIR = join(PACKAGE_DIR, "scripts");
export const SRC_DIR = join(PACKAGE_DIR, "src");
/** Scratch: downloads, unpacked sources, object files, stamps. Removing it costs one build from nothing. */
export const BUILD_DIR = join(PACKAGE_DIR, "build");
export const DIST_DIR = join(PACKAGE_DIR, "dist");
export const MODULES_DIR = join(PACKAGE_DIR, "modules");
export const WASM_FILE = join(DIST_DIR, "libyang.wasm");
export const LICENCES_DIR = join(DIST_DIR, "licences");
export const MANIFEST_FILE = join(DIST_DIR, "manifest.json");
