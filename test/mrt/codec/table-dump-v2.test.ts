import { describe, expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../../src/bgp/address-family.ts";
import { MrtError } from "../../../src/mrt/codec/mrt-error.ts";
import { decodePeerIndexTable } from "../../../src/mrt/codec/peer-index-table.ts";
import { splitRibAttributes } from "../../../src/mrt/codec/rib-attributes.ts";
import { decodeRibRecord } from "../../../src/mrt/codec/rib-record.ts";
import { hex } from "../../bgp/codec/octets.ts";

describe("PEER_INDEX_TABLE (RFC 6396 section 4.3.1)", () => {
  test("peers of both kinds of addresses and of AS numbers", () => {
    const body = hex(
      "c00002fe 0004 76696577 0003" +
        "00 0a000001 c0000201 fde8" +
        "02 0a000002 c0000202 00010000" +
        "03 00000000 20010db8000000000000000000000003 0000fdea",
    );
    expect(decodePeerIndexTable(body)).toEqual({
      collectorBgpId: 0xc00002fe,
      peers: [
        { bgpId: 0x0a000001, address: hex("c0000201"), as: 65000 },
        { bgpId: 0x0a000002, address: hex("c0000202"), as: 65536 },
        { bgpId: 0, address: hex("20010db8000000000000000000000003"), as: 65002 },
      ],
    });
  });

  test.each<[string, string, string]>([
    ["no view", "c00002fe 0004 7669", "View Name needs 4 octets where 2 are left"],
    ["fewer peers than it says", "c00002fe 0000 0001", "Peer Type needs 1 octets where 0 are left"],
    ["half a peer", "c00002fe 0000 0001 01 0a000001 c0000201", "Peer IP Address needs 16 octets where 4 are left"],
    ["more than it says", "c00002fe 0000 0000 00", "1 octets after the end"],
  ])("%s", (_, body, message) => {
    expect(() => decodePeerIndexTable(hex(body))).toThrow(new MrtError(message));
  });
});

describe("RIB records (RFC 6396 sections 4.3.2 to 4.3.4, RFC 8050 section 4)", () => {
  test("IPv4 unicast: one prefix, a route of each of two peers", () => {
    expect(decodeRibRecord(2, hex("00000001 18 c63364 0002 0000 6955b900 0002 aabb 0005 6955b900 0000"))).toEqual({
      family: IPV4_UNICAST,
      hasPathIds: false,
      entries: [
        { peerIndex: 0, nlri: hex("18c63364"), attributes: hex("aabb") },
        { peerIndex: 5, nlri: hex("18c63364"), attributes: hex("") },
      ],
    });
  });

  test("IPv6 unicast with Path Identifiers: the same destination twice from one peer", () => {
    const body = "00000001 20 20010db8 0002 0000 6955b900 00000007 0001 aa 0000 6955b900 00000008 0001 bb";
    expect(decodeRibRecord(10, hex(body))).toEqual({
      family: IPV6_UNICAST,
      hasPathIds: true,
      entries: [
        { peerIndex: 0, nlri: hex("00000007 20 20010db8"), attributes: hex("aa") },
        { peerIndex: 0, nlri: hex("00000008 20 20010db8"), attributes: hex("bb") },
      ],
    });
  });

  test("RIB_GENERIC: a labelled VPN prefix", () => {
    const nlri = "70 000641 0000fde800000001 c63364";
    expect(decodeRibRecord(6, hex(`00000001 0001 80 ${nlri} 0001 0000 6955b900 0000`))).toMatchObject({
      family: { name: "l3vpn-ipv4-unicast" },
      hasPathIds: false,
      entries: [{ peerIndex: 0, nlri: hex(nlri) }],
    });
  });

  test("RIB_GENERIC_ADDPATH: the NLRI has the Path Identifier, the entries have none", () => {
    const nlri = "00000009 18 c63364";
    expect(decodeRibRecord(12, hex(`00000001 0001 01 ${nlri} 0001 0000 6955b900 0001 aa`))).toEqual({
      family: IPV4_UNICAST,
      hasPathIds: true,
      entries: [{ peerIndex: 0, nlri: hex(nlri), attributes: hex("aa") }],
    });
  });

  test("families and subtypes that nobody here knows are passed over", () => {
    expect(decodeRibRecord(3, hex("00"))).toBe(undefined);
    expect(decodeRibRecord(7, hex("00"))).toBe(undefined);
    expect(decodeRibRecord(6, hex("00000001 0001 03 18 c63364 0000"))).toBe(undefined);
  });

  test.each<[string, number, string, string]>([
    ["a prefix of 33 bits", 2, "00000001 21 c633640000 0000", "malformed ipv4-unicast NLRI"],
    ["a prefix that is cut off", 4, "00000001 80 2001", "malformed ipv6-unicast NLRI"],
    ["no prefix", 2, "00000001", "malformed ipv4-unicast NLRI"],
    ["fewer entries than it says", 2, "00000001 00 0001", "Peer Index needs 2 octets where 0 are left"],
    [
      "attributes that exceed the record",
      2,
      "00000001 00 0001 0000 6955b900 0003 aabb",
      "BGP Attributes needs 3 octets where 2 are left",
    ],
    [
      "no Path Identifier where there must be one",
      8,
      "00000001 00 0001 0000 6955b900 0000",
      "Path Identifier needs 4 octets where 2 are left",
    ],
    ["more than it says", 2, "00000001 00 0000 00", "1 octets after the end"],
  ])("%s", (_, subtype, body, message) => {
    expect(() => decodeRibRecord(subtype, hex(body))).toThrow(new MrtError(message));
  });
});

describe("attributes of a RIB entry", () => {
  const ORIGIN = "400101 00";
  const NEXT_HOP = "20010db8000000000000000000000001";

  test.each<[string, string, string, string]>([
    ["the next hop alone", `800e11 10 ${NEXT_HOP} ${ORIGIN}`, ORIGIN, NEXT_HOP],
    ["all of MP_REACH_NLRI", `${ORIGIN} 800e15 0002 01 10 ${NEXT_HOP} 00`, ORIGIN, NEXT_HOP],
    ["with an extended length", `${ORIGIN} 900e0011 10 ${NEXT_HOP} 400200`, `${ORIGIN} 400200`, NEXT_HOP],
    ["none", ORIGIN, ORIGIN, ""],
  ])("MP_REACH_NLRI: %s", (_, given, attributes, nextHop) => {
    expect(splitRibAttributes(hex(given), IPV6_UNICAST)).toEqual({
      attributes: hex(attributes),
      nextHop: hex(nextHop),
    });
  });

  test("IPv4 has its next hop among them", () => {
    const given = hex(`${ORIGIN} 400304 c0000201`);
    expect(splitRibAttributes(given, IPV4_UNICAST)).toEqual({ attributes: given, nextHop: undefined });
  });

  test.each<[string, string, string]>([
    ["an attribute beyond the end", "400105 00", "attribute 1 exceeds the BGP Attributes"],
    ["a header that is cut off", "4001", "attribute 1 exceeds the BGP Attributes"],
    ["an octet", "40", "an attribute exceeds the BGP Attributes"],
    ["a next hop beyond its attribute", "800e02 10 20", "the next hop exceeds MP_REACH_NLRI"],
    ["an empty MP_REACH_NLRI", "800e00", "the next hop exceeds MP_REACH_NLRI"],
  ])("%s", (_, given, message) => {
    expect(() => splitRibAttributes(hex(given), IPV6_UNICAST)).toThrow(new MrtError(message));
  });
});
