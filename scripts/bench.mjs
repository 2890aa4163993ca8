/** `npm run bench:NAME [-- ARGUMENTS]`: builds, installs what is compared with, then measures. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { installPackages } from "./debian-peers.mjs";
import { orExit, ROOT, run, setUp } from "./setup.mjs";

const COMPILED = join(ROOT, "dist-bench");
const PEERS = {
  bmp: ["frr", "gobgpd"],
  netconf: ["netconfd", "openssh-client", "openssh-server"],
};

const [name] = process.argv.splice(2, 1);
await orExit(setUp);
await orExit(() => installPackages(PEERS[name], "the bench's peers"));
// Always from scratch: it takes a second, and nothing outlives its source.
rmSync(COMPILED, { recursive: true, force: true });
await orExit(() => run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", "bench/tsconfig.json"]));
await import(pathToFileURL(join(COMPILED, name, "main.js")).href);
