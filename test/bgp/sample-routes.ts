import { ADDRESS_FAMILIES, type AddressFamily, type FamilyName } from "../../src/bgp/address-family.ts";
import { encodePrefixes } from "../../src/bgp/codec/prefix.ts";
import { hex } from "./codec/octets.ts";

/** An NLRI, and what tells it from others. Those of one key are one route. */
export interface SampleRoute {
  readonly key: string;
  readonly nlri: Uint8Array;
}

const RD = "0000fde9 00000001";
const RD2 = "0000fde9 00000002";
const ESI = "00000000000000000000";
const ESI2 = "0003aabbccddee000001";
const MAC_A = "30 0200000000aa";
const MAC_B = "30 0200000000bb";

const routes = (...samples: readonly (readonly [key: string, nlri: string])[]): readonly SampleRoute[] =>
  samples.map(([key, nlri]) => ({ key, nlri: hex(nlri) }));

const ofPrefixes = (name: FamilyName, ...prefixes: readonly string[]): readonly SampleRoute[] => {
  const family = ADDRESS_FAMILIES.find((each) => each.name === name) as AddressFamily;
  return prefixes.map((prefix) => ({ key: prefix, nlri: encodePrefixes(family, [prefix]) }));
};

const FLOWS = routes(
  ["to 192.0.2.0/24", "05 0118c00002"],
  ["tcp", "03 038106"],
  ["long", `f0f1 ${"05".repeat(241)}`],
  ["longer", `f300 ${"06".repeat(768)}`],
);

