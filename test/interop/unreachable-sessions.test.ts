import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bmp } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import { enterPrivateNetwork, SERVER_V4 } from "./harness/private-network.ts";
import { ServerProcess } from "./harness/server-process.ts";

enterPrivateNetwork();
afterAll(cleanUp);

const SESSIONS = 1_000;
const IDLE_S = 20;
/** `USER_HZ`, which is the same on all of Linux's architectures that Node.js runs on. */
const TICKS_PER_S = 100;

/** Seconds that the process has worked, in all its threads. */
function workedS(pid: number): number {
  const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [user, system] = fields.split(" ").slice(11, 13);
  return (Number(user) + Number(system)) / TICKS_PER_S;
}

test(`${SESSIONS} sessions with collectors that are not there cost no time while they wait`, async () => {
  const server = await ServerProcess.start();
  const client = await server.connect();
  const sessions = Array.from(
    { length: SESSIONS },
    (_, number) =>
      `<bmp-session><vpn-instance>_public_</vpn-instance><address>${SERVER_V4}</address><alias>${number}</alias>` +
      "<connect-retry><initial>3600</initial><maximum>3600</maximum></connect-retry></bmp-session>",
  );
  await client.configure(bmp(...sessions));
  await eventually("all are refused", async () => {
    const reply = await client.get(bmp("<bmp-session><state><down-reason>refused</down-reason></state></bmp-session>"));
    return reply.split("<down-reason>refused</down-reason>").length - 1 === SESSIONS;
  });
  // The snapshot of the commit is made in the background.
  await sleep(10_000);
  const before = workedS(server.daemon.pid);
  await sleep(IDLE_S * 1_000);
  expect(workedS(server.daemon.pid) - before).toBeLessThan(IDLE_S / 100);

  const started = performance.now();
  const sums = await client.get(bmp("<state/>"));
  expect(sums).toContain(`<sessions>${SESSIONS}</sessions><sessions-up>0</sessions-up>`);
  expect(performance.now() - started).toBeLessThan(1_000);
  await server.stop();
});
