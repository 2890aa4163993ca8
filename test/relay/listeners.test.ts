import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { dial } from "../../src/net/dial.ts";
import { listenProblem } from "../../src/relay/listeners.ts";
import { Relay } from "../../src/relay/relay.ts";
import { INITIATION, RelayLab, ROUTER, until } from "./relay-lab.ts";

let relay: Relay | undefined;
let lab: RelayLab | undefined;
afterEach(async () => {
  await relay?.stop();
  await lab?.stop();
  [relay, lab] = [undefined, undefined];
});

async function takenPort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return { address: "127.0.0.1", port: (server.address() as AddressInfo).port, server };
}

test("what cannot be bound is told, and nothing is left of having asked", async () => {
  const { address, port, server } = await takenPort();
  expect(await listenProblem({ address, port })).toEqual({
    text: `listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
    isInUse: true,
  });
  expect(await listenProblem({ address: "192.0.2.1", port })).toEqual({
    text: `listen EADDRNOTAVAIL: address not available 192.0.2.1:${port}`,
    isInUse: false,
  });
  server.close();
  await once(server, "close");
  expect(await listenProblem({ address, port })).toBeUndefined();
  expect(await listenProblem({ address, port })).toBeUndefined();
});

test("an address that is taken is tried again and again, which is logged once", async () => {
  const { address, port, server } = await takenPort();
  const log: string[] = [];
  relay = new Relay({ log: (_, message) => log.push(message), limits: { bindRetryMs: 10 } });
  relay.setListen({ address, port });
  await until(() => log.length > 0);
  const [state] = relay.listenStates();
  expect(state).toEqual({
    address,
    port,
    lastError: `listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
  });
  server.close();
  await until(() => [...(relay as Relay).listenStates()].every(({ boundPort }) => boundPort === port));
  expect([...relay.listenStates()]).toEqual([{ address, port, boundPort: port }]);
  expect(log).toEqual(["address for routers not bound; tried again", "listening for BMP of routers"]);
});

test("an address that is removed takes no more connections; the one that comes next may have its port", async () => {
  const { address, port, server } = await takenPort();
  server.close();
  await once(server, "close");
  relay = new Relay({ log: () => {}, limits: { bindRetryMs: 3_600_000 } });
  relay.setListen({ address, port });
  await until(() => [...(relay as Relay).listenStates()].every(({ boundPort }) => boundPort === port));
  relay.removeListen({ address, port });
  relay.setListen({ address: "0.0.0.0", port });
  await until(() => [...(relay as Relay).listenStates()].every(({ boundPort }) => boundPort === port));
  relay.removeListen({ address: "0.0.0.0", port });
  await until(() => [...(relay as Relay).listenStates()].length === 0);
  const socket = connect(port, address);
  const [error] = await once(socket, "error");
  expect((error as NodeJS.ErrnoException).code).toMatch(/ECONNREFUSED|ECONNRESET/);
});

test("a router with a key connects only with signatures of that key (RFC 2385)", async () => {
  lab = new RelayLab();
  lab.configureRouter({ md5Key: "router's key" });
  const port = await lab.port();
  const from = (key: string | undefined) => {
    const socket = dial({
      address: "127.0.0.1",
      port,
      sourceAddress: ROUTER,
      ...(key !== undefined && { md5Key: key }),
    });
    socket.on("error", () => {});
    socket.write(INITIATION);
    return socket;
  };
  const [wrong, unsigned] = [from("another key"), from(undefined)];
  const right = from("router's key");
  await until(() => (lab as RelayLab).state().operState === "connected");
  expect([wrong.connecting, unsigned.connecting]).toEqual([true, true]);
  // A new key ends the connection.
  lab.configureRouter({ md5Key: "new key" });
  await until(() => right.destroyed || (lab as RelayLab).state().operState === "waiting");
  expect(lab.state().lastError).toBe("the tcp-md5 key was changed");
  for (const socket of [wrong, unsigned, right]) socket.destroy();
});
