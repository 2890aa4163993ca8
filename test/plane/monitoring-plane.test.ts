import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import type { ActionCall, ConfigObject, UnitChange } from "../../src/datastore/subscriber.ts";
import { RpcError } from "../../src/errors/rpc-error.ts";
import { md5Capacity } from "../../src/net/linux-socket.ts";
import type { PlaneLimits } from "../../src/plane/limits.ts";
import { MonitoringPlane } from "../../src/plane/monitoring-plane.ts";
import type { PlaneEvent } from "../../src/plane/plane-event.ts";
import { actionPaths, unitPaths } from "../../src/plane/unit-paths.ts";

let plane: MonitoringPlane | undefined;
let collector: Server | undefined;
afterEach(async () => {
  await plane?.stop();
  collector?.close();
});

const setup = {
  bgpListen: [{ address: "127.0.0.1", port: 0 }],
  hostName: "router1",
  productDescription: "bmpconfd",
  mrtFolder: undefined,
};
const fake = new URL("./fake-plane-worker.mjs", import.meta.url);
const real = new URL("../../dist/plane/plane-worker.js", import.meta.url);

function start(workerUrl: URL, limits: Partial<PlaneLimits> = {}, more: object = {}): MonitoringPlane {
  plane = new MonitoringPlane(workerUrl, { ...setup, ...more }, () => {}, { prepareMs: 200, restartMs: 1, ...limits });
  return plane;
}

const unit = (name: string, after: ConfigObject = { device: name }): UnitChange => ({
  path: unitPaths.vpnInstance,
  keys: [name],
  after,
});
const gone = (name: string): UnitChange => ({ ...unit(name), after: undefined });
const resetOf = (name: string): ActionCall => ({ path: actionPaths.resetNeighbor, keys: [name], input: {} });
/** What the one document of state holds. */
const stateOf = ([document = "null"]: readonly string[]) => JSON.parse(document);
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => (error instanceof RpcError ? error.entries[0] : Promise.reject(error)),
  );

test("what was prepared is done when it is applied, not before", async () => {
  const plane = start(fake);
  await plane.start();
  const prepared = await plane.prepare([unit("a")]);
  expect(await plane.state()).toEqual(["[]"]);
  prepared.apply();
  expect(await plane.state()).toEqual(['[["a"]]']);
});

test("a large change reaches the plane in parts, and what follows it behind them", async () => {
  const plane = start(fake, { unitsPerMessage: 2 });
  await plane.start();
  (await plane.prepare(["a", "b", "c", "d", "e"].map((name) => unit(name)))).apply();
  (await plane.prepare([gone("b")])).apply();
  expect(stateOf(await plane.state())).toEqual([["a", "b"], ["c", "d"], ["e"], ["b"]]);
});

test("what a part needs reached the plane before it, whatever the order of the change", async () => {
  const plane = start(real, { unitsPerMessage: 1, prepareMs: 10_000, restartMs: 1_000_000 });
  await plane.start();
  const red = { path: unitPaths.vpnInstance, keys: ["red"], after: { name: "red", device: "lo" } };
  const neighbor: UnitChange = {
    path: unitPaths.neighbor,
    keys: ["192.0.2.1"],
    after: {
      address: "192.0.2.1",
      "vpn-instance": "red",
      "remote-as": "65001",
      enabled: "false",
      "connection-mode": "active",
      port: "179",
      "hold-time": "90",
      "connect-retry-time": "30",
      "address-family": ["ipv4-unicast"],
      "maximum-prefixes": "100",
      "prefix-warning-threshold": "90",
    },
  };
  (await plane.prepare([neighbor, red])).apply();
  expect((await plane.state()).join("")).toContain('"address":"192.0.2.1"');
});

test("the parts of a change: first what goes, what others depend on last of that, then what comes", async () => {
  const plane = start(fake, { unitsPerMessage: 2 });
  await plane.start();
  const session = (name: string, after?: ConfigObject): UnitChange => ({
    path: unitPaths.bmpSession,
    keys: [name],
    after,
  });
  plane.adopt([session("new", {}), gone("vpn2"), unit("vpn1"), session("old"), session("other", {})]);
  expect(stateOf(await plane.state())).toEqual([["old", "vpn2"], ["vpn1", "new"], ["other"]]);
});

