import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { announcePdu } from "../bmp/bgp-pdus.ts";
import { INITIATION, peerHeader, peerUp, ROUTER, route } from "../relay/relay-lab.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { runToEnd } from "./harness/daemon.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";

enterPrivateNetwork();
afterAll(cleanUp);

const RELAY_PORT = 11_030;

/** A router that tries until it is taken. */
async function connectedRouter(): Promise<Socket> {
  for (;;) {
    const socket = connect({ host: "127.0.0.1", port: RELAY_PORT, localAddress: ROUTER });
    const error = await Promise.race([once(socket, "connect").then(() => undefined), once(socket, "error")]).catch(
      (cause: unknown) => cause,
    );
    if (error === undefined) return socket;
    await delay(50);
  }
}

test("ncclient configures the relay, is refused what cannot be, and reads its state", async () => {
  const server = await ServerProcess.start();
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const script = join(import.meta.dirname, "ncclient-relay.py");
  const args = ["127.0.0.1", String(server.netconfPort), USER, PASSWORD, String(RELAY_PORT), String(port), ROUTER];
  const ncclient = runToEnd("ncclient", "/usr/bin/python3", [script, ...args]);
  const router = await connectedRouter();
  router.on("error", () => {});
  const peer = peerHeader(1);
  router.write(Buffer.concat([INITIATION, peerUp(peer), route(peer, announcePdu(1, 1))]));
  const { code, stdout, stderr } = await ncclient;
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(JSON.parse(stdout.split("\n")[1] ?? "")).toEqual({
    multicast: [
      "application",
      "operation-failed",
      "must-violation",
      "/relay:relay/relay:router[relay:address='224.0.0.1']/relay:address",
      "A router has a unicast address.",
    ],
    "port-0": ["application", "invalid-value", null, "/relay:relay/relay:listen", "A TCP port is 1 to 65535."],
    taken: [
      "application",
      "in-use",
      null,
      `/relay:relay/relay:listen[relay:address='127.0.0.1'][relay:port='${port}']/relay:address`,
      `Address 127.0.0.1 port ${port} for routers cannot be bound: listen EADDRINUSE: address already in use 127.0.0.1:${port}. Stop what uses the address, or give another one; one of this server's own that overlaps has to be removed by a commit before this one.`,
    ],
    state: { "sys-name": "r1.example", peers: "1", routes: "1", initiation: "1" },
    "last-error": "router disabled",
    gone: {},
  });
  taken.close();
  router.destroy();
  await server.stop();
});
