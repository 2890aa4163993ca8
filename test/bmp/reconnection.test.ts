import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { retryDelayMs } from "../../src/bmp/retry-delay.ts";
import { session } from "./engine-fixture.ts";
import { FakePeer } from "./fake-routes.ts";
import { testResources } from "./test-resources.ts";

const { collector, fixture } = testResources();

const START = Date.UTC(2026, 0, 1);

/** A port nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

test("the retry delay doubles up to the maximum (RFC 7854 3.2), chance takes off up to a quarter", () => {
  expect([1, 2, 3, 4, 5, 6, 7, 5000].map((failures) => retryDelayMs(failures, 30, 720, 0))).toEqual([
    30_000, 60_000, 120_000, 240_000, 480_000, 720_000, 720_000, 720_000,
  ]);
  expect([0, 0.5, 1].map((chance) => retryDelayMs(1, 100, 100, chance))).toEqual([100_000, 87_500, 75_000]);
});

describe("a collector that cannot be reached", () => {
  test("is tried again after the retry delay, and the state says so", async () => {
    const port = await freePort();
    const made = fixture({ random: () => 1 });
    made.start(session(port));
    const failed = await made.until(({ operState }) => operState === "waiting");
    expect(failed).toEqual({
      vpnInstance: "_public_",
      address: "127.0.0.1",
      alias: "",
      operState: "waiting",
      lastChange: START,
      connectAttempts: 1,
      connections: 0,
      upTransitions: 0,
      flaps: 0,
      nextConnectS: 23, // 22.5, rounded up
      resynchronisations: 0,
      queuedOctets: 0,
      sentOctets: 0,
      sentMessages: {
        routeMonitoring: 0,
        statisticsReport: 0,
        peerDown: 0,
        peerUp: 0,
        initiation: 0,
        termination: 0,
        routeMirroring: 0,
      },
      lostMirroredMessages: 0,
      discardedOctets: 0,
      discontinuityTime: START,
      downReason: "refused",
      lastError: `connect ECONNREFUSED 127.0.0.1:${port}`,
      lastErrorTime: START,
    });
    made.clock.advance(22_499);
    expect(made.state().operState).toBe("waiting");
    made.clock.advance(1);
    expect(made.state().operState).toBe("connecting");
    expect((await made.until(({ operState }) => operState === "waiting")).nextConnectS).toBe(45);
    expect(made.logLines.map(({ message }) => message)).toEqual([
      "collector cannot be reached",
      "collector cannot be reached",
    ]);
  });

  test("and does not answer either is given up after the connect timeout", async () => {
    const { Socket } = await import("node:net");
    const sockets: InstanceType<typeof Socket>[] = [];
    const made = fixture({
      dial: () => {
        const socket = new Socket();
        sockets.push(socket);
        return socket;
      },
    });
    made.start(session(1, { connectTimeoutS: 7 }));
    made.clock.advance(6_999);
    expect(made.state().operState).toBe("connecting");
    made.clock.advance(1);
    expect(made.state()).toMatchObject({
      operState: "waiting",
      nextConnectS: 30,
      lastError: "no connection within 7 s",
    });
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  test("because its socket cannot be made is an attempt that failed", () => {
    const made = fixture({
      dial: () => {
        throw new Error("no such device");
      },
    });
    made.start(session(1));
    expect(made.state()).toMatchObject({ operState: "waiting", connectAttempts: 1, lastError: "no such device" });
  });

  test("through a VPN instance that is not there is tried at once when it is", async () => {
    const server = await collector();
    const devices: (string | undefined)[] = [];
    const { dial } = await import("../../src/net/dial.ts");
    const made = fixture({
      dial: ({ device, ...options }) => {
        devices.push(device);
        return dial(options);
      },
    });
    made.start(session(server.port, { vpnInstance: "red" }));
    expect(made.state()).toMatchObject({ operState: "waiting", lastError: "VPN instance red is not configured" });
    made.engine.setVpnInstance({ name: "red", network: { device: "vrf-red" } });
    made.clock.advance(0);
    await (await server.connection()).untilCount(1);
    expect(devices).toEqual(["vrf-red"]);
  });
});

describe("the initial delay", () => {
  test("comes before the first attempt, and counts from the session's creation", async () => {
    const server = await collector();
    const made = fixture();
    made.engine.setSession(session(server.port, { initialDelayS: 60, enabled: false }));
    made.clock.advance(45_000);
    made.engine.setSession(session(server.port, { initialDelayS: 60 }));
    expect(made.state()).toMatchObject({ operState: "waiting", nextConnectS: 15 });
    made.clock.advance(14_999);
    expect(made.state().connectAttempts).toBe(0);
    made.clock.advance(1);
    await (await server.connection()).untilCount(1);
  });

  test("may be changed while it lasts", () => {
    const made = fixture({
      dial: () => {
        throw new Error("tried");
      },
    });
    made.start(session(1, { initialDelayS: 60 }));
    made.clock.advance(10_000);
    made.engine.setSession(session(1, { initialDelayS: 30 }));
    expect(made.state().nextConnectS).toBe(20);
    made.engine.setSession(session(1, { initialDelayS: 5 }));
    made.clock.advance(0);
    expect(made.state().connectAttempts).toBe(1);
  });
});

describe("a connection that ends", () => {
  test("at once, each time, is backed off from like one that fails", async () => {
    const server = await collector();
    const made = fixture();
    made.start(session(server.port, { connectRetryInitialS: 10, connectRetryMaximumS: 50 }));
    const delays: (number | undefined)[] = [];
    for (let round = 0; round < 5; round++) {
      const connection = await server.connection();
      connection.socket.end();
      const { nextConnectS } = await made.until(({ operState }) => operState === "waiting");
      delays.push(nextConnectS);
      made.clock.advance((nextConnectS ?? 0) * 1000);
    }
    expect(delays).toEqual([10, 20, 40, 50, 50]);
    expect(made.state()).toMatchObject({
      downReason: "closed-by-server",
      lastError: "the collector closed the connection",
    });
  });

  test("after it lasted longer than the wait would be starts the backoff anew", async () => {
    const server = await collector();
    const made = fixture();
    made.start(session(server.port, { connectRetryInitialS: 10, connectRetryMaximumS: 500 }));
    const delays: (number | undefined)[] = [];
    for (const lastingS of [0, 0, 39, 79, 160]) {
      const connection = await server.connection();
      await connection.untilCount(1);
      made.clock.advance(lastingS * 1000);
      connection.socket.end();
      const { nextConnectS } = await made.until(({ operState }) => operState === "waiting");
      delays.push(nextConnectS);
      made.clock.advance((nextConnectS ?? 0) * 1000);
    }
    expect(delays).toEqual([10, 20, 40, 80, 10]);
  });

  test("is followed by one with the present tables and nothing of the old", async () => {
    const server = await collector();
    const made = fixture();
    const peer = made.routes.up(new FakePeer(1));
    made.routes.announce(peer, 1, 1);
    made.start(session(server.port));
    const first = await server.connection();
    await first.untilCount(3);
    first.socket.resetAndDestroy();
    await made.until(({ operState }) => operState === "waiting");
    made.routes.withdraw(peer, 1);
    made.routes.announce(peer, 2, 2);
    made.routes.up(new FakePeer(2));
    made.clock.advance(30_000);
    const second = await server.connection();
    const view = await second.untilCount(4);
    expect(view.kinds).toEqual(["initiation", "peer-up", "peer-up", "route-monitoring"]);
    expect(view.tables).toEqual(
      new Map([
        ["192.0.2.1", new Map([[2, 2]])],
        ["192.0.2.2", new Map()],
      ]),
    );
    expect(made.state()).toMatchObject({
      operState: "up",
      connectAttempts: 2,
      connections: 2,
      upTransitions: 2,
      flaps: 1,
      sentMessages: { initiation: 2, peerUp: 3, routeMonitoring: 2 },
      localAddress: "127.0.0.1",
      localPort: second.socket.remotePort,
      nextStatisticsS: 3600,
      downReason: "connection-reset",
      lastError: "read ECONNRESET",
      lastErrorTime: START,
    });
  });

  test("because the collector sends data (RFC 7854 3.2): a little is discarded, more is not", async () => {
    const server = await collector();
    const made = fixture({ limits: { discardedBytes: 1000 } });
    made.start(session(server.port));
    const connection = await server.connection();
    await connection.untilCount(1);
    connection.socket.write(new Uint8Array(1000));
    made.routes.up(new FakePeer(1));
    await connection.untilCount(2);
    expect(made.state().operState).toBe("up");
    connection.socket.write(new Uint8Array(1));
    expect((await connection.closed()).messages.at(-1)).toEqual({
      kind: "termination",
      reason: 1,
      strings: ["the collector sends data"],
    });
    expect(await made.until(({ operState }) => operState === "waiting")).toMatchObject({
      downReason: "unexpected-data",
      lastError: "the collector sends data",
      discardedOctets: 1001,
    });
  });
});
