import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { BmpSessionEvent } from "../../src/bmp/session-host.ts";
import { announcePdu } from "./bgp-pdus.ts";
import { session } from "./engine-fixture.ts";
import { FakePeer } from "./fake-routes.ts";
import { FakeSocket } from "./fake-socket.ts";
import { testResources } from "./test-resources.ts";

const { fixture } = testResources();

const MESSAGE = 6 + 42 + announcePdu(0, 0).length;
const LIMIT = 100 * MESSAGE;

/** A session that is up, what it reports from then on, and its collector. */
async function stalled() {
  const events: BmpSessionEvent[] = [];
  const socket = new FakeSocket();
  const made = fixture({
    dial: () => socket.asSocket,
    limits: { pageBytes: 10 * MESSAGE, queueHighIntervalMs: 60_000 },
    report: (event) => void events.push(event),
  });
  const peer = made.routes.up(new FakePeer(1));
  made.start(session(1, { queueLimitBytes: LIMIT }));
  socket.emit("connect");
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) {
      await nextTurn();
      socket.deliver();
    }
  };
  await settle();
  expect(events.splice(0)).toMatchObject([{ kind: "up" }]);
  const announce = async (count: number) => {
    for (let prefix = 0; prefix < count; prefix++) made.routes.announce(peer, prefix, prefix);
    await nextTurn();
  };
  return { made, socket, events, settle, announce };
}

test("much that waits is reported, and when little does again, with nothing in between", async () => {
  const { made, socket, events, settle, announce } = await stalled();
  socket.isStalled = true;
  await announce(75);
  expect(events).toEqual([]);
  await announce(1);
  const high = { kind: "queue-high", queuedBytes: 76 * MESSAGE, limitBytes: LIMIT };
  expect(events).toMatchObject([high]);
  await announce(10);
  expect(events).toMatchObject([high]);
  expect(made.state()).toMatchObject({
    queuedOctets: 86 * MESSAGE,
    queueHighWater: { octets: 86 * MESSAGE, time: made.clock.now() },
  });
  socket.isStalled = false;
  await settle();
  expect(events).toMatchObject([high, { kind: "queue-normal", limitBytes: LIMIT }]);
  const [, normal] = events as { queuedBytes?: number }[];
  expect(normal?.queuedBytes).toBeLessThan(LIMIT / 4);
  expect(made.state()).toMatchObject({ queuedOctets: 0, queueHighWater: { octets: 86 * MESSAGE } });
});

test("a queue that goes up and down is reported once in queueHighIntervalMs, always in pairs", async () => {
  const { made, socket, events, settle, announce } = await stalled();
  const wave = async () => {
    socket.isStalled = true;
    await announce(80);
    socket.isStalled = false;
    await settle();
    return events.splice(0).map(({ kind }) => kind);
  };
  expect(await wave()).toEqual(["queue-high", "queue-normal"]);
  expect(await wave()).toEqual([]);
  made.clock.advance(59_999);
  expect(await wave()).toEqual([]);
  made.clock.advance(1);
  expect(await wave()).toEqual(["queue-high", "queue-normal"]);
});

test("a collector that takes nothing is reported as stuck, and when it takes something again", async () => {
  const { made, socket, events, settle, announce } = await stalled();
  socket.isStalled = true;
  await announce(10);
  made.clock.advance(9_999);
  expect(events).toEqual([]);
  made.clock.advance(1);
  expect(events).toMatchObject([{ kind: "stuck" }]);
  expect(made.state()).toMatchObject({ operState: "stuck", lastChange: made.clock.now() });
  made.clock.advance(200_000);
  socket.isStalled = false;
  await settle();
  expect(events).toMatchObject([{ kind: "stuck" }, { kind: "resumed" }]);
  expect(made.state()).toMatchObject({ operState: "up", lastChange: made.clock.now() });
  // It had its time anew, and no timer is left of the old one.
  made.clock.advance(1_000_000);
  expect(made.state().operState).toBe("up");
});

test("one that stays stuck is told of as down, and its queue no more", async () => {
  const { made, socket, events, announce } = await stalled();
  socket.isStalled = true;
  await announce(80);
  made.clock.advance(300_000);
  await nextTurn();
  expect(events).toMatchObject([
    { kind: "queue-high" },
    { kind: "stuck" },
    { kind: "down", down: { reason: "stuck", text: "the collector takes nothing" } },
  ]);
  expect(made.state()).toMatchObject({ operState: "waiting", flaps: 1, downReason: "stuck", queuedOctets: 0 });
});
