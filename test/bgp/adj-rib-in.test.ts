import { expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { AdjRibIn } from "../../src/bgp/adj-rib-in.ts";
import { concatOctets } from "../../src/bgp/codec/octets.ts";
import { decodePrefixes, encodePrefixes } from "../../src/bgp/codec/prefix.ts";
import { encodeAttribute } from "../../src/bgp/codec/update.ts";
import { UpdateDecoder } from "../../src/bgp/codec/update-decoder.ts";
import { hex, update } from "./codec/octets.ts";

const UNEXTENDED = { hasPathIds: false, isExtendedMessage: false };
const EXTENDED = { hasPathIds: false, isExtendedMessage: true };
const ATTRIBUTES = hex("400101 00 400200 400304 0a000001");
const OTHERS = hex("400101 02 400200 400304 0a000002");
const V6_NEXT_HOP = hex("20010db8000000000000000000000001");
const decoder = new UpdateDecoder({ isFourOctetAs: true, isExternal: true });

const v4 = (...prefixes: string[]): Uint8Array => encodePrefixes(IPV4_UNICAST, prefixes);
const v6 = (...prefixes: string[]): Uint8Array => encodePrefixes(IPV6_UNICAST, prefixes);

/** `count` prefixes, from `10.<block>.0.0/24` on. */
function many(count: number, block = 0): string[] {
  return Array.from({ length: count }, (_, i) => `10.${block + (i >>> 8)}.${i & 255}.0/24`);
}

function dumpOf(rib: AdjRibIn): Uint8Array[] {
  return Array.from(rib.dump(), (pdu) => new Uint8Array(pdu));
}

function prefixesOf(pdus: Iterable<Uint8Array>): string[] {
  return [...pdus].flatMap((pdu) => decodePrefixes(IPV4_UNICAST, decoder.decode(pdu).nlri));
}

test("routes that share attributes are dumped in one UPDATE, attributes as received", () => {
  const rib = new AdjRibIn(IPV4_UNICAST, 1, UNEXTENDED);
  rib.announce(v4("10.0.0.0/8"), ATTRIBUTES);
  rib.announce(v4("192.0.2.0/24"), OTHERS);
  rib.announce(v4("10.1.0.0/16", "0.0.0.0/0"), ATTRIBUTES);
  expect(rib.size).toBe(4);
  expect(dumpOf(rib)).toEqual([
    update({ attributes: "400101 00 400200 400304 0a000001", nlri: "00 100a01 080a" }),
    update({ attributes: "400101 02 400200 400304 0a000002", nlri: "18c00002" }),
  ]);
});

test("IPv6 routes, and IPv4 routes that came in MP_REACH_NLRI, are dumped in it", () => {
  const ipv6 = new AdjRibIn(IPV6_UNICAST, 1, UNEXTENDED);
  ipv6.announce(v6("2001:db8::/33", "::/0"), hex("400101 00"), V6_NEXT_HOP);
  expect(dumpOf(ipv6)).toEqual([
    update({
      attributes: "800e1c 0002 01 10 20010db8000000000000000000000001 00 00 2120010db800 400101 00",
    }),
  ]);
  const ipv4 = new AdjRibIn(IPV4_UNICAST, 1, UNEXTENDED);
  ipv4.announce(v4("10.0.0.0/8"), ATTRIBUTES, hex("0a000009"));
  ipv4.announce(v4("11.0.0.0/8"), ATTRIBUTES);
  expect(dumpOf(ipv4)).toEqual([
    update({ attributes: "800e0b 0001 01 04 0a000009 00 080a 400101 00 400200 400304 0a000001" }),
    update({ attributes: "400101 00 400200 400304 0a000001", nlri: "080b" }),
  ]);
});

test("an announcement replaces the route; trailing bits do not matter", () => {
  const rib = new AdjRibIn(IPV4_UNICAST, 1, UNEXTENDED);
  rib.announce(hex("0c0aff"), ATTRIBUTES);
  rib.announce(hex("0c0af0"), OTHERS);
  expect(dumpOf(rib)).toEqual([update({ attributes: "400101 02 400200 400304 0a000002", nlri: "0c0af0" })]);
  rib.withdraw(hex("0c0af7"));
  expect([rib.size, rib.attributeBytes, [...rib.dump()]]).toEqual([0, 0, []]);
});

test("what changes nothing is counted (RFC 7854 4.8)", () => {
  const rib = new AdjRibIn(IPV4_UNICAST, 1, UNEXTENDED);
  rib.announce(v4("10.0.0.0/8", "10.0.0.0/8"), ATTRIBUTES);
  rib.announce(v4("10.0.0.0/8"), ATTRIBUTES);
  rib.announce(v4("10.0.0.0/8"), OTHERS);
  rib.withdraw(v4("10.0.0.0/8", "10.0.0.0/8", "11.0.0.0/8"));
  expect([rib.duplicateAnnouncements, rib.duplicateWithdrawals]).toEqual([2, 2]);
});

test("a large set is dumped in UPDATEs as full as 4096 octets allow", () => {
  const rib = new AdjRibIn(IPV4_UNICAST, 1, UNEXTENDED);
  const prefixes = many(2500);
  rib.announce(v4(...prefixes), ATTRIBUTES);
  const pdus = [...rib.dump()];
  expect(pdus.map((pdu) => pdu.length)).toEqual([4093, 4093, 1925]);
  expect(prefixesOf(pdus).sort()).toEqual(prefixes.sort());
});

test("attributes that leave room for one prefix only", () => {
  const rib = new AdjRibIn(IPV6_UNICAST, 1, UNEXTENDED);
  // As received: 23 octets of fixed fields, MP_REACH_NLRI of 3 + 5 + 16 + 17, and the rest.
  const attributes = new Uint8Array(4096 - 23 - 41).fill(1);
  rib.announce(v6("2001:db8::1/128"), attributes, V6_NEXT_HOP);
  rib.announce(v6("2001:db8::2/128"), attributes, V6_NEXT_HOP);
  expect([...rib.dump()].map((pdu) => pdu.length)).toEqual([4096, 4096]);
});

test("with extended messages 4096 octets are kept to, unless attributes take most of them (RFC 8654)", () => {
  const rib = new AdjRibIn(IPV4_UNICAST, 1, EXTENDED);
  rib.announce(v4(...many(2500)), ATTRIBUTES);
  rib.announce(v4(...many(2500, 100)), concatOctets([ATTRIBUTES, encodeAttribute(0xc0, 99, new Uint8Array(3000))]));
  const pdus = dumpOf(rib);
  expect(pdus.map((pdu) => pdu.length)).toEqual([4093, 4093, 1925, 13_041]);
  expect(prefixesOf(pdus).sort()).toEqual([...many(2500), ...many(2500, 100)].sort());
});

test("the largest UPDATE of all can be dumped", () => {
  const rib = new AdjRibIn(IPV6_UNICAST, 1, EXTENDED);
  const attributes = encodeAttribute(0xc0, 99, new Uint8Array(65_535 - 23 - 41 - 4));
  rib.announce(v6("2001:db8::1/128"), attributes, V6_NEXT_HOP);
  rib.announce(v6("2001:db8::2/128"), attributes, V6_NEXT_HOP);
  expect(dumpOf(rib).map((pdu) => pdu.length)).toEqual([65_535, 65_535]);
});

test("a dump in progress survives any change to the table", () => {
  const rib = new AdjRibIn(IPV4_UNICAST, 1, UNEXTENDED);
  const prefixes = many(3000);
  rib.announce(v4(...prefixes), ATTRIBUTES);
  rib.announce(v4("192.0.2.0/24"), OTHERS);
  const dump = rib.dump();
  const seen = prefixesOf([dump.next().value as Uint8Array]);
  const left = prefixes.filter((prefix) => !seen.includes(prefix));
  // The newest come first: the next one due, then some behind it, one of which moves to a set made meanwhile.
  const next = left.at(-1) as string;
  rib.withdraw(v4(next, left.at(-2) as string));
  rib.announce(v4(left.at(-5) as string), hex("400101 01 400200 400304 0a000003"));
  rib.announce(v4("172.16.0.0/12"), ATTRIBUTES);
  const gone = new Set([next, left.at(-2), left.at(-5)]);
  const rest = prefixesOf(dump);
  expect(rest.sort()).toEqual([...left.filter((prefix) => !gone.has(prefix)), "192.0.2.0/24"].sort());
});

test("a dump ends although the table changes faster than it is read", () => {
  const rib = new AdjRibIn(IPV4_UNICAST, 1, UNEXTENDED);
  rib.announce(v4(...many(2500)), ATTRIBUTES);
  let steps = 0;
  for (const _ of rib.dump()) {
    steps++;
    rib.announce(v4(...many(2000, 100 + steps)), ATTRIBUTES);
    rib.announce(v4(...many(2000, 100 + steps)), Uint8Array.of(0x40, 1, 1, 0, 0x40, 2, 0, steps));
    if (steps > 100) break;
  }
  expect(steps).toBe(3);
});

test("a dump given up leaves nothing behind", () => {
  const rib = new AdjRibIn(IPV4_UNICAST, 1, UNEXTENDED);
  rib.announce(v4(...many(2500)), ATTRIBUTES);
  for (const _ of rib.dump()) break;
  rib.withdraw(v4(...many(2500)));
  expect([rib.size, rib.attributeBytes]).toEqual([0, 0]);
});

test("a fork of a dump goes on from the same place, whatever becomes of the first", () => {
  const rib = new AdjRibIn(IPV4_UNICAST, 1, UNEXTENDED);
  rib.announce(v4(...many(3000)), ATTRIBUTES);
  rib.announce(v4("192.0.2.0/24"), OTHERS);
  const dump = rib.dump();
  dump.next();
  const [fork, whole] = [dump.fork(), dump.fork()];
  const rest = prefixesOf(dump);
  expect(rest).toContain("192.0.2.0/24");
  expect(prefixesOf(whole)).toEqual(rest);
  // All that it stands on goes: it goes on to the next attributes.
  rib.withdraw(v4(...many(3000)));
  expect(prefixesOf(fork)).toEqual(["192.0.2.0/24"]);
});
