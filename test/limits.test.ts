import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { netconfLimits } from "../src/netconf/limits.ts";
import { transportLimits } from "../src/transport/limits.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** `src/<layer>/*limits.ts`: every frozen object in them is a table of limits. */
const files = readdirSync(join(root, "src"))
  .map((name) => join(root, "src", name))
  .filter((path) => statSync(path).isDirectory())
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((path) => path.endsWith("limits.ts"));

test("every limit stands in docs/LIMITS.md with its default", async () => {
  expect(files.length).toBeGreaterThan(10);
  const document = readFileSync(join(root, "docs/LIMITS.md"), "utf8");
  const missing: string[] = [];
  for (const file of files) {
    const tables = Object.values((await import(file)) as Record<string, Record<string, number>>);
    for (const [name, value] of tables.flatMap((table) => Object.entries(table))) {
      if (!document.includes(`| \`${name}\` | ${value} | `)) missing.push(`${name} = ${value}`);
    }
  }
  expect(missing).toEqual([]);
});

test("every session can have a connection of its own while others log in", () => {
  const { maxConnections, maxUnauthenticated } = transportLimits;
  expect(maxConnections).toBeGreaterThanOrEqual(netconfLimits.sessions + maxUnauthenticated);
});
