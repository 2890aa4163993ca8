import { expect, test } from "vitest";
import { IPV4_UNICAST } from "../../src/bgp/address-family.ts";
import { encodeAnnouncement } from "../../src/bgp/codec/announcement.ts";
import { messageType } from "../../src/bgp/codec/common-header.ts";
import { encodeKeepalive } from "../../src/bgp/codec/keepalive.ts";
import { PUBLIC_INSTANCE } from "../../src/bgp/config.ts";
import type { Connection, ConnectionHandler } from "../../src/bgp/connection.ts";
import { BGP_LIMITS, type BgpLimits } from "../../src/bgp/limits.ts";
import type { PeerDownReason } from "../../src/bgp/route-source.ts";
import { RunQueue } from "../../src/bgp/run-queue.ts";
import { Session, type SessionHost } from "../../src/bgp/session.ts";
import { routerOpen } from "./router.ts";
import { LOCAL_AS, ManualClock, neighbor } from "./speaker-lab.ts";

class FakeConnection implements Connection {
  readonly localAddress = "192.0.2.2";
  readonly localPort = 179;
  readonly remotePort = 1024;
  readonly written: Uint8Array[] = [];
  unsentBytes = 0;
  isPaused = false;
  isClosed = false;

  write(bytes: Uint8Array): void {
    this.written.push(bytes);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  close(): void {
    this.isClosed = true;
  }
}

/** A session over a connection that the test plays, Established. */
function establishedSession(limits: Partial<BgpLimits> = {}) {
  const clock = new ManualClock();
  const connection = new FakeConnection();
  const seen = { updates: 0, down: undefined as PeerDownReason | undefined, bugs: [] as unknown[] };
  const fault = { next: undefined as Error | undefined };
  let handler: ConnectionHandler | undefined;
  const host: SessionHost = {
    settings: { localAs: LOCAL_AS, localBgpId: 5, neighbor: neighbor(), instance: PUBLIC_INSTANCE },
    dial: (given) => {
      handler = given;
      return connection;
    },
    survivesCollision: () => true,
    stateChanged: () => {},
    received: () => {},
    messageReceived: () => {
      if (fault.next !== undefined) throw fault.next;
    },
    messageSent: () => {},
    tooManyRoutes: () => undefined,
    peerUp: () => {},
    update: (_peer, rib) => {
      if (rib === "adj-rib-in-pre") seen.updates++;
    },
    peerDown: (_peer, reason) => {
      seen.down = reason;
    },
  };
  const session = new Session(host, {
    clock,
    random: () => 0.5,
    limits: { ...BGP_LIMITS, ...limits },
    queue: new RunQueue(clock, 1),
    bug: (error) => seen.bugs.push(error),
  });
  session.start();
  handler?.connected();
  handler?.received(Buffer.concat([routerOpen(), encodeKeepalive()]));
  expect(session.state).toBe("established");
  const receive = (...pdus: Uint8Array[]): void => handler?.received(Buffer.concat(pdus));
  return { session, clock, connection, seen, fault, receive };
}

const ANNOUNCEMENT = encodeAnnouncement(IPV4_UNICAST, { origin: 0, asPath: [65001], nextHop: ["192.0.2.1"] }, [
  "10.0.0.0/8",
]);

test("sliceBytes: a burst is handled in slices, and nothing is read meanwhile", async () => {
  const { connection, seen, receive } = establishedSession({ sliceBytes: 2 * ANNOUNCEMENT.length });
  receive(...Array.from({ length: 5 }, () => ANNOUNCEMENT));
  expect([seen.updates, connection.isPaused]).toEqual([2, true]);
  await new Promise(setImmediate);
  expect([seen.updates, connection.isPaused]).toEqual([4, true]);
  await new Promise(setImmediate);
  expect([seen.updates, connection.isPaused]).toEqual([5, false]);
});

test("a session that ends within a burst forgets the rest", async () => {
  const { session, connection, seen, receive } = establishedSession({ sliceBytes: 2 * ANNOUNCEMENT.length });
  receive(ANNOUNCEMENT, ANNOUNCEMENT, ANNOUNCEMENT);
  session.stop(2);
  await new Promise(setImmediate);
  expect([seen.updates, session.state, connection.isClosed]).toEqual([2, "idle", true]);
});

test("unsentBytes: a neighbour that does not read is given up (RFC 9687)", async () => {
  const { clock, connection, seen } = establishedSession({ unsentBytes: 1000 });
  connection.unsentBytes = 1000;
  clock.advance(26_250);
  await new Promise(setImmediate);
  expect(seen.down).toBeUndefined();
  connection.unsentBytes = 1001;
  clock.advance(26_250);
  await new Promise(setImmediate);
  expect(seen.down).toEqual({ kind: "local-fsm-event", event: 29 });
  expect(connection.written.map(messageType)).toEqual([1, 4, 4, 4]);
});

test("a fault of ours ends the session and is reported", () => {
  const { session, connection, seen, fault, receive } = establishedSession();
  fault.next = new Error("bug");
  receive(ANNOUNCEMENT);
  expect(seen.bugs).toEqual([fault.next]);
  expect(session.state).toBe("idle");
  expect(connection.written.at(-1)?.subarray(19)).toEqual(Uint8Array.of(6, 8));
});
