import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { dial } from "../../src/net/dial.ts";
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

test("what a change adds is bound before it is made; what cannot be is told, and nothing is bound then", async () => {
  const { address, port, server } = await takenPort();
  const [free, wanted] = [await takenPort(), { address: "127.0.0.1", port: 0 }];
  free.server.close();
  await once(free.server, "close");
  wanted.port = free.port;
  relay = new Relay({ log: () => {} });
  const { listeners } = relay;
  const taken = `listen EADDRINUSE: address already in use 127.0.0.1:${port}`;
  const problems = await listeners.prepare([wanted, { address, port }, { address: "192.0.2.1", port }]);
  expect(problems.map(({ id, error }) => [id, error.message])).toEqual([
    [`127.0.0.1 ${port}`, taken],
    [`192.0.2.1 ${port}`, `listen EADDRNOTAVAIL: address not available 192.0.2.1:${port}`],
  ]);
  const isFree = async () => {
    const other = createServer();
    const error = new Promise((resolve) => other.once("error", resolve));
    const isBound = await Promise.race([once(other.listen(wanted.port, wanted.address), "listening"), error]);
    other.close();
    return Array.isArray(isBound);
  };
  expect(await isFree()).toBe(true);
  server.close();

  expect(await listeners.prepare([wanted])).toEqual([]);
  expect(await isFree()).toBe(false);
  listeners.discard();
  expect(await isFree()).toBe(true);

  expect(await listeners.prepare([wanted])).toEqual([]);
  listeners.add(wanted);
  expect([...listeners.states()]).toEqual([{ ...wanted, boundPort: wanted.port }]);
  expect(await isFree()).toBe(false);
});

test("an address that is taken is tried again and again, which is logged once", async () => {
  const { address, port, server } = await takenPort();
  const log: string[] = [];
  relay = new Relay({ log: (_, message) => log.push(message), listenRetryMs: 10 });
  relay.listeners.add({ address, port });
  await until(() => log.length > 0);
  const [state] = relay.listeners.states();
  expect(state).toEqual({
    address,
    port,
    lastError: `listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
  });
  server.close();
  await until(() => [...(relay as Relay).listeners.states()].every(({ boundPort }) => boundPort === port));
  expect([...relay.listeners.states()]).toEqual([{ address, port, boundPort: port }]);
  expect(log).toEqual(["address for routers not bound; tried again", "listening for BMP of routers"]);
});

test("an address that is removed takes no more connections; the one that comes next may have its port", async () => {
  const { address, port, server } = await takenPort();
  server.close();
  await once(server, "close");
  relay = new Relay({ log: () => {}, listenRetryMs: 3_600_000 });
  relay.listeners.add({ address, port });
  await until(() => [...(relay as Relay).listeners.states()].every(({ boundPort }) => boundPort === port));
  relay.listeners.remove({ address, port });
  relay.listeners.add({ address: "0.0.0.0", port });
  await until(() => [...(relay as Relay).listeners.states()].every(({ boundPort }) => boundPort === port));
  relay.listeners.remove({ address: "0.0.0.0", port });
  await until(() => [...(relay as Relay).listeners.states()].length === 0);
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