test("a refusal reaches the commit", async () => {
  const plane = start(fake);
  await plane.start();
  expect(await refusal(plane.prepare([unit("no")]))).toMatchObject({ message: "no" });
});

test("a plane that does not answer refuses the commit", async () => {
  const plane = start(fake);
  await plane.start();
  expect(await refusal(plane.prepare([unit("silent")]))).toMatchObject({ tag: "operation-failed" });
});

test("a plane that ends unexpectedly comes back with the configuration in effect", async () => {
  const plane = start(fake);
  await plane.start();
  for (const name of ["a", "b", "c", "die"]) (await plane.prepare([unit(name)])).apply();
  await vi.waitFor(async () => expect(stateOf(await plane.state())).toEqual([["a", "b", "c", "die"]]));
  (await plane.prepare([gone("b")])).apply();
  expect(stateOf(await plane.state())).toEqual([["a", "b", "c", "die"], ["b"]]);
});

test("a plane that is down refuses at once, and stops at once", async () => {
  const never = 1_000_000;
  const plane = start(fake, { prepareMs: never, stateMs: never, stopMs: never, restartMs: never });
  await plane.start();
  for (const name of ["a", "die"]) (await plane.prepare([unit(name)])).apply();
  expect(await refusal(plane.state())).toMatchObject({ tag: "operation-failed" });
  expect(await refusal(plane.prepare([unit("b")]))).toMatchObject({ tag: "operation-failed" });
  await plane.stop();
});

test("what is applied while the plane starts again reaches it once, with all the rest", async () => {
  const plane = start(fake, {}, { starts: new SharedArrayBuffer(4) });
  await plane.start();
  for (const name of ["a", "die"]) (await plane.prepare([unit(name)])).apply();
  expect(await refusal(plane.state())).toMatchObject({ tag: "operation-failed" });
  await vi.waitFor(async () => (await plane.prepare([unit("b"), gone("a")])).apply());
  expect(await plane.state()).toEqual(["[]"]);
  expect(await plane.state()).toEqual(['[["die","b"]]']);
});

test("an action that the plane does not answer is given up after actionMs", async () => {
  const plane = start(fake, { actionMs: 20 });
  await plane.start();
  expect(await refusal(plane.perform(resetOf("silent")))).toEqual({
    type: "application",
    tag: "operation-failed",
    message: "The monitoring plane did not answer in time. Try again; the server's log may say why.",
  });
});

test("no action reaches a plane that starts again, and was told of nothing yet", async () => {
  const plane = start(fake, {}, { starts: new SharedArrayBuffer(4) });
  await plane.start();
  expect(await plane.perform(resetOf("a"))).toEqual({ for: "a" });
  for (const name of ["a", "die"]) (await plane.prepare([unit(name)])).apply();
  expect(await refusal(plane.state())).toMatchObject({ tag: "operation-failed" });
  // The new thread is there, and has not said that it has started: `prepare` reaches it.
  await vi.waitFor(async () => (await plane.prepare([unit("b")])).apply());
  expect(await refusal(plane.perform(resetOf("a")))).toEqual({
    type: "application",
    tag: "operation-failed",
    message: "The monitoring plane is being started again. Try again in a moment.",
  });
  expect(await plane.state()).toEqual(["[]"]);
  await vi.waitFor(async () => expect(await plane.perform(resetOf("a"))).toEqual({ for: "a" }));
});

const collectorUnit = (address: string, more: ConfigObject = {}): UnitChange => ({
  path: unitPaths.bmpSession,
  keys: ["_public_", address, ""],
  after: {
    "vpn-instance": "_public_",
    address,
    alias: "",
    enabled: "false",
    port: "11019",
    "connect-timeout": "10",
    "initial-delay": "0",
    "connect-retry": { initial: "30", maximum: "720" },
    "queue-limit": "65536",
    ...more,
  },
});

const neighborLeaves = (address: string): ConfigObject => ({
  address,
  "remote-as": "65001",
  enabled: "true",
  "connection-mode": "passive",
  port: "179",
  "tcp-md5": "secret",
  "hold-time": "90",
  "connect-retry-time": "30",
  "address-family": ["ipv4-unicast"],
  "maximum-prefixes": "100",
});

