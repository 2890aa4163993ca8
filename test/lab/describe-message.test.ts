import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { encodeAnnouncement } from "../../src/bgp/codec/announcement.ts";
import { encodeMessage } from "../../src/bgp/codec/common-header.ts";
import { concatOctets } from "../../src/bgp/codec/octets.ts";
import { encodeOpen } from "../../src/bgp/codec/open.ts";
import { encodePrefixes } from "../../src/bgp/codec/prefix.ts";
import { encodeAttribute, encodeUpdate, encodeWithdrawal } from "../../src/bgp/codec/update.ts";
import { type BmpMessage, decodeMessage } from "../../src/bmp/codec/message.ts";
import { encodeRouteMonitoring } from "../../src/bmp/codec/route-monitoring.ts";
import { describeMessage } from "../../src/lab/describe-message.ts";
import { describeUpdate } from "../../src/lab/describe-update.ts";
import { labLimits } from "../../src/lab/limits.ts";
import { MonitoredPeers } from "../../src/lab/monitored-peers.ts";
import { EXAMPLES, PEER } from "./messages.ts";

const ROUTE = { origin: 0, asPath: [64512], nextHop: ["192.0.2.2"] } as const;

test.each(EXAMPLES)("message %# is described in a line", (bytes, line) => {
  expect(describeMessage(decodeMessage(bytes), labLimits)).toBe(line);
});

test("the line tells post-policy routes, and reads 2-octet AS_PATHs (RFC 7854 4.2)", () => {
  const update = encodeAnnouncement(IPV4_UNICAST, ROUTE, ["192.0.2.0/24"], false);
  const peer = { ...PEER, isPostPolicy: true, isLegacyAsPath: true };
  const bytes = encodeRouteMonitoring({ kind: "route-monitoring", peer, update });
  expect(describeMessage(decodeMessage(bytes), labLimits)).toBe(
    "Route Monitoring 127.0.0.2 AS64512 post-policy: announce 192.0.2.0/24, next hop 192.0.2.2, AS path 64512",
  );
});

describe("an UPDATE", () => {
  const words = (pdu: Uint8Array, limits = labLimits) => describeUpdate(pdu, true, limits);

  test("with withdrawals of both families", () => {
    expect(words(encodeWithdrawal(IPV4_UNICAST, encodePrefixes(IPV4_UNICAST, ["192.0.2.0/24", "0.0.0.0/0"])))).toBe(
      "withdraw 192.0.2.0/24 0.0.0.0/0",
    );
    expect(words(encodeWithdrawal(IPV6_UNICAST, encodePrefixes(IPV6_UNICAST, ["2001:db8::/32"])))).toBe(
      "withdraw 2001:db8::/32",
    );
  });

  test("with more than describedPrefixes prefixes", () => {
    const prefixes = ["192.0.2.0/25", "192.0.2.128/25", "198.51.100.0/24", "203.0.113.0/24"];
    const update = encodeAnnouncement(IPV4_UNICAST, ROUTE, prefixes);
    expect(words(update, { ...labLimits, describedPrefixes: 2 })).toBe(
      "announce 192.0.2.0/25 192.0.2.128/25 and 2 more, next hop 192.0.2.2, AS path 64512",
    );
    expect(words(update, { ...labLimits, describedPrefixes: 4 })).toBe(
      `announce ${prefixes.join(" ")}, next hop 192.0.2.2, AS path 64512`,
    );
  });

  test("with an AS_SET", () => {
    const asPath = Uint8Array.of(2, 1, 0, 0, 0xfc, 0, 1, 2, 0, 0, 0, 1, 0, 0, 0, 2);
    const attributes = concatOctets([
      encodeAttribute(0x40, 1, Uint8Array.of(0)),
      encodeAttribute(0x40, 2, asPath),
      encodeAttribute(0x40, 3, Uint8Array.of(192, 0, 2, 2)),
    ]);
    expect(words(encodeUpdate({ attributes, nlri: Uint8Array.of(0) }))).toBe(
      "announce 0.0.0.0/0, next hop 192.0.2.2, AS path 64512 {1,2}",
    );
  });

  test("of a family that this software does not know", () => {
    const attributes = encodeAttribute(0x80, 15, Uint8Array.of(0, 26, 70, 1, 2, 3));
    expect(words(encodeUpdate({ attributes }))).toBe("withdraw routes of another address family");
  });

  test("of a family without plain prefixes", () => {
    const evpn = Uint8Array.of(0, 25, 70, 99, 2, 1, 1, 99, 1, 2);
    expect(words(encodeUpdate({ attributes: encodeAttribute(0x80, 15, evpn) }))).toBe(
      "withdraw 2 routes of l2vpn-evpn",
    );
  });

  test("that RFC 7606 treats as a withdrawal", () => {
    const attributes = encodeAttribute(0x40, 1, Uint8Array.of(9));
    expect(words(encodeUpdate({ attributes, nlri: Uint8Array.of(8, 10) }))).toBe(
      "withdraw (malformed attribute 1) 10.0.0.0/8",
    );
  });

  test("that is malformed, or none at all", () => {
    expect(words(encodeUpdate({ nlri: Uint8Array.of(33) }))).toBe("malformed UPDATE: malformed IPv4 prefixes");
    expect(words(encodeMessage(4))).toBe("BGP message of type 4");
  });
});

