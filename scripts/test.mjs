/** `npm test [-- vitest arguments]`: builds, then runs the tests; BMPCONFD_INTEROP=1 adds those against real peers. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { installPeers } from "./debian-peers.mjs";
import { orExit, ROOT, say, setUp } from "./setup.mjs";

await orExit(setUp);
if (process.env.BMPCONFD_INTEROP === "1") await orExit(installPeers);
else say("tests against real peers are left out; BMPCONFD_INTEROP=1 adds them");

const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
const { status, signal } = spawnSync(process.execPath, [vitest, "run", ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: "inherit",
});
if (signal !== null) process.kill(process.pid, signal);
process.exitCode = status ?? 1;