test("a session on an interface that does not exist is refused, unless it had it before", async () => {
  const plane = start(real);
  const here = collectorUnit("192.0.2.1", { "source-interface": "lo" });
  const gone = collectorUnit("2001:db8::9", { "source-interface": "nosuchdev0" });
  await plane.start();
  expect(await refusal(plane.prepare([here, gone]))).toEqual({
    type: "application",
    tag: "operation-failed",
    path: {
      text: "/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='2001:db8::9'][bmp:alias='']/bmp:source-interface",
      namespaces: { bmp: "urn:bmpconfd:yang:bmp" },
    },
    message:
      "The session with 2001:db8::9 cannot use interface 'nosuchdev0': device nosuchdev0 does not exist. Create the interface, or name another.",
  });
  plane.adopt([gone]);
  const described = collectorUnit("2001:db8::9", { "source-interface": "nosuchdev0", description: "rack 7" });
  expect(await refusal(plane.prepare([here, described]))).toBeUndefined();
});

test("a VPN instance on a device that does not exist is refused, with its path", async () => {
  const plane = start(real);
  await plane.start();
  expect(await refusal(plane.prepare([unit("red", { name: "red", device: "nosuchdev0" })]))).toEqual({
    type: "application",
    tag: "operation-failed",
    path: {
      text: "/vpn:vpn-instances/vpn:vpn-instance[vpn:name='red']/vpn:device",
      namespaces: { vpn: "urn:bmpconfd:yang:vpn-instance" },
    },
    message:
      "VPN instance 'red' cannot use device 'nosuchdev0': device nosuchdev0 does not exist. Create the device, or name another.",
  });
});

test("a VPN instance in a network namespace that does not exist is refused, with its path", async () => {
  const plane = start(real);
  await plane.start();
  expect(await refusal(plane.prepare([unit("red", { name: "red", "network-namespace": "nosuch" })]))).toMatchObject({
    tag: "operation-failed",
    path: { text: "/vpn:vpn-instances/vpn:vpn-instance[vpn:name='red']/vpn:network-namespace" },
    message:
      "VPN instance 'red' cannot use network namespace 'nosuch': network namespace nosuch does not exist. Create the namespace, or name another.",
  });
});

test("an address to listen on for collectors is bound when a change is prepared, and refused if it is in use", async () => {
  const plane = start(real);
  await plane.start();
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const listen: UnitChange = { path: unitPaths.bmpListen, keys: ["_public_", "127.0.0.1", String(port)], after: {} };
  expect(await refusal(plane.prepare([listen]))).toEqual({
    type: "application",
    tag: "in-use",
    path: {
      text: `/bmp:bmp/bmp:listen[bmp:vpn-instance='_public_'][bmp:address='127.0.0.1'][bmp:port='${port}']`,
      namespaces: { bmp: "urn:bmpconfd:yang:bmp" },
    },
    message:
      `The listener 127.0.0.1 port ${port} cannot be opened: listen EADDRINUSE: address already in use 127.0.0.1:${port}. ` +
      "Stop what uses the address, or give another one; one of this server's own that overlaps has to be removed by a commit before this one.",
  });
  taken.close();
  await once(taken, "close");
  (await plane.prepare([listen])).abort();
  // Whoever asks for state is answered when that is done.
  await plane.state();
  taken.listen(port, "127.0.0.1");
  await once(taken, "listening");
  taken.close();
  await once(taken, "close");
  (await plane.prepare([listen])).apply();
  expect(stateOf(await plane.state())).toEqual({
    "bmpconfd-bmp:bmp": {
      listen: [
        {
          "vpn-instance": "_public_",
          address: "127.0.0.1",
          port,
          state: {
            "oper-state": "listening",
            "refused-connections": "0",
            "discontinuity-time": expect.stringMatching(/^2.*Z$/),
          },
        },
      ],
    },
  });
});

