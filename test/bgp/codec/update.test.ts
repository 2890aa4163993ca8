import { expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../../src/bgp/address-family.ts";
import { encodeAnnouncement } from "../../../src/bgp/codec/announcement.ts";
import { decodePrefixes, encodePrefixes } from "../../../src/bgp/codec/prefix.ts";
import { encodeAttribute, encodeEndOfRib, encodeUpdate, encodeWithdrawal } from "../../../src/bgp/codec/update.ts";
import { UpdateDecoder } from "../../../src/bgp/codec/update-decoder.ts";
import { hex, update } from "./octets.ts";

const ATTRIBUTES = "400101 00  400206 0201 0000fde9  400304 0a000001";
const decoder = new UpdateDecoder({ isFourOctetAs: true, isExternal: true });

test("an IPv4 announcement uses the classic fields (RFC 4271 4.3)", () => {
  const pdu = encodeAnnouncement(
    IPV4_UNICAST,
    {
      origin: 0,
      asPath: [65001, 4_200_000_001],
      nextHop: ["10.0.0.1"],
      multiExitDisc: 7,
      localPref: 100,
      communities: [0xfde9_0001],
    },
    ["192.0.2.0/24", "0.0.0.0/0", "198.51.100.128/25"],
  );
  expect(pdu).toEqual(
    update({
      attributes:
        "400101 00 40020a 0202 0000fde9 fa56ea01 400304 0a000001 800404 00000007 400504 00000064 c00804 fde90001",
      nlri: "18c00002 00 19c6336480",
    }),
  );
});

test("a 2-octet AS_PATH stands AS_TRANS for what does not fit (RFC 6793 4.2.2)", () => {
  const route = { origin: 2 as const, asPath: [65001, 4_200_000_001], nextHop: ["10.0.0.1"] };
  expect(encodeAnnouncement(IPV4_UNICAST, route, ["10.0.0.0/8"], false)).toEqual(
    update({ attributes: "400101 02 400206 0202 fde9 5ba0 400304 0a000001", nlri: "080a" }),
  );
});

test("an IPv6 announcement uses MP_REACH_NLRI, first of all attributes (RFC 7606 5.1)", () => {
  const route = { origin: 0 as const, asPath: [], nextHop: ["2001:db8::1", "fe80::1"] };
  expect(encodeAnnouncement(IPV6_UNICAST, route, ["2001:db8:1::/48"])).toEqual(
    update({
      attributes:
        "800e2c 0002 01 20 20010db8000000000000000000000001 fe800000000000000000000000000001 00 3020010db80001 400101 00 400200",
    }),
  );
});

test("withdrawals and End-of-RIB: IPv4 classic, IPv6 in MP_UNREACH_NLRI (RFC 4724 2)", () => {
  expect(encodeWithdrawal(IPV4_UNICAST, encodePrefixes(IPV4_UNICAST, ["10.0.0.0/8"]))).toEqual(
    update({ withdrawn: "080a" }),
  );
  expect(encodeWithdrawal(IPV6_UNICAST, encodePrefixes(IPV6_UNICAST, ["2001:db8::/32"]))).toEqual(
    update({ attributes: "800f08 0002 01 2020010db8" }),
  );
  expect(encodeEndOfRib(IPV4_UNICAST)).toEqual(update({}));
  expect(encodeEndOfRib(IPV6_UNICAST)).toEqual(update({ attributes: "800f03 0002 01" }));
});

test("an attribute of 256 octets has an extended length", () => {
  expect(encodeAttribute(0xc0, 8, new Uint8Array(256)).subarray(0, 4)).toEqual(hex("d0 08 0100"));
  expect(encodeAttribute(0xc0, 8, new Uint8Array(255)).subarray(0, 3)).toEqual(hex("c0 08 ff"));
});

test("what exceeds the Length field is refused", () => {
  expect(() => encodeUpdate({ nlri: new Uint8Array(65_513) })).toThrow(RangeError);
  expect(encodeUpdate({ nlri: new Uint8Array(65_512) }).length).toBe(65_535);
});

test("an UPDATE is taken apart, attributes as received less the multiprotocol ones", () => {
  const decoded = decoder.decode(
    update({
      withdrawn: "080a",
      attributes: `800f08 0002 01 2020010db8 ${ATTRIBUTES} 900e001a 0002 01 10 20010db8000000000000000000000001 ff 20 20010db9 c063 02 aabb`,
      nlri: "18c00002",
    }),
  );
  expect(decoded).toEqual({
    withdrawn: hex("080a"),
    nlri: hex("18c00002"),
    mpReach: { family: IPV6_UNICAST, nextHop: hex("20010db8000000000000000000000001"), nlri: hex("2020010db9") },
    mpUnreach: { family: IPV6_UNICAST, nlri: hex("2020010db8") },
    nextHop: hex("0a000001"),
    attributes: hex(`${ATTRIBUTES} c063 02 aabb`),
    discarded: [],
    treatAsWithdraw: undefined,
    endOfRib: undefined,
  });
});

test.each([
  ["the empty UPDATE", {}, IPV4_UNICAST],
  ["an empty MP_UNREACH_NLRI for IPv4", { attributes: "800f03 0001 01" }, IPV4_UNICAST],
  ["an empty MP_UNREACH_NLRI for IPv6", { attributes: "800f03 0002 01" }, IPV6_UNICAST],
  ["an empty MP_UNREACH_NLRI of another family", { attributes: "800f03 0001 03" }, undefined],
  ["a withdrawal", { withdrawn: "080a" }, undefined],
  ["an MP_UNREACH_NLRI that withdraws", { attributes: "800f08 0002 01 2020010db8" }, undefined],
  ["attributes without routes", { attributes: ATTRIBUTES }, undefined],
])("End-of-RIB or not: %s", (_what, parts, family) => {
  expect(decoder.decode(update(parts)).endOfRib).toBe(family);
});

test("a family that is not known is skipped unread", () => {
  const decoded = decoder.decode(update({ attributes: `800e09 0001 03 00 00 58aabbcc ${ATTRIBUTES}` }));
  expect(decoded.mpReach).toEqual({ family: undefined, nextHop: hex(""), nlri: hex("") });
});

test("prefixes go from text to octets and back, trailing bits cleared", () => {
  expect(decodePrefixes(IPV4_UNICAST, hex("0c0aff 20c0000201"))).toEqual(["10.240.0.0/12", "192.0.2.1/32"]);
  expect(decodePrefixes(IPV6_UNICAST, encodePrefixes(IPV6_UNICAST, ["2001:db8::1/128", "::/0"]))).toEqual([
    "2001:db8::1/128",
    "::/0",
  ]);
  expect(() => encodePrefixes(IPV4_UNICAST, ["2001:db8::/32"])).toThrow(RangeError);
});