test("the prefixes of a peer whose OPENs show ADD-PATH have Path Identifiers (RFC 7911 3)", () => {
  const peers = new MonitoredPeers({ ...labLimits, peersWithPaths: 1 });
  const open = (direction: number, as: number) =>
    encodeOpen({ as, holdTimeS: 90, bgpId: 1, capabilities: [{ code: 69, value: Uint8Array.of(0, 1, 1, direction) }] });
  const endpoints = { localAddress: "192.0.2.1", localPort: 179, remotePort: 1024, strings: [], adminLabels: [] };
  const up = (address: string, direction: number) =>
    ({
      kind: "peer-up",
      peer: { ...PEER, address },
      ...endpoints,
      sentOpen: open(direction, 65000),
      receivedOpen: open(2, 64512),
    }) as const;
  const route = (address: string) =>
    ({
      kind: "route-monitoring",
      peer: { ...PEER, address },
      update: encodeUpdate({ withdrawn: Uint8Array.of(0, 0, 0, 7, 8, 10) }),
    }) as const;
  const wordsOf = (message: BmpMessage) =>
    describeMessage(message, labLimits, peers.contextOf(message)).split(": ").at(-1);

  wordsOf(up("192.0.2.2", 1));
  wordsOf(up("192.0.2.3", 2));
  wordsOf(up("192.0.2.4", 1));
  expect(wordsOf(route("192.0.2.2"))).toBe("withdraw 10.0.0.0/8 (path 7)");
  // Never offered to receive; one peer more than are kept.
  for (const address of ["192.0.2.3", "192.0.2.4"]) expect(wordsOf(route(address))).toContain("malformed");
  wordsOf({ kind: "peer-down", peer: { ...PEER, address: "192.0.2.2" }, reason: { kind: "remote-closed" } });
  wordsOf(up("192.0.2.4", 1));
  expect(wordsOf(route("192.0.2.4"))).toBe("withdraw 10.0.0.0/8 (path 7)");
});

test("any octets that decode as BMP are described without a throw", () => {
  const type = fc.integer({ min: 0, max: 3 });
  const flags = fc.constantFrom(0, 0x20, 0x40, 0x80);
  const pduType = fc.integer({ min: 1, max: 5 });
  const octets = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(type, flags, pduType, octets, octets, (messageType, peerFlags, bgpType, first, second) => {
      const peer = new Uint8Array(42);
      peer[1] = peerFlags;
      const pdus = [encodeMessage(bgpType, first), encodeMessage(bgpType, second)];
      const bodies = [
        [pdus[0] as Uint8Array],
        [new Uint8Array(4)],
        [Uint8Array.of(3), pdus[0] as Uint8Array],
        [new Uint8Array(20), ...pdus],
      ];
      const body = concatOctets([peer, ...(bodies[messageType] as Uint8Array[])]);
      const message = concatOctets([Uint8Array.of(3, 0, 0, 0, body.length + 6, messageType), body]);
      expect(describeMessage(decodeMessage(message), labLimits)).toMatch(/^(Route|Statistics|Peer) /);
    }),
  );
});
