import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { BmpDecoder } from "../../src/bmp/codec/bmp-decoder.ts";
import { type CollectedConnection, countMessages } from "./collector.ts";
import { session } from "./engine-fixture.ts";
import { FakePeer } from "./fake-routes.ts";
import { testResources } from "./test-resources.ts";

/*
 * Over real sockets. What happens in any order is in engine-model.test.ts.
 */

const { collector, fixture } = testResources();

function received(...connections: CollectedConnection[]) {
  return {
    sentMessages: countMessages(connections.map(({ view }) => view)),
    sentOctets: connections.reduce((sum, { socket }) => sum + socket.bytesRead, 0),
  };
}

test("connections that are closed in order have brought exactly what is counted", async () => {
  const server = await collector();
  const made = fixture();
  const peers = [1, 2, 3].map((number) => made.routes.up(new FakePeer(number)));
  const config = session(server.port, { routeMirroring: "all", statisticsIntervalS: 15 });
  made.start(config);
  const connections: CollectedConnection[] = [];
  for (let round = 0; round < 4; round++) {
    const connection = await server.connection();
    connections.push(connection);
    await made.until(({ operState }) => operState === "up");
    for (let prefix = 0; prefix < 3_000; prefix++) {
      for (const peer of peers) made.routes.announce(peer, prefix, round * 10_000 + prefix);
      if (prefix % 100 === 0) await nextTurn();
    }
    made.clock.advance(15_000);
    const [flapping] = peers;
    if (flapping !== undefined) made.routes.down(flapping);
    peers[0] = made.routes.up(new FakePeer(1));
    // In the middle of what is being sent.
    if (round < 3) made.engine.resetSession(config, "reset");
    else made.engine.setSession({ ...config, enabled: false });
    await connection.closed();
    await made.until(({ operState }) => operState === "waiting" || operState === "disabled");
    made.clock.advance(1_000);
  }
  const counted = received(...connections);
  expect(counted.sentMessages).toMatchObject({ initiation: 4, termination: 4 });
  expect(counted.sentMessages.routeMirroring).toBeGreaterThan(9_000);
  expect(made.state()).toMatchObject(counted);
  const all = Object.values(counted.sentMessages).reduce((sum, count) => sum + count, 0);
  expect(made.engine.state()).toMatchObject({ sentMessages: all, sentOctets: counted.sentOctets });
});

test("of a connection that is cut nothing is counted that the system has not taken", async () => {
  const server = await collector();
  const made = fixture({ limits: { stuckTimeoutMs: 20_000 } });
  const peer = made.routes.up(new FakePeer(1));
  for (let prefix = 0; prefix < 120_000; prefix++) peer.table.set(prefix, 1);
  made.start(session(server.port));
  const { socket } = await server.connection();
  // It reads nothing until we are gone: what comes then is all that the system had taken.
  socket.pause();
  socket.removeAllListeners("data");
  await made.until(({ queuedOctets }) => queuedOctets > 0);
  for (let turn = 0; turn < 50; turn++) await nextTurn();
  const { queuedOctets } = made.state();
  made.clock.advance(20_000);
  const { sentOctets, sentMessages, downReason } = await made.until(({ operState }) => operState === "waiting");
  expect(downReason).toBe("stuck");
  const decoder = new BmpDecoder(1 << 20);
  let messages = 0;
  socket.on("data", (bytes) => {
    decoder.push(bytes);
    while (decoder.next() !== undefined) messages += 1;
  });
  socket.resume();
  await once(socket, "close");
  // Some of what was being taken then has come without being counted.
  const uncounted = socket.bytesRead - sentOctets;
  expect(uncounted).toBeGreaterThanOrEqual(0);
  expect(uncounted).toBeLessThan(queuedOctets);
  expect(queuedOctets).toBeLessThan(3 * 64 * 1024);
  const counted = sentMessages.initiation + sentMessages.peerUp + sentMessages.routeMonitoring;
  expect(counted).toBeGreaterThan(1_000);
  expect(counted).toBeLessThanOrEqual(messages);
});

test("counters begin again from zero, and the connection goes on", async () => {
  const server = await collector();
  const made = fixture();
  const peer = made.routes.up(new FakePeer(1));
  made.start(session(server.port));
  const connection = await server.connection();
  await made.until(({ operState, sentMessages }) => operState === "up" && sentMessages.peerUp === 1);
  const { discontinuityTime } = made.state();
  made.clock.advance(5_000);
  const key = { vpnInstance: "_public_", address: "127.0.0.1", alias: "" };
  expect(made.engine.clearCounters({ ...key, alias: "x" })).toBeUndefined();
  expect(made.engine.clearCounters({ ...key, address: "::ffff:127.0.0.1" })).toBe(discontinuityTime + 5_000);
  const octetsBefore = connection.socket.bytesRead;
  expect(made.state()).toMatchObject({
    operState: "up",
    connectAttempts: 0,
    connections: 0,
    sentOctets: 0,
    sentMessages: { initiation: 0, peerUp: 0 },
    discontinuityTime: discontinuityTime + 5_000,
    lastMessageSent: discontinuityTime,
  });
  expect(made.state()).not.toHaveProperty("queueHighWater");
  made.clock.advance(1_000);
  made.routes.announce(peer, 1, 1);
  await connection.untilCount(3);
  const octets = connection.socket.bytesRead - octetsBefore;
  expect(await made.until(({ sentOctets }) => sentOctets > 0)).toMatchObject({
    sentOctets: octets,
    sentMessages: { initiation: 0, peerUp: 0, routeMonitoring: 1 },
    lastMessageSent: discontinuityTime + 6_000,
  });
  // The sums of all sessions are not one session's to clear.
  expect(made.engine.state()).toMatchObject({
    sessions: 1,
    sessionsUp: 1,
    sentMessages: 3,
    sentOctets: connection.socket.bytesRead,
    discontinuityTime,
  });
});
