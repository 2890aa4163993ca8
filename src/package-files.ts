import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The package's folder: where `dist/` and `yang/` lie. */
const packageFolder = new URL("../", import.meta.url);

/** The server's own YANG modules. */
export const yangFolder = fileURLToPath(new URL("yang", packageFolder));

/** As in package.json. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(new URL("package.json", packageFolder), "utf8")) as { version: string }).version;
}
