import { describe, expect, test } from "vitest";
import { ADDRESS_FAMILIES, IPV4_UNICAST, IPV6_UNICAST } from "../../../src/bgp/address-family.ts";
import { concatOctets } from "../../../src/bgp/codec/octets.ts";
import { encodeAttribute, encodeEndOfRib, encodeUpdate } from "../../../src/bgp/codec/update.ts";
import { withdrawalOf, withFamilies } from "../../../src/bgp/codec/update-families.ts";
import { hex, update } from "./octets.ts";

const [EVPN] = ADDRESS_FAMILIES.filter(({ name }) => name === "l2vpn-evpn");
if (EVPN === undefined) throw new Error("no EVPN");
const ORIGIN = "400101 00";
const REST = "400200 400304 0a000001";
const REACH_IPV6 = "800e1a 0002 01 10 20010db8000000000000000000000001 00 2020010db8";
const UNREACH_IPV6 = "800f08 0002 01 2020010db9";
/** Attributes on both sides of those that are taken out. */
const MIXED = update({
  withdrawn: "080b",
  attributes: `${ORIGIN} ${REACH_IPV6} ${REST} ${UNREACH_IPV6}`,
  nlri: "080a",
});

describe("an UPDATE less the routes of other families", () => {
  test.each([
    ["is itself when it has none", MIXED, [IPV4_UNICAST, IPV6_UNICAST, EVPN], MIXED],
    ["is nothing when it has only such", MIXED, [EVPN], undefined],
    [
      "keeps the classic fields and all attributes but the multiprotocol ones",
      MIXED,
      [IPV4_UNICAST],
      update({ withdrawn: "080b", attributes: `${ORIGIN} ${REST}`, nlri: "080a" }),
    ],
    [
      "has the multiprotocol attributes first",
      MIXED,
      [IPV6_UNICAST],
      update({ attributes: `${REACH_IPV6} ${UNREACH_IPV6} ${ORIGIN} ${REST}` }),
    ],
    [
      "has no attributes when it only withdraws (RFC 7606 5.2)",
      update({ attributes: `${UNREACH_IPV6} ${ORIGIN} ${REST}`, nlri: "080a" }),
      [IPV6_UNICAST],
      update({ attributes: UNREACH_IPV6 }),
    ],
    [
      "nor when what it announces is of others",
      update({ withdrawn: "080b", attributes: `${REACH_IPV6} ${ORIGIN} ${REST}` }),
      [IPV4_UNICAST],
      update({ withdrawn: "080b" }),
    ],
    ["may be a marker of IPv4", encodeEndOfRib(IPV4_UNICAST), [IPV4_UNICAST], encodeEndOfRib(IPV4_UNICAST)],
    ["which is nothing for others", encodeEndOfRib(IPV4_UNICAST), [IPV6_UNICAST, EVPN], undefined],
    ["may be a marker of another", encodeEndOfRib(EVPN), [EVPN], encodeEndOfRib(EVPN)],
    ["which is nothing for IPv4", encodeEndOfRib(EVPN), [IPV4_UNICAST], undefined],
    ["may be about no route at all", update({ attributes: ORIGIN }), [EVPN], update({ attributes: ORIGIN })],
  ])("%s", (_name, pdu, families, expected) => {
    expect(withFamilies(pdu, families)).toEqual(expected);
  });

  test("may have attributes of more than 255 octets", () => {
    const long = encodeAttribute(0xc0, 8, new Uint8Array(300));
    const rest = hex(`${ORIGIN} ${REST}`);
    const pdu = encodeUpdate({ attributes: concatOctets([long, hex(REACH_IPV6), rest]), nlri: hex("080a") });
    const expected = encodeUpdate({ attributes: concatOctets([long, rest]), nlri: hex("080a") });
    expect(withFamilies(pdu, [IPV4_UNICAST])).toEqual(expected);
  });
});

describe("the withdrawal of the routes an UPDATE is about", () => {
  test.each([
    ["of IPv4: those announced and those withdrawn", MIXED, IPV4_UNICAST, update({ withdrawn: "080b 080a" })],
    ["of another family", MIXED, IPV6_UNICAST, update({ attributes: "800f0d 0002 01 2020010db8 2020010db9" })],
    ["of one that it is not about", MIXED, EVPN, undefined],
    ["of a marker", encodeEndOfRib(IPV6_UNICAST), IPV6_UNICAST, undefined],
  ])("%s", (_name, pdu, family, expected) => {
    expect(withdrawalOf(pdu, family)).toEqual(expected);
  });
});
