import { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { session } from "./engine-fixture.ts";
import { FakePeer } from "./fake-routes.ts";
import { testResources } from "./test-resources.ts";

const { collector, fixture } = testResources();

const KEY = { vpnInstance: "_public_", address: "127.0.0.1", alias: "" };

/** An engine whose attempts to connect never come to anything, and the sockets of all of them. */
function unanswered() {
  const sockets: Socket[] = [];
  const made = fixture({
    dial: () => {
      const socket = new Socket();
      sockets.push(socket);
      return socket;
    },
  });
  return { made, sockets };
}

describe("a session that is reset", () => {
  test("ends its connection with a Termination that says why, and has another at once with the present tables", async () => {
    const server = await collector();
    const made = fixture();
    const peer = made.routes.up(new FakePeer(1));
    made.routes.announce(peer, 1, 1);
    made.start(session(server.port));
    const first = await server.connection();
    await first.untilCount(3);
    expect(made.engine.resetSession(KEY, "reset: stale")).toBeUndefined();
    const { messages } = await first.untilCount(4);
    expect(messages.at(-1)).toEqual({ kind: "termination", reason: 0, strings: ["reset: stale"] });
    expect(made.state()).toMatchObject({
      operState: "closing",
      nextConnectS: 0,
      downReason: "reset",
      lastError: "reset: stale",
    });
    made.clock.advance(0);
    const second = await server.connection();
    const { kinds, tables } = await second.untilCount(3);
    expect(kinds).toEqual(["initiation", "peer-up", "route-monitoring"]);
    expect(tables).toEqual(new Map([["192.0.2.1", new Map([[1, 1]])]]));
    expect(await made.until(({ operState }) => operState === "up")).toMatchObject({
      connectAttempts: 2,
      connections: 2,
      sentMessages: { initiation: 2, peerUp: 2, routeMonitoring: 2, termination: 1 },
    });
  });

  test("by any text of its address, and leaves others alone", async () => {
    const server = await collector();
    const made = fixture();
    made.start(session(server.port, { alias: "other" }));
    await (await server.connection()).untilCount(1);
    await made.until(({ operState }) => operState === "up", "other");
    expect(made.engine.resetSession(KEY, "reset")).toBe("not-configured");
    expect(made.engine.resetSession({ ...KEY, address: "::ffff:127.0.0.1", alias: "other" }, "reset")).toBeUndefined();
    made.start(session(server.port));
    await made.until(({ operState }) => operState === "up", "other");
    await made.until(({ operState }) => operState === "up");
    expect(made.engine.resetSession(KEY, "reset")).toBeUndefined();
    expect(made.state("other").operState).toBe("up");
  });

  test("while it waits for its next attempt makes it at once, and backs off as after the first failure", () => {
    const { made, sockets } = unanswered();
    made.start(session(1));
    for (const failure of ["a", "b", "c"]) {
      sockets.at(-1)?.emit("error", new Error(failure));
      if (failure !== "c") made.clock.advance((made.state().nextConnectS ?? 0) * 1000);
    }
    expect(made.state()).toMatchObject({ operState: "waiting", nextConnectS: 120, connectAttempts: 3 });
    made.engine.resetSession(KEY, "reset");
    made.clock.advance(0);
    expect(made.state()).toMatchObject({ operState: "connecting", connectAttempts: 4 });
    sockets.at(-1)?.emit("error", new Error("d"));
    expect(made.state()).toMatchObject({ operState: "waiting", nextConnectS: 30 });
  });

  test("does not wait for what is left of its initial delay", () => {
    const { made } = unanswered();
    made.start(session(1, { initialDelayS: 60 }));
    made.engine.resetSession(KEY, "reset");
    made.clock.advance(0);
    expect(made.state().operState).toBe("connecting");
  });

  test("while it connects gives the attempt up and makes another", () => {
    const { made, sockets } = unanswered();
    made.start(session(1, { connectTimeoutS: 10 }));
    made.clock.advance(9_000);
    made.engine.resetSession(KEY, "reset");
    made.clock.advance(0);
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false]);
    // The timeout of the first attempt went with it.
    made.clock.advance(9_999);
    expect(made.state()).toMatchObject({ operState: "connecting", connectAttempts: 2 });
    made.clock.advance(1);
    expect(made.state().operState).toBe("waiting");
  });

  test("again and again, in whatever state, leaves no timer behind", () => {
    const { made, sockets } = unanswered();
    made.start(session(1));
    const { timers } = made.clock;
    for (let times = 0; times < 50; times++) {
      if (times % 3 === 0) sockets.at(-1)?.emit("error", new Error("refused"));
      expect(made.engine.resetSession(KEY, "reset")).toBeUndefined();
      if (times % 2 === 0) made.clock.advance(0);
      made.clock.advance(1_000);
    }
    expect(made.clock.timers).toBe(timers);
    made.engine.removeSession(KEY);
    expect(made.clock.timers).toBe(0);
  });

  test("while its collector has not taken the last Termination connects once, when that connection is gone", async () => {
    const server = await collector();
    const made = fixture({ limits: { lingerMs: 5_000 } });
    made.start(session(server.port));
    const first = await server.connection();
    await made.until(({ operState }) => operState === "up");
    first.socket.pause();
    made.engine.resetSession(KEY, "reset");
    made.clock.advance(1_000);
    expect(made.engine.resetSession(KEY, "reset")).toBeUndefined();
    made.clock.advance(1_000);
    expect(made.state()).toMatchObject({ operState: "closing", connectAttempts: 1 });
    first.socket.resume();
    await (await server.connection()).untilCount(1);
    expect(made.state()).toMatchObject({ connectAttempts: 2, sentMessages: { termination: 1 } });
  });
});

describe("a session is not reset", () => {
  test("when it was less than resetIntervalMs ago", async () => {
    const server = await collector();
    const made = fixture({ limits: { resetIntervalMs: 500 } });
    made.start(session(server.port));
    await made.until(({ operState }) => operState === "up");
    expect(made.engine.resetSession(KEY, "reset")).toBeUndefined();
    made.clock.advance(0);
    await made.until(({ operState }) => operState === "up");
    made.clock.advance(499);
    expect(made.engine.resetSession(KEY, "reset")).toBe("too-soon");
    expect(made.state()).toMatchObject({ operState: "up", connections: 2 });
    made.clock.advance(1);
    expect(made.engine.resetSession(KEY, "reset")).toBeUndefined();
  });

  test("when it is disabled, BMP is, or it is not there", () => {
    const { made } = unanswered();
    expect(made.engine.resetSession(KEY, "reset")).toBe("not-configured");
    made.start(session(1, { enabled: false }));
    expect(made.engine.resetSession(KEY, "reset")).toBe("disabled");
    made.engine.setSession(session(1));
    made.engine.configure(undefined);
    expect(made.engine.resetSession(KEY, "reset")).toBe("disabled");
    expect(made.state()).toMatchObject({ operState: "disabled", connectAttempts: 0 });
    expect(made.clock.timers).toBe(0);
  });
});
