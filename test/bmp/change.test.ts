import { describe, expect, test } from "vitest";
import type { BmpSessionConfig } from "../../src/bmp/config.ts";
import { dial } from "../../src/net/dial.ts";
import { BMP, session } from "./engine-fixture.ts";
import { FakePeer } from "./fake-routes.ts";
import { renewed } from "./renewed.ts";
import { testResources } from "./test-resources.ts";

const { collector, fixture } = testResources();

describe("a change of a connected session", () => {
  test.each<[string, Partial<BmpSessionConfig>]>([
    ["nothing", {}],
    ["the description", { description: "new" }],
    ["the statistics interval", { statisticsIntervalS: 15 }],
    ["the queue limit", { queueLimitBytes: 65536 }],
    ["the retry times", { connectRetryInitialS: 1, connectRetryMaximumS: 2 }],
    ["the initial delay", { initialDelayS: 3600 }],
    ["the connect timeout", { connectTimeoutS: 1 }],
  ])("of %s keeps the connection", async (_what, change) => {
    const server = await collector();
    const made = fixture();
    made.start(session(server.port));
    const connection = await server.connection();
    await connection.untilCount(1);
    made.engine.setSession(session(server.port, change));
    made.clock.advance(5_000);
    made.routes.up(new FakePeer(1));
    expect((await connection.untilCount(2)).kinds).toEqual(["initiation", "peer-up"]);
    expect(made.state()).toMatchObject({ operState: "up", connectAttempts: 1 });
  });

  test("of the source address ends it with Termination and connects anew at once", async () => {
    const server = await collector();
    const made = fixture();
    const second = await renewed(made, server, { sourceAddress: "127.0.0.5" });
    expect(second.socket.remoteAddress).toBe("127.0.0.5");
    expect(await made.until(({ operState }) => operState === "up")).toMatchObject({
      localAddress: "127.0.0.5",
      connectAttempts: 2,
      downReason: "reconfigured",
      lastError: "session reconfigured",
    });
  });

  test("of the port takes it to the other collector", async () => {
    const [before, after] = [await collector(), await collector()];
    const made = fixture();
    made.start(session(before.port));
    const first = await before.connection();
    await first.untilCount(1);
    made.engine.setSession(session(after.port));
    made.clock.advance(0);
    expect((await first.closed()).kinds).toEqual(["initiation", "termination"]);
    await (await after.connection()).untilCount(1);
    expect(before.connections).toHaveLength(1);
  });

  test("of the source interface connects anew, through that device", async () => {
    const server = await collector();
    const made = fixture();
    made.start(session(server.port));
    const first = await server.connection();
    await first.untilCount(1);
    made.engine.setSession(session(server.port, { sourceInterface: "lo", sourceAddress: "127.0.0.5" }));
    made.clock.advance(0);
    expect((await first.closed()).kinds).toEqual(["initiation", "termination"]);
    const second = await server.connection();
    await second.untilCount(1);
    expect(second.socket.remoteAddress).toBe("127.0.0.5");
    made.engine.setSession(session(server.port, { sourceInterface: "nosuchdev0" }));
    made.clock.advance(0);
    await second.closed();
    expect(await made.until(({ connectAttempts }) => connectAttempts === 3)).toMatchObject({
      operState: "waiting",
      downReason: "local-error",
      lastError: "device nosuchdev0 does not exist",
      nextConnectS: 30,
    });
  });

  test("of the TCP MD5 key connects anew, signed with it, and leaves other sessions alone", async () => {
    const server = await collector();
    const keyed = (key: string) => server.setMd5Key({ address: "127.0.0.1", key });
    const made = fixture();
    made.start(session(server.port, { alias: "other" }));
    const other = await server.connection();
    await other.untilCount(1);
    keyed("first");
    made.start(session(server.port, { md5Key: "first" }));
    const first = await server.connection();
    await first.untilCount(1);
    keyed("second");
    made.engine.setSession(session(server.port, { md5Key: "second" }));
    made.clock.advance(0);
    expect((await first.closed()).kinds).toEqual(["initiation", "termination"]);
    await (await server.connection()).untilCount(1);
    expect(await made.until(({ operState }) => operState === "up")).toMatchObject({ connectAttempts: 2 });
    expect(other.isClosed).toBe(false);
    made.engine.setSession(session(server.port, { md5Key: "wrong" }));
    await made.until(({ operState, connectAttempts }) => {
      made.clock.advance(0);
      return operState === "connecting" && connectAttempts === 3;
    });
    made.clock.advance(10_000);
    expect(made.state()).toMatchObject({
      operState: "waiting",
      downReason: "timeout",
      lastError: "no connection within 10 s; does the server have the same tcp-md5 key?",
    });
  });

  test("of its timeouts connects anew", async () => {
    const server = await collector();
    const made = fixture();
    made.start(session(server.port));
    const first = await server.connection();
    await first.untilCount(1);
    made.engine.setSession(session(server.port, { timeouts: { ...session(1).timeouts, userTimeoutS: 30 } }));
    made.clock.advance(0);
    await first.closed();
    await (await server.connection()).untilCount(1);
  });

  test("opens the new connection only when the old one is gone", async () => {
    const server = await collector();
    const made = fixture();
    made.start(session(server.port));
    const first = await server.connection();
    await first.untilCount(1);
    first.socket.pause();
    made.engine.setSession(session(server.port, { sourceAddress: "127.0.0.5" }));
    made.clock.advance(0);
    expect(made.state()).toMatchObject({ operState: "closing", nextConnectS: 0, connectAttempts: 1 });
    made.clock.advance(2_000);
    await (await server.connection()).untilCount(1);
  });

  test("of its VPN instance's device connects anew, and leaves other sessions alone", async () => {
    const server = await collector();
    const devices: (string | undefined)[] = [];
    const made = fixture({
      dial: ({ device, ...options }) => {
        devices.push(device);
        return dial(options);
      },
    });
    made.engine.setVpnInstance({ name: "red", network: { device: "red0" } });
    made.engine.setVpnInstance({ name: "blue", network: { device: "blue0" } });
    made.start(session(server.port, { vpnInstance: "red", alias: "r" }));
    const red = await server.connection();
    made.start(session(server.port, { vpnInstance: "blue", alias: "b" }));
    const blue = await server.connection();
    made.start(session(server.port, { alias: "p" }));
    const open = await server.connection();
    await Promise.all([red, blue, open].map((connection) => connection.untilCount(1)));
    made.engine.setVpnInstance({ name: "blue", network: { device: "blue0" } });
    made.engine.setVpnInstance({ name: "red", network: { device: "red1" } });
    made.clock.advance(0);
    expect((await red.closed()).kinds).toEqual(["initiation", "termination"]);
    await (await server.connection()).untilCount(1);
    expect(devices).toEqual(["red0", "blue0", undefined, "red1"]);
    expect([blue.isClosed, open.isClosed]).toEqual([false, false]);
    made.engine.removeVpnInstance("red");
    expect(made.state("r").operState).toBe("closing");
  });

  test("leaves all other sessions alone", async () => {
    const server = await collector();
    const made = fixture();
    made.start(session(server.port, { alias: "kept" }));
    const kept = await server.connection();
    made.start(session(server.port, { alias: "changed" }));
    const changed = await server.connection();
    await Promise.all([kept.untilCount(1), changed.untilCount(1)]);
    made.engine.setSession(session(server.port, { alias: "changed", sourceAddress: "127.0.0.5" }));
    await changed.closed();
    made.engine.removeSession(session(server.port, { alias: "changed" }));
    made.routes.up(new FakePeer(1));
    expect((await kept.untilCount(2)).kinds).toEqual(["initiation", "peer-up"]);
    expect([...made.engine.sessionStates()].map(({ alias }) => alias)).toEqual(["kept"]);
  });
});