test("neighbours with more TCP MD5 keys than a listener can have are refused; with as many they are not", async () => {
  const plane = start(real, { prepareMs: 10_000 });
  await plane.start();
  const keyed = (index: number): UnitChange => {
    const address = `10.0.${index >>> 8}.${index & 0xff}`;
    return { path: unitPaths.neighbor, keys: [address], after: neighborLeaves(address) };
  };
  const capacity = md5Capacity(100_000);
  const change = Array.from({ length: capacity + 1 }, (_, index) => keyed(index));
  expect(await refusal(plane.prepare(change))).toMatchObject({
    tag: "resource-denied",
    path: { text: expect.stringMatching(/neighbor\[.*\]\/bgp:tcp-md5$/) },
    message: expect.stringContaining(`a listener would have ${capacity + 1}, and the kernel has room for ${capacity}.`),
  });
  (await plane.prepare(change.slice(1))).apply();
  expect(await refusal(plane.prepare(change.slice(0, 1)))).toMatchObject({ tag: "resource-denied" });
  const gone = { ...keyed(1), after: undefined };
  expect(await refusal(plane.prepare([...change.slice(0, 1), gone]))).toBeUndefined();
});

test("what was committed before the start is in effect even where a device is missing now", async () => {
  const plane = start(real);
  await plane.start();
  plane.adopt([unit("red", { name: "red", device: "nosuchdev0" })]);
  expect(await plane.state()).toEqual([]);
});

test("a session dials its collector; its state is RFC 7951 JSON; stopping says Termination", async () => {
  collector = createServer();
  collector.listen(0, "127.0.0.1");
  await once(collector, "listening");
  const connection = once(collector, "connection") as Promise<[Socket]>;
  const plane = start(real);
  const events: PlaneEvent[] = [];
  plane.onEvent = (event, timeMs) => {
    expect(Math.abs(Date.now() - timeMs)).toBeLessThan(10_000);
    events.push(event);
  };
  const [bgp] = await plane.start();
  expect(bgp?.port).toBeGreaterThan(0);
  const key = { "vpn-instance": "_public_", address: "127.0.0.1", alias: "" };
  const session = {
    ...key,
    enabled: "true",
    port: String((collector.address() as AddressInfo).port),
    "connect-timeout": "5",
    "initial-delay": "0",
    "connect-retry": { initial: "1", maximum: "1" },
    "queue-limit": "67108864",
  };
  const change = [
    { path: unitPaths.bmp, keys: [], after: { "statistics-interval": "3600" } },
    { path: unitPaths.bmpSession, keys: ["_public_", "127.0.0.1", ""], after: session },
  ];
  (await plane.prepare(change)).apply();
  const [socket] = await connection;
  const received: Buffer[] = [];
  socket.on("data", (bytes: Buffer) => received.push(bytes));
  await vi.waitFor(async () => {
    const [sums, document] = (await plane.state()).map((json) => JSON.parse(json));
    expect(sums["bmpconfd-bmp:bmp"]["state"]).toMatchObject({ sessions: 1, "sessions-up": 1, "sent-messages": "1" });
    expect(document["bmpconfd-bmp:bmp"]["bmp-session"]).toMatchObject([
      { ...key, state: { "oper-state": "up", connections: "1", "sent-messages": { initiation: "1" } } },
    ]);
  });
  const closed = once(socket, "close");
  await plane.stop();
  await closed;
  const bytes = Buffer.concat(received);
  const initiationLength = bytes.readUInt32BE(1);
  expect([bytes[0], bytes[5]]).toEqual([3, 4]);
  expect([bytes[initiationLength], bytes[initiationLength + 5]]).toEqual([3, 5]);
  const told = { vpnInstance: "_public_", address: "127.0.0.1", alias: "" };
  expect(events).toEqual([
    { kind: "bmp-session", event: { kind: "up", session: told } },
    {
      kind: "bmp-session",
      event: {
        kind: "down",
        session: told,
        down: { reason: "administrative", text: "server shutting down" },
      },
    },
  ]);
});

test("the plane tells how its thread is doing", async () => {
  const plane = start(real);
  await plane.start();
  const { heapBytes, lag } = await plane.figures();
  expect(heapBytes).toBeGreaterThan(1024 * 1024);
  expect(lag).toEqual({ mean: 0, p99: 0, max: 0 });
});
