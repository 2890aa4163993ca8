import { fileURLToPath } from "node:url";

/** The project's folder, seen from where this file is compiled to. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
