import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const src = fileURLToPath(new URL("../src", import.meta.url));

/**
 * Who may import whom: a layer is a folder of src/, a file straight in src/ is a layer of its own. `packages` are npm
 * packages and node's own modules; "node:*" = all of these. What is not listed is forbidden.
 */
interface Rule {
  readonly layers: readonly string[];
  readonly packages: readonly string[];
}
const PURE: Rule = { layers: [], packages: [] };
const EVERYTHING = undefined;

const rules: Record<string, Rule | undefined> = {
  errors: PURE,
  framing: { layers: [], packages: ["node:buffer"] },
  "job.ts": PURE,
  "thread-figures.ts": { layers: [], packages: ["node:perf_hooks", "node:v8"] },
  nacm: PURE,
  xml: { layers: ["errors", "job.ts"], packages: ["fast-xml-parser"] },
  crypt: { layers: ["job.ts"], packages: ["node:crypto"] },
  yang: {
    layers: ["errors", "job.ts", "nacm", "crypt"],
    packages: ["libyang-wasm", "node:crypto", "node:fs", "node:path"],
  },
  datastore: {
    layers: ["errors", "job.ts", "thread-figures.ts", "nacm", "yang"],
    packages: ["libyang-wasm", "node:worker_threads"],
  },
  storage: {
    layers: ["datastore", "notifications"],
    packages: ["node:fs", "node:path", "node:crypto", "node:worker_threads"],
  },
  access: {
    layers: ["errors", "job.ts", "crypt", "storage", "observe", "nacm", "datastore", "yang"],
    packages: ["ssh2", "node:*"],
  },
  notifications: { layers: ["xml", "yang", "datastore", "observe"], packages: [] },
  netconf: {
    layers: [
      "framing",
      "xml",
      "errors",
      "job.ts",
      "yang",
      "datastore",
      "access",
      "nacm",
      "url",
      "observe",
      "notifications",
    ],
    packages: [],
  },
  cli: {
    layers: ["netconf", "notifications", "datastore", "yang", "access", "nacm", "errors", "xml", "observe"],
    packages: ["node:readline", "node:stream", "node:string_decoder"],
  },
  url: { layers: ["errors"], packages: ["node:*"] },
  transport: {
    layers: ["netconf", "cli", "access", "datastore", "yang", "errors", "observe"],
    packages: ["ssh2", "ipaddr.js", "node:*"],
  },
  "bgp/codec": { layers: ["bgp"], packages: ["ipaddr.js"] },
  bgp: { layers: ["net"], packages: ["ipaddr.js", "node:*"] },
  "bmp/codec": { layers: ["bmp", "bgp"], packages: ["ipaddr.js"] },
  bmp: { layers: ["net", "bgp"], packages: ["node:*"] },
  relay: { layers: ["net", "bgp", "bmp"], packages: ["node:net"] },
  net: { layers: [], packages: ["koffi", "ipaddr.js", "node:*"] },
  "mrt/codec": { layers: ["mrt", "bgp"], packages: ["ipaddr.js"] },
  mrt: { layers: ["bgp"], packages: ["node:*"] },
  plane: {
    layers: ["datastore", "yang", "errors", "xml", "bgp", "bmp", "relay", "net", "mrt", "thread-figures.ts"],
    packages: ["node:*"],
  },
  system: { layers: ["datastore", "yang"], packages: ["node:os"] },
  lab: { layers: ["bgp", "bmp", "observe"], packages: ["node:*"] },
  observe: { layers: ["thread-figures.ts"], packages: ["pino", "prom-client", "node:*"] },
  status: { layers: ["datastore", "observe", "xml"], packages: ["node:crypto"] },
  commands: { layers: ["access", "storage", "url"], packages: ["node:*"] },
  "package-files.ts": { layers: [], packages: ["node:fs", "node:url"] },
  "service-manager.ts": { layers: ["observe"], packages: ["node:child_process"] },
  "server.ts": EVERYTHING,
  "serve.ts": EVERYTHING,
  "check.ts": EVERYTHING,
  "lab-mode.ts": EVERYTHING,
  "main.ts": EVERYTHING,
  "datastore-worker.ts": EVERYTHING,
  "compaction-worker.ts": { layers: ["datastore", "yang", "storage"], packages: [] },
};

interface Import {
  readonly file: string;
  readonly target: string;
}

function* filesBelow(folder: string): Iterable<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesBelow(path);
    else if (name.endsWith(".ts")) yield path;
  }
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, "utf8");
  return [
    ...text.matchAll(/^(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\("([^"]+)"\)|^import\s+"([^"]+)"/gms),
  ].map((match) => ({
    file,
    target: (match[1] ?? match[2] ?? match[3]) as string,
  }));
}

/** `bgp/codec` for a codec, else the top folder, or the file itself where it lies straight in src/. */
function layerOf(path: string): string {
  const parts = relative(src, path).split("/");
  if (parts[1] === "codec") return `${parts[0]}/codec`;
  return parts[0] as string;
}

function isAllowed({ file, target }: Import): boolean {
  const layer = layerOf(file);
  const rule = rules[layer];
  if (rule === EVERYTHING) return layer in rules;
  if (target.startsWith(".")) {
    const other = layerOf(join(dirname(file), target));
    return (
      other === layer ||
      other.startsWith(`${layer}/`) ||
      rule.layers.includes(other) ||
      rule.layers.includes(other.split("/")[0] as string)
    );
  }
  return rule.packages.includes(target) || (target.startsWith("node:") && rule.packages.includes("node:*"));
}

test("every layer imports only what the architecture lets it", () => {
  const files = [...filesBelow(src)];
  expect(files.length).toBeGreaterThan(50);
  const forbidden = files
    .flatMap(importsOf)
    .filter((found) => !isAllowed(found))
    .map(({ file, target }) => `${relative(src, file)} imports ${target}`);
  expect(forbidden).toEqual([]);
});

test("every layer has a rule, and every rule a layer", () => {
  const found = new Set([...filesBelow(src)].map(layerOf));
  expect([...found].filter((layer) => !(layer in rules))).toEqual([]);
});