describe("a change of a session that waits", () => {
  const unreachable = () => {
    throw new Error("unreachable");
  };

  test("of the retry times counts from the last failure", () => {
    const made = fixture({ dial: unreachable });
    made.start(session(1));
    made.clock.advance(10_000);
    made.engine.setSession(session(1, { connectRetryInitialS: 15 }));
    expect(made.state()).toMatchObject({ nextConnectS: 5, connectAttempts: 1 });
    made.clock.advance(5_000);
    expect(made.state()).toMatchObject({ nextConnectS: 30, connectAttempts: 2 });
  });

  test("of the port tries it at once and forgets the failures", () => {
    const made = fixture({ dial: unreachable });
    made.start(session(1));
    made.clock.advance(30_000);
    expect(made.state()).toMatchObject({ nextConnectS: 60 });
    made.engine.setSession(session(2));
    made.clock.advance(0);
    expect(made.state()).toMatchObject({ nextConnectS: 30, connectAttempts: 3 });
  });

  test("of the port does not shorten the initial delay", () => {
    const made = fixture({ dial: unreachable });
    made.start(session(1, { initialDelayS: 100 }));
    made.engine.setSession(session(2, { initialDelayS: 100 }));
    made.clock.advance(99_999);
    expect(made.state()).toMatchObject({ nextConnectS: 1, connectAttempts: 0 });
  });
});

describe("enabling and disabling", () => {
  test("a session that is not enabled has no connection, and gets one at once when it is", async () => {
    const server = await collector();
    const made = fixture();
    made.start(session(server.port, { enabled: false }));
    expect(made.state()).toMatchObject({ operState: "disabled", connectAttempts: 0 });
    made.start(session(server.port));
    const first = await server.connection();
    await first.untilCount(1);
    made.engine.setSession(session(server.port, { enabled: false }));
    expect(made.state().operState).toBe("closing");
    await first.closed();
    expect(await made.until(({ operState }) => operState === "disabled")).toMatchObject({
      downReason: "administrative",
      lastError: "session disabled",
    });
    expect(made.state()).not.toHaveProperty("nextConnectS");
    made.start(session(server.port));
    await (await server.connection()).untilCount(1);
  });

  test("without BMP no session runs", async () => {
    const server = await collector();
    const made = fixture();
    made.engine.configure(undefined);
    made.start(session(server.port));
    expect(made.state().operState).toBe("disabled");
    made.engine.configure(BMP);
    made.clock.advance(0);
    await (await server.connection()).untilCount(1);
  });

  test("a session removed and added again has one connection at a time", async () => {
    const server = await collector();
    const made = fixture();
    made.start(session(server.port));
    const first = await server.connection();
    await first.untilCount(1);
    made.engine.removeSession(session(server.port));
    made.start(session(server.port));
    expect(made.state()).toMatchObject({ operState: "waiting", connectAttempts: 0 });
    await first.closed();
    await (await server.connection()).untilCount(1);
    expect(made.state()).toMatchObject({ connectAttempts: 1 });
  });
});

test("1,000 sessions that wait have one timer each", () => {
  const made = fixture();
  for (let index = 0; index < 1000; index++)
    made.engine.setSession(session(1, { alias: `${index}`, initialDelayS: 60 }));
  expect(made.clock.timers).toBe(1000);
});
