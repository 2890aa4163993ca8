import { describe, expect, test } from "vitest";
import { encodeNotification } from "../../src/bgp/codec/notification.ts";
import type { EstablishedPeer, PeerDownReason, RouteObserver } from "../../src/bgp/route-source.ts";
import { EventLimiter } from "../../src/plane/event-limiter.ts";
import { type PlaneEvent, reportingPeers } from "../../src/plane/plane-event.ts";
import { FakePeer } from "../bmp/fake-routes.ts";
import { ManualClock } from "../bmp/manual-clock.ts";

describe("BGP peers that come and go are reported, and everything is handed on", () => {
  const peer = new FakePeer(1);
  const pdu = encodeNotification({ code: 6, subcode: 2, data: new Uint8Array() });

  function observed() {
    const told: unknown[] = [];
    const events: PlaneEvent[] = [];
    const observer: RouteObserver = {
      peerUp: (...given) => void told.push(["up", ...given]),
      received: (...given) => void told.push(["received", ...given]),
      update: (...given) => void told.push(["update", ...given]),
      peerDown: (...given) => void told.push(["down", ...given]),
    };
    return { told, events, reporting: reportingPeers(observer, (event) => void events.push(event)) };
  }

  test("established, and nothing of updates", () => {
    const { told, events, reporting } = observed();
    reporting.peerUp(peer);
    reporting.received(peer, pdu, 1, true);
    reporting.update(peer, "adj-rib-in-pre", pdu, 1);
    expect(told).toEqual([
      ["up", peer],
      ["received", peer, pdu, 1, true],
      ["update", peer, "adj-rib-in-pre", pdu, 1],
    ]);
    expect(events).toEqual([{ kind: "bgp-established", address: "192.0.2.1", remoteAs: 65001 }]);
  });

  test("a Loc-RIB is no neighbour: nothing is reported of it", () => {
    const { told, events, reporting } = observed();
    const locRib: EstablishedPeer = Object.assign(new FakePeer(1), { peerType: "loc-rib" });
    reporting.peerUp(locRib);
    reporting.peerDown(locRib, { kind: "local-system-closed" });
    expect(told).toHaveLength(2);
    expect(events).toEqual([]);
  });

  test.each<[PeerDownReason, object]>([
    [
      { kind: "local-notification", notification: pdu },
      { reason: "local-notification", errorCode: 6, errorSubcode: 2 },
    ],
    [
      { kind: "remote-notification", notification: pdu },
      { reason: "remote-notification", errorCode: 6, errorSubcode: 2 },
    ],
    [{ kind: "local-fsm-event", event: 10 }, { reason: "local-event" }],
    [{ kind: "remote-closed" }, { reason: "remote-closed" }],
    [{ kind: "deconfigured" }, { reason: "deconfigured" }],
  ])("down: %o", (reason, expected) => {
    const { told, events, reporting } = observed();
    reporting.peerDown(peer, reason);
    expect(told).toEqual([["down", peer, reason]]);
    expect(events).toEqual([{ kind: "bgp-backward-transition", address: "192.0.2.1", ...expected }]);
  });
});

describe("events that are too many", () => {
  const event = (remoteAs: number): PlaneEvent => ({ kind: "bgp-established", address: "192.0.2.1", remoteAs });
  const suppressed = (count: number): PlaneEvent => ({ kind: "events-suppressed", count });

  function limited() {
    const clock = new ManualClock();
    const sent: PlaneEvent[] = [];
    const limiter = new EventLimiter((one) => void sent.push(one), { eventsPerS: 2, eventBurst: 3 }, clock);
    const report = (from: number, to: number) => {
      for (let number = from; number <= to; number++) limiter.report(event(number));
    };
    return { clock, sent, limiter, report };
  }

  test("are counted, and the number told after a second, though nothing else happens", () => {
    const { clock, sent, report } = limited();
    report(1, 100_000);
    expect(sent).toEqual([event(1), event(2), event(3)]);
    clock.advance(999);
    report(100_001, 100_001);
    expect(sent.splice(0)).toEqual([event(1), event(2), event(3), event(100_001)]);
    clock.advance(1);
    expect(sent).toEqual([suppressed(99_997)]);
    clock.advance(60_000);
    expect(sent).toHaveLength(1);
    expect(clock.timers).toBe(0);
  });

  test("are let through again at their rate, up to a burst", () => {
    const { clock, sent, report } = limited();
    report(1, 4);
    clock.advance(1_000);
    report(5, 9);
    expect(sent.splice(0)).toEqual([event(1), event(2), event(3), suppressed(1), event(5), event(6)]);
    clock.advance(60_000);
    expect(sent.splice(0)).toEqual([suppressed(3)]);
    report(10, 20);
    expect(sent).toEqual([event(10), event(11), event(12)]);
  });

  test("are told at the end", () => {
    const { clock, sent, limiter, report } = limited();
    report(1, 5);
    limiter.stop();
    expect(sent.at(-1)).toEqual(suppressed(2));
    expect(clock.timers).toBe(0);
  });
});