/** Some routes of each family, written octet by octet; no NLRI is the beginning of another one of its family. */
export const SAMPLE_ROUTES: Readonly<Record<FamilyName, readonly SampleRoute[]>> = {
  "ipv4-unicast": ofPrefixes(
    "ipv4-unicast",
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/9",
    "192.0.2.0/24",
    "192.0.2.1/32",
    "203.0.113.128/25",
  ),
  "ipv6-unicast": ofPrefixes(
    "ipv6-unicast",
    "::/0",
    "2001:db8::/32",
    "2001:db8::/33",
    "2001:db8:1::/48",
    "2001:db8::1/128",
  ),
  "ipv4-labeled-unicast": routes(
    ["0.0.0.0/0", "18 000641"],
    ["192.0.2.0/24", "30 000641 c00002"],
    ["192.0.2.0/24", "30 000651 c00002"],
    ["192.0.2.128/25", "31 000641 c0000280"],
    // Bits behind the length mean nothing.
    ["192.0.2.128/25", "31 000641 c00002ff"],
    ["192.0.2.1/32", "38 000641 c0000201"],
    // As it is withdrawn (RFC 8277 section 2.4).
    ["192.0.2.1/32", "38 800000 c0000201"],
  ),
  "ipv6-labeled-unicast": routes(
    ["2001:db8::/32", "38 000641 20010db8"],
    ["2001:db8::/32", "38 000651 20010db8"],
    ["2001:db8::1/128", "98 000641 20010db8000000000000000000000001"],
  ),
  "l3vpn-ipv4-unicast": routes(
    ["1 0.0.0.0/0", `58 000641 ${RD}`],
    ["1 10.0.0.0/8", `60 000641 ${RD} 0a`],
    ["1 10.0.0.0/8", `60 000651 ${RD} 0a`],
    ["1 10.0.0.0/8", `60 800000 ${RD} 0a`],
    ["2 10.0.0.0/8", `60 000641 ${RD2} 0a`],
    ["1 10.0.0.1/32", `78 000641 ${RD} 0a000001`],
  ),
  "l3vpn-ipv6-unicast": routes(
    ["1 2001:db8::/32", `78 000641 ${RD} 20010db8`],
    ["1 2001:db8::/32", `78 000661 ${RD} 20010db8`],
    ["2 2001:db8::1/128", `d8 000641 ${RD2} 20010db8000000000000000000000001`],
  ),
  "l2vpn-evpn": routes(
    ["1 segment", `01 19 ${RD} ${ESI2} 00000000 000641`],
    ["1 segment", `01 19 ${RD} ${ESI2} 00000000 000651`],
    ["2 a", `02 21 ${RD} ${ESI} 00000000 ${MAC_A} 00 000641`],
    ["2 a", `02 21 ${RD} ${ESI2} 00000000 ${MAC_A} 00 000641`],
    ["2 a", `02 24 ${RD} ${ESI} 00000000 ${MAC_A} 00 000641 000651`],
    ["2 b", `02 21 ${RD} ${ESI} 00000000 ${MAC_B} 00 000641`],
    ["2 a 192.0.2.1", `02 25 ${RD} ${ESI} 00000000 ${MAC_A} 20 c0000201 000641`],
    ["2 without fields", "02 03 010203"],
    ["3", `03 11 ${RD} 00000000 20 c0000202`],
    ["4", `04 17 ${RD} ${ESI2} 20 c0000202`],
    ["5 192.0.2.0/24", `05 22 ${RD} ${ESI} 00000000 18 c0000200 00000000 000641`],
    ["5 192.0.2.0/24", `05 22 ${RD} ${ESI} 00000000 18 c0000200 0a000001 000651`],
    ["5 192.0.2.0/25", `05 22 ${RD} ${ESI} 00000000 19 c0000200 00000000 000641`],
    ["6", `06 1c ${RD} 00000000 20 0a000001 20 e8000001 20 c0000202 01`],
    ["6", `06 1c ${RD} 00000000 20 0a000001 20 e8000001 20 c0000202 02`],
    ["unknown", "63 02 aaaa"],
    ["unknown and empty", "64 00"],
  ),
  "ipv4-flowspec": FLOWS,
  "ipv6-flowspec": routes(["to 2001:db8::/32", "07 01200020010db8"], ["udp", "03 038111"]),
  "l3vpn-ipv4-flowspec": routes(
    ["1 tcp", `0b ${RD} 038106`],
    // The same, with a length of two octets.
    ["1 tcp", `f00b ${RD} 038106`],
    ["2 tcp", `0b ${RD2} 038106`],
  ),
  "l3vpn-ipv6-flowspec": routes(["1 udp", `0b ${RD} 038111`]),
  "link-state": routes(
    ["node", "0001 0015 02 0000000000000000 01000008 0200000400000001"],
    ["other node", "0001 0015 02 0000000000000000 01000008 0200000400000002"],
    ["unknown type", "ffee 0001 00"],
    ["large", `0002 1200 ${"02".repeat(0x1200)}`],
  ),
  "ipv4-multicast": ofPrefixes("ipv4-multicast", "10.0.0.0/8", "192.0.2.0/24"),
  "ipv6-multicast": ofPrefixes("ipv6-multicast", "2001:db8::/32", "2001:db8:1::/48"),
  "ipv4-mvpn": routes(
    ["intra-AS I-PMSI", `01 0c ${RD} c0000202`],
    ["another", `01 0c ${RD2} c0000202`],
    ["source active", `05 12 ${RD} 20 0a000001 20 e8000001`],
    ["empty", "63 00"],
  ),
  "ipv6-mvpn": routes(["intra-AS I-PMSI", `01 18 ${RD} 20010db8000000000000000000000001`]),
  "l2vpn-vpls": routes(
    ["1", `0011 ${RD} 0001 0001 0008 000641`],
    ["1 with another label", `0011 ${RD} 0001 0001 0008 000651`],
    ["large", `0301 ${"07".repeat(0x301)}`],
  ),
  "route-target-constraint": routes(
    ["default", "00"],
    ["65001:1", "60 0000fde9 0002fde900000001"],
    ["65001, all targets", "20 0000fde9"],
  ),
  "ipv4-sr-policy": routes(["1", "60 00000001 00000064 c0000201"], ["2", "60 00000002 00000064 c0000201"]),
  "ipv6-sr-policy": routes(["1", "c0 00000001 00000064 20010db8000000000000000000000001"]),
};
