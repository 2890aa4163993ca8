import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bmp } from "./harness/configuration.ts";
import { runToEnd } from "./harness/daemon.ts";
import { eventually } from "./harness/eventually.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";

enterPrivateNetwork();
let server: ServerProcess;
afterEach(() => server.stop());
afterAll(cleanUp);

const setName = (client: NetconfClient, name: string) => client.editConfig(bmp(`<system-name>${name}</system-name>`));
const nameIn = (text: string) => /<system-name>(.*)<\/system-name>/.exec(text)?.[1];
const commit = (client: NetconfClient, parameters: string) => client.rpc(`<commit>${parameters}</commit>`);
const history = async (client: NetconfClient) =>
  [...(await client.get('<commits xmlns="urn:bmpconfd:yang:commits"/>')).matchAll(/<kind>(.*?)<\/kind>/g)].map(
    ([, kind]) => kind,
  );

test("ncclient confirms, lets pass, cancels, and goes back in the history", async () => {
  server = await ServerProcess.start();
  const script = join(import.meta.dirname, "ncclient-confirmed.py");
  const args = ["127.0.0.1", String(server.netconfPort), USER, PASSWORD];
  const { code, stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", [script, ...args], { withinS: 60 });
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    capabilities: [
      "urn:ietf:params:netconf:capability:confirmed-commit:1.0",
      "urn:ietf:params:netconf:capability:confirmed-commit:1.1",
    ],
    "in-effect": ["timed-out"],
    "timed-out": ["first"],
    confirmed: ["confirmed"],
    cancelled: ["confirmed"],
    "nothing-to-cancel": "operation-failed",
    denied: ["lock-denied", "in-use", "invalid-value"],
    "session-bound": ["session-bound"],
    "session-ended": ["confirmed"],
    "wrong-token": ["invalid-value", "invalid-value"],
    persistent: ["persistent"],
    "cancel-without-token": "invalid-value",
    "persistent-cancelled": ["persistent"],
    // The newest first.
    kinds: (
      "revert confirmed-commit commit confirmed-commit confirmed-commit revert confirmed-commit revert confirmed-commit " +
      "commit confirmed-commit revert confirmed-commit commit"
    ).split(" "),
    loaded: ["first"],
    "rolled-back": ["first"],
  });
}, 180_000);

/** Kills the server, and starts it again with what is on disk. */
async function killed(): Promise<NetconfClient> {
  await server.stop("SIGKILL");
  server = await ServerProcess.start({ dataDir: server.dataDir });
  return server.connect();
}

test("after kill -9 a session-bound commit is undone, a persistent one goes on and can be confirmed or runs out", async () => {
  server = await ServerProcess.start();
  let client = await server.connect();
  await setName(client, "old");
  await client.commit();
  await setName(client, "bound");
  await commit(client, "<confirmed/>");
  client = await killed();
  expect(nameIn(await client.getConfig())).toBe("old");
  expect(await history(client)).toEqual(["revert", "confirmed-commit", "commit"]);

  await setName(client, "persistent");
  await commit(client, "<confirmed/><persist>token</persist>");
  client = await killed();
  expect(nameIn(await client.getConfig())).toBe("persistent");
  await commit(client, "<persist-id>token</persist-id>");
  client = await killed();
  expect(nameIn(await client.getConfig())).toBe("persistent");

  await setName(client, "short-lived");
  await commit(client, "<confirmed/><confirm-timeout>15</confirm-timeout><persist>token</persist>");
  const confirmedMs = performance.now();
  client = await killed();
  expect(nameIn(await client.getConfig())).toBe("short-lived");
  await eventually("it is undone", async () => nameIn(await client.getConfig()) === "persistent");
  expect(performance.now() - confirmedMs).toBeGreaterThan(14_900);
  expect((await history(client))[0]).toBe("revert");

  await setName(client, "over");
  await commit(client, "<confirmed/><confirm-timeout>1</confirm-timeout><persist>token</persist>");
  await server.stop("SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  client = await killed();
  expect(nameIn(await client.getConfig())).toBe("persistent");
}, 180_000);

test("kill -9 at any time leaves what was confirmed, and takes back what was not", async () => {
  server = await ServerProcess.start();
  let client = await server.connect();
  await setName(client, "round-0");
  await client.commit();
  let last = 0;
  for (let kill = 0; kill < 4; kill++) {
    /** Running after each confirmed commit that was begun, and each that was acknowledged as confirmed. */
    let [begun, acknowledged] = [last, last];
    setTimeout(() => void server.stop("SIGKILL"), 20 + Math.random() * 150);
    try {
      for (let round = last + 1; ; round++) {
        await setName(client, `round-${round}`);
        await commit(client, "<confirmed/>");
        begun = round;
        await client.commit();
        acknowledged = round;
      }
    } catch {
      // The server is gone.
    }
    client = await killed();
    // The confirming commit under way may have made it to disk; one that was not begun has not.
    const found = nameIn(await client.getConfig());
    expect([`round-${acknowledged}`, `round-${begun}`]).toContain(found);
    last = Number(found?.split("-")[1]);
  }
  expect(last).toBeGreaterThan(4);
}, 180_000);
