import { describe, expect, test } from "vitest";
import type { DownReason } from "../../src/bmp/down-reason.ts";
import type { BmpSessionEvent } from "../../src/bmp/session-host.ts";
import { BMP, session } from "./engine-fixture.ts";
import { FakePeer } from "./fake-routes.ts";
import { testResources } from "./test-resources.ts";

const { collector, fixture } = testResources();

/** An engine and what it reports. */
function reporting() {
  const events: BmpSessionEvent[] = [];
  return { events, made: fixture({ report: (event) => void events.push(event) }) };
}

const key = { vpnInstance: "_public_", address: "127.0.0.1", alias: "" };
const up = { kind: "up", session: key };
const down = (reason: DownReason, text: string) => ({ kind: "down", session: key, down: { reason, text } });

describe("a session reports", () => {
  test("when it is up, that the collector closed the connection, and when it is up again", async () => {
    const server = await collector();
    const { events, made } = reporting();
    made.start(session(server.port));
    const connection = await server.connection();
    await made.until(({ operState }) => operState === "up");
    expect(events).toEqual([up]);
    connection.socket.resetAndDestroy();
    await made.until(({ operState }) => operState === "waiting");
    expect(events).toEqual([up, down("connection-reset", "read ECONNRESET")]);
    made.clock.advance(30_000);
    await made.until(({ operState }) => operState === "up");
    expect(events.slice(2)).toEqual([up]);
  });

  test.each([
    ["its removal", "session removed"],
    ["that it is disabled", "session disabled"],
    ["that BMP is disabled", "BMP disabled"],
    ["the server's end", "server shutting down"],
  ])("%s", async (_, reason) => {
    const server = await collector();
    const { events, made } = reporting();
    const config = session(server.port);
    made.start(config);
    await made.until(({ operState }) => operState === "up");
    if (reason === "session removed") made.engine.removeSession(config);
    else if (reason === "session disabled") made.engine.setSession({ ...config, enabled: false });
    else if (reason === "BMP disabled") made.engine.configure(undefined);
    else await made.stop();
    expect(events).toEqual([up, down("administrative", reason)]);
    made.engine.configure(BMP);
  });

  test("that its collector fell behind, once it did", async () => {
    const server = await collector();
    const { events, made } = reporting();
    const peer = made.routes.up(new FakePeer(1));
    made.start(session(server.port, { queueLimitBytes: 1 << 16 }));
    const connection = await server.connection();
    await made.until(({ operState }) => operState === "up");
    connection.socket.pause();
    for (let announced = 0; made.state().operState === "up"; announced++) {
      made.routes.announce(peer, announced % 1_000, announced);
      if (announced % 500 === 0) await new Promise(setImmediate);
    }
    const high = { kind: "queue-high", session: key, queuedBytes: expect.any(Number), limitBytes: 65_536 };
    expect(events).toEqual([up, high, down("overflow", "the collector fell behind by more than 65536 bytes")]);
    const cutOffAt = made.clock.now();
    made.clock.advance(30_000);
    await made.until(({ operState }) => operState === "up");
    // What waited has gone with the connection: there is no queue-normal.
    expect(events.slice(3)).toEqual([up, { kind: "resynchronised", session: key, since: cutOffAt }]);
  });

  test("no attempts that fail", async () => {
    const server = await collector();
    const { events, made } = reporting();
    const config = session(server.port);
    await server.close();
    made.start(config);
    await made.until(({ operState }) => operState === "waiting");
    made.engine.removeSession(config);
    expect(events).toEqual([]);
  });
});
