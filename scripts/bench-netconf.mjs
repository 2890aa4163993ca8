/** `npm run bench:netconf [-- --quick]`: builds, installs the peer, then measures. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { installPackages } from "./debian-peers.mjs";
import { orExit, ROOT, run, setUp } from "./setup.mjs";

const COMPILED = join(ROOT, "dist-bench");

orExit(setUp);
orExit(() => installPackages(["netconfd", "openssh-client", "openssh-server"], "the bench's peer"));
// Always from scratch: it takes a second, and nothing outlives its source.
rmSync(COMPILED, { recursive: true, force: true });
orExit(() => run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", "bench/tsconfig.json"]));
await import(pathToFileURL(join(COMPILED, "netconf/main.js")).href);
