import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import koffi from "koffi";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { BmpSessionConfig } from "../../src/bmp/config.ts";
import { dial } from "../../src/net/dial.ts";
import { fdOf } from "../../src/net/linux-socket.ts";
import { namespaceWith } from "../net/namespace.ts";
import { CollectedConnection } from "./collector.ts";
import { type EngineFixture, session } from "./engine-fixture.ts";
import { FakePeer } from "./fake-routes.ts";
import { testResources } from "./test-resources.ts";

const { fixture } = testResources();
const NAMESPACE = namespaceWith();

/** On loopback what is wanted is answered at once. */
const UNANSWERED_MS = 200;

const setsockopt = koffi.load(null).func("int setsockopt(int, int, int, const int *, uint32_t)");
const IPPROTO_TCP = 6;
const TCP_REPAIR = 19;

/** What a host does that loses its power: the connection is gone, and nobody was told. Needs root. */
function losePower({ socket }: CollectedConnection): void {
  if (setsockopt(fdOf(socket), IPPROTO_TCP, TCP_REPAIR, [1], 4) !== 0) throw new Error("TCP_REPAIR: run as root");
  socket.destroy();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const passive = (localPort: number, changes: Partial<BmpSessionConfig> = {}): BmpSessionConfig =>
  session(11019, { connectionMode: "passive", localPort, ...changes });

/** An engine that listens at `port`, on the IPv4 loopback addresses unless told otherwise. */
async function listening(options: { address?: string } = {}) {
  const made = fixture();
  const port = await freePort();
  await listenAt(made, port, options.address);
  return { made, port };
}

async function listenAt(made: EngineFixture, port: number, address = "0.0.0.0"): Promise<void> {
  made.engine.listeners.add({ vpnInstance: "_public_", address, port });
  await vi.waitFor(() => expect([...made.engine.listeners.states({ port })]).toMatchObject([{ isListening: true }]));
}

interface Dialling {
  readonly from?: string;
  readonly to?: string;
  readonly md5Key?: string;
  readonly namespace?: string;
}

/** A collector that connects. */
function connect(port: number, { from, to = "127.0.0.1", md5Key, namespace }: Dialling = {}): CollectedConnection {
  const socket = dial({
    address: to,
    port,
    ...(from !== undefined && { sourceAddress: from }),
    ...(md5Key !== undefined && { md5Key }),
    ...(namespace !== undefined && { namespace }),
  });
  onTestFinished(() => void socket.destroy());
  return new CollectedConnection(socket);
}

/** What of a connection that is refused comes: nothing, and its end. */
const isRefused = async (connection: CollectedConnection): Promise<boolean> =>
  (await connection.closed()).messages.length === 0;

describe("a passive session (RFC 7854 section 3.2)", () => {
  test("waits for its collector, and sends what an active one does", async () => {
    const { made, port } = await listening();
    const peer = made.routes.up(new FakePeer(1));
    made.routes.announce(peer, 1, 1);
    made.start(passive(port));
    expect(made.state()).toMatchObject({ operState: "listening", connectAttempts: 0, refusedConnections: 0 });
    expect(made.state()).not.toHaveProperty("nextConnectS");
    const collector = connect(port);
    const { kinds, tables } = await collector.untilCount(3);
    expect(kinds).toEqual(["initiation", "peer-up", "route-monitoring"]);
    expect(tables).toEqual(new Map([["192.0.2.1", new Map([[1, 1]])]]));
    expect(await made.until(({ operState }) => operState === "up")).toMatchObject({
      connectAttempts: 1,
      connections: 1,
      localPort: port,
      nextStatisticsS: 3600,
    });
    made.routes.announce(peer, 2, 7);
    expect((await collector.untilCount(4)).tables.get("192.0.2.1")).toEqual(
      new Map([
        [1, 1],
        [2, 7],
      ]),
    );
    made.clock.advance(3_600_000);
    expect((await collector.untilCount(5)).kinds.at(-1)).toBe("statistics-report");
  });

  test("waits again, without backoff, when the collector has closed", async () => {
    const { made, port } = await listening();
    made.start(passive(port));
    const first = connect(port);
    await first.untilCount(1);
    first.socket.destroy();
    expect(await made.until(({ operState }) => operState === "listening")).toMatchObject({
      downReason: expect.stringMatching(/^(closed-by-server|connection-reset)$/),
    });
    await connect(port).untilCount(1);
    expect(await made.until(({ operState }) => operState === "up")).toMatchObject({ connections: 2 });
  });

  test("tells its collector by Termination that it goes, is disabled or is reset", async () => {
    const { made, port } = await listening();
    const last = async (connection: CollectedConnection) => (await connection.closed()).messages.at(-1);
    made.start(passive(port));
    const first = connect(port);
    await first.untilCount(1);
    expect(made.engine.resetSession({ vpnInstance: "_public_", address: "127.0.0.1", alias: "" }, "stale")).toBe(
      undefined,
    );
    expect(await last(first)).toEqual({ kind: "termination", reason: 0, strings: ["stale"] });
    const second = connect(port);
    await second.untilCount(1);
    made.engine.setSession(passive(port, { enabled: false }));
    expect(await last(second)).toEqual({ kind: "termination", reason: 0, strings: ["session disabled"] });
    expect(await isRefused(connect(port))).toBe(true);
    made.engine.setSession(passive(port));
    const third = connect(port);
    await third.untilCount(1);
    made.engine.removeSession({ vpnInstance: "_public_", address: "127.0.0.1", alias: "" });
    expect(await last(third)).toEqual({ kind: "termination", reason: 4, strings: ["session removed"] });
    expect(await isRefused(connect(port))).toBe(true);
  });

  test("reset in the moment in which its collector is back already takes the new connection", async () => {
    const { made, port } = await listening();
    made.start(passive(port));
    const first = connect(port);
    await first.untilCount(1);
    // The collector does not read on, so that our end stays open.
    first.socket.pause();
    made.engine.resetSession({ vpnInstance: "_public_", address: "127.0.0.1", alias: "" }, "stale");
    const second = connect(port);
    await vi.waitFor(() => expect(made.state().connectAttempts).toBe(2));
    expect(made.state()).toMatchObject({ operState: "closing", refusedConnections: 0 });
    made.clock.advance(2_000);
    await second.untilCount(1);
    expect(await made.until(({ operState }) => operState === "up")).toMatchObject({ connections: 2 });
  });

  test("changes its mode, and back", async () => {
    const { made, port } = await listening();
    const answered = await freePort();
    const collector = createServer().listen(answered, "127.0.0.1");
    onTestFinished(() => void collector.close());
    made.start(session(answered, { initialDelayS: 60 }));
    expect(made.state().operState).toBe("waiting");
    made.engine.setSession(passive(port));
    expect(made.state().operState).toBe("listening");
    const first = connect(port);
    await first.untilCount(1);
    made.engine.setSession(session(answered));
    expect((await first.closed()).messages.at(-1)).toMatchObject({ kind: "termination", reason: 0 });
    const dialled = once(collector, "connection") as Promise<[Socket]>;
    made.clock.advance(0);
    const [socket] = await dialled;
    onTestFinished(() => void socket.destroy());
    expect(await isRefused(connect(port))).toBe(true);
  });
});

describe("a second connection of a collector", () => {
  test("is refused after a while when the first one lives, which goes on", async () => {
    const { made, port } = await listening();
    made.start(passive(port));
    const first = connect(port);
    await first.untilCount(1);
    const second = connect(port);
    const third = connect(port);
    expect(await isRefused(third)).toBe(true);
    expect(made.state()).toMatchObject({ connectAttempts: 3, refusedConnections: 1 });
    made.clock.advance(5_000);
    expect(await isRefused(second)).toBe(true);
    expect(made.state()).toMatchObject({ operState: "up", connections: 1, refusedConnections: 2 });
    made.routes.up(new FakePeer(1));
    await first.untilCount(2);
  });

  test("takes the place of the first one when that is dead", async () => {
    const { made, port } = await listening();
    made.start(passive(port));
    const first = connect(port);
    await first.untilCount(1);
    const second = connect(port);
    await vi.waitFor(() => expect(made.state().connectAttempts).toBe(2));
    first.socket.resetAndDestroy();
    await second.untilCount(1);
    expect(await made.until(({ operState }) => operState === "up")).toMatchObject({
      connections: 2,
      refusedConnections: 0,
    });
    made.clock.advance(5_000);
    await nextTurn();
    expect(made.state().operState).toBe("up");
  });

  test("takes the place of the first one when that collector has lost its power meanwhile", async () => {
    const { made, port } = await listening();
    made.start(passive(port));
    const first = connect(port);
    await first.untilCount(1);
    await made.until(({ operState }) => operState === "up");
    losePower(first);
    await new Promise((resolve) => setTimeout(resolve, UNANSWERED_MS));
    expect(made.state().operState).toBe("up");
    const second = connect(port);
    await second.untilCount(1);
    expect(made.state()).toMatchObject({ connections: 2, lastError: expect.stringContaining("ECONNRESET") });
  });

  test("waits for the end of a first one that is cut off", async () => {
    const { made, port } = await listening();
    const peer = made.routes.up(new FakePeer(1));
    made.start(passive(port, { queueLimitBytes: 65536 }));
    const first = connect(port);
    await first.untilCount(2);
    first.socket.pause();
    const second = connect(port);
    await vi.waitFor(() => expect(made.state().connectAttempts).toBe(2));
    for (let announced = 0; made.state().operState === "up"; announced++) {
      made.routes.announce(peer, announced % 1000, announced);
      if (announced % 500 === 0) await nextTurn();
    }
    expect(made.state()).toMatchObject({ operState: "closing", connections: 1, resynchronisations: 1 });
    made.clock.advance(2_000);
    await second.untilCount(2);
    expect(await made.until(({ operState }) => operState === "up")).toMatchObject({ connections: 2 });
    // And it is what the session knows of.
    made.engine.setSession(passive(port, { enabled: false }));
    expect(made.state().operState).toBe("closing");
  });

  test("is refused when the session has another key since: it was opened with the old one", async () => {
    const { made, port } = await listening();
    made.start(passive(port, { md5Key: "old" }));
    const first = connect(port, { md5Key: "old" });
    await first.untilCount(1);
    const second = connect(port, { md5Key: "old" });
    await vi.waitFor(() => expect(made.state().connectAttempts).toBe(2));
    made.engine.setSession(passive(port, { md5Key: "new" }));
    await vi.waitFor(() => expect(made.state().refusedConnections).toBe(1));
    made.clock.advance(2_000);
    await made.until(({ operState }) => operState === "listening");
    const third = connect(port, { md5Key: "new" });
    await third.untilCount(1);
    expect(second.view.messages).toEqual([]);
  });

  test("that has gone again leaves the way free for a third", async () => {
    const { made, port } = await listening();
    made.start(passive(port));
    await connect(port).untilCount(1);
    const second = connect(port);
    await once(second.socket, "connect");
    await vi.waitFor(() => expect(made.state().connectAttempts).toBe(2));
    made.clock.advance(5_000);
    expect(await isRefused(second)).toBe(true);
    const third = connect(port);
    await vi.waitFor(() => expect(made.state().connectAttempts).toBe(3));
    expect(made.state()).toMatchObject({ operState: "up", refusedConnections: 1 });
    made.clock.advance(5_000);
    expect(await isRefused(third)).toBe(true);
  });

  test("is refused when connections come too often, until time has passed or an operator resets", async () => {
    const { made, port } = await listening();
    made.start(passive(port));
    const inTurn = async () => {
      const connection = connect(port);
      await connection.untilCount(1);
      connection.socket.destroy();
      await made.until(({ operState }) => operState === "listening");
    };
    await inTurn();
    await inTurn();
    expect(await isRefused(connect(port))).toBe(true);
    made.clock.advance(29_999);
    expect(await isRefused(connect(port))).toBe(true);
    made.clock.advance(1);
    await inTurn();
    expect(await isRefused(connect(port))).toBe(true);
    made.engine.resetSession({ vpnInstance: "_public_", address: "127.0.0.1", alias: "" }, "reset");
    await inTurn();
    expect(made.state()).toMatchObject({ connections: 4, refusedConnections: 3 });
  });
});

describe("whose a connection is", () => {
  test("that comes from no session's address is refused and counted", async () => {
    const { made, port } = await listening();
    made.start(passive(port));
    expect(await isRefused(connect(port, { from: "127.0.0.7" }))).toBe(true);
    expect(await isRefused(connect(port, { from: "127.0.0.8" }))).toBe(true);
    expect([...made.engine.listeners.states()]).toMatchObject([
      { refusedConnections: 2, lastRefusedAddress: "127.0.0.8" },
    ]);
    expect(made.state()).toMatchObject({ connectAttempts: 0, refusedConnections: 0 });
    await connect(port).untilCount(1);
  });

  test("from one address is told by the port, and by nothing else", async () => {
    const { made, port } = await listening();
    const other = await freePort();
    await listenAt(made, other);
    made.start(passive(port, { alias: "one" }));
    made.start(passive(other, { alias: "other" }));
    await connect(other).untilCount(1);
    await made.until(({ operState }) => operState === "up", "other");
    expect(made.state("one").operState).toBe("listening");
    await connect(port).untilCount(1);
    await made.until(({ operState }) => operState === "up", "one");
  });

  test("of IPv4 is known on a listener for all addresses, and IPv6 as well", async () => {
    const { made, port } = await listening({ address: "::" });
    made.start(passive(port, { alias: "v4" }));
    made.start(passive(port, { alias: "v6", address: "::1" }));
    await connect(port).untilCount(1);
    await connect(port, { to: "::1" }).untilCount(1);
    await made.until(({ operState }) => operState === "up", "v4");
    await made.until(({ operState }) => operState === "up", "v6");
  });

  test("is told by the VPN instance, too", async () => {
    const { made, port } = await listening();
    made.engine.setVpnInstance({ name: "red", network: { namespace: NAMESPACE } });
    made.engine.listeners.add({ vpnInstance: "red", address: "::", port });
    await vi.waitFor(() =>
      expect([...made.engine.listeners.states({ vpnInstance: "red" })]).toMatchObject([{ isListening: true }]),
    );
    made.start(passive(port, { vpnInstance: "red", alias: "inside" }));
    expect(await isRefused(connect(port))).toBe(true);
    await connect(port, { namespace: NAMESPACE }).untilCount(1);
    await made.until(({ operState }) => operState === "up", "inside");
    made.engine.setVpnInstance({ name: "red", network: {} });
    await made.until(({ operState }) => operState === "listening", "inside");
    await expect(once(connect(port, { namespace: NAMESPACE }).socket, "connect")).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });

  test("with a key needs the key of its session (RFC 2385)", async () => {
    const { made, port } = await listening();
    const answer = (md5Key?: string) =>
      Promise.race([
        connect(port, md5Key === undefined ? {} : { md5Key })
          .untilCount(1)
          .then(() => "sent"),
        new Promise((resolve) => setTimeout(resolve, UNANSWERED_MS, "nothing")),
      ]);
    made.start(passive(port, { md5Key: "first" }));
    expect([await answer(), await answer("other")]).toEqual(["nothing", "nothing"]);
    expect(await answer("first")).toBe("sent");
    made.engine.setSession(passive(port, { md5Key: "second" }));
    made.clock.advance(2_000);
    expect([await answer("first"), await answer("second")]).toEqual(["nothing", "sent"]);
  });

  test("follows the session to another port, also when two exchange theirs", async () => {
    const { made, port } = await listening();
    const other = await freePort();
    await listenAt(made, other);
    made.start(passive(port, { alias: "one", md5Key: "k1" }));
    made.start(passive(other, { alias: "two" }));
    made.engine.setSession(passive(other, { alias: "one" }));
    made.engine.setSession(passive(port, { alias: "two", md5Key: "k2" }));
    await connect(other).untilCount(1);
    await made.until(({ operState }) => operState === "up", "one");
    await connect(port, { md5Key: "k2" }).untilCount(1);
    await made.until(({ operState }) => operState === "up", "two");
  });
});

describe("a listener", () => {
  test("that is removed takes no more connections; those that are open go on", async () => {
    const { made, port } = await listening();
    made.start(passive(port));
    const collector = connect(port);
    await collector.untilCount(1);
    made.engine.listeners.remove({ vpnInstance: "_public_", address: "0.0.0.0", port });
    await expect(once(connect(port).socket, "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    made.routes.up(new FakePeer(1));
    await collector.untilCount(2);
    expect([...made.engine.listeners.states()]).toEqual([]);
  });

  test("bound for a change that is not made is given back, and takes no connection before", async () => {
    const made = fixture();
    const port = await freePort();
    const entry = { vpnInstance: "_public_", address: "127.0.0.1", port };
    made.start(passive(port));
    expect(await made.engine.listeners.prepare([entry], () => ({}))).toEqual([]);
    expect(await isRefused(connect(port))).toBe(true);
    made.engine.listeners.discard();
    await expect(once(connect(port).socket, "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(await made.engine.listeners.prepare([entry], () => ({}))).toEqual([]);
    made.engine.listeners.add(entry);
    await connect(port).untilCount(1);
  });

  test("whose address is in use is refused when it is prepared, with all else", async () => {
    const { made, port } = await listening();
    const free = await freePort();
    const entry = { vpnInstance: "_public_", address: "127.0.0.1", port };
    const problems = await made.engine.listeners.prepare([{ ...entry, port: free }, entry], () => ({}));
    expect(problems).toMatchObject([
      { id: JSON.stringify(["_public_", "127.0.0.1", port]), error: { code: "EADDRINUSE" } },
    ]);
    await expect(once(connect(free).socket, "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("that cannot be bound though it has to be says so, and is there once it can", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const made = fixture();
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const state = () => [...made.engine.listeners.states()][0];
    made.engine.listeners.add({ vpnInstance: "_public_", address: "127.0.0.1", port });
    while (state()?.lastError === undefined) await nextTurn();
    expect(state()).toMatchObject({ isListening: false, lastError: expect.stringContaining("EADDRINUSE") });
    expect(made.logLines).toMatchObject([{ level: "error", message: "cannot listen for collectors" }]);
    taken.close();
    await once(taken, "close");
    vi.advanceTimersByTime(10_000);
    while (state()?.isListening !== true) await nextTurn();
    expect(state()).not.toHaveProperty("lastError");
  });
});
