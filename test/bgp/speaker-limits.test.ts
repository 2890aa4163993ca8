import { expect, test } from "vitest";
import { IPV4_UNICAST } from "../../src/bgp/address-family.ts";
import { systemClock } from "../../src/bgp/clock.ts";
import { encodeAnnouncement } from "../../src/bgp/codec/announcement.ts";
import { encodeKeepalive } from "../../src/bgp/codec/keepalive.ts";
import { BGP_LIMITS } from "../../src/bgp/limits.ts";
import { RunQueue } from "../../src/bgp/run-queue.ts";
import { Router, routerOpen } from "./router.ts";
import { ManualClock, neighbor, startSpeaker } from "./speaker-lab.ts";

function announcement(i: number): Uint8Array {
  const route = { origin: 0 as const, asPath: [65001, i + 1], nextHop: ["127.0.0.1"] };
  return encodeAnnouncement(IPV4_UNICAST, route, [`10.${i >>> 8}.${i & 255}.0/24`]);
}

test("the limits cannot be changed at run time", () => {
  expect(Object.isFrozen(BGP_LIMITS)).toBe(true);
});

test("unestablishedConnections: beyond, a connection is reset; those Established do not count", async () => {
  const neighbors = ["127.0.0.1", "127.0.0.2", "127.0.0.3"].map((address) => neighbor({ address }));
  const { port, log, recorder } = await startSpeaker({ limits: { unestablishedConnections: 1 }, neighbors });
  const first = await Router.dial(port);
  await first.next();
  const second = await Router.dial(port);
  expect(await second.next()).toBe("closed");
  expect(log.some((line) => line.includes("too many connections"))).toBe(true);
  first.send(routerOpen(), encodeKeepalive());
  await recorder.next("up");
  const third = await Router.dial(port);
  expect(await third.notification()).toBe("6/7");
});

test("connectionsPerNeighbor: beyond, a connection is reset", async () => {
  const { port, log } = await startSpeaker({ limits: { connectionsPerNeighbor: 2, closingMs: 60_000 } });
  const first = await Router.dial(port);
  // The speaker gives the first up for the second, and waits for its end.
  first.socket.allowHalfOpen = true;
  await first.next();
  const second = await Router.dial(port);
  await second.next();
  expect(await (await Router.dial(port)).next()).toBe("closed");
  expect(log.some((line) => line.includes("too many connections of this neighbour"))).toBe(true);
  first.socket.destroy();
});

test("closingMs: a connection that the neighbour does not close is destroyed", async () => {
  const clock = new ManualClock();
  const { speaker, port } = await startSpeaker({ clock, limits: { closingMs: 1000 } });
  const router = await Router.dial(port);
  router.socket.allowHalfOpen = true;
  await router.next();
  speaker.removeNeighbor("127.0.0.1");
  expect(await router.notification()).toBe("6/3");
  expect(router.socket.destroyed).toBe(false);
  const stopped = speaker.stop();
  clock.advance(1000);
  await stopped;
  router.socket.destroy();
});

test("attributeBytes: beyond, Cease, Out of Resources", async () => {
  const { port, recorder } = await startSpeaker({ limits: { attributeBytes: 100 } });
  const router = await Router.dial(port);
  await router.establish();
  await recorder.next("up");
  for (let i = 0; i < 5; i++) router.send(announcement(i));
  expect(await router.notification()).toBe("6/8");
});

test("slicesPerTurn: tasks take turns, some in each turn of the event loop", async () => {
  const queue = new RunQueue(systemClock, 3);
  const done: string[] = [];
  const task = (name: string, slices: number): { runSlice(): boolean } => ({
    runSlice: () => {
      done.push(name);
      return --slices > 0;
    },
  });
  queue.add(task("a", 3));
  queue.add(task("b", 1));
  queue.add(task("c", 2));
  const left = task("d", 1);
  queue.add(left);
  queue.delete(left);
  expect(done).toEqual([]);
  await new Promise(setImmediate);
  expect(done.join("")).toBe("abc");
  await new Promise(setImmediate);
  expect(done.join("")).toBe("abcaca");
  await new Promise(setImmediate);
  expect(done.join("")).toBe("abcaca");
});
