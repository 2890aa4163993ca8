import { describe, expect, test } from "vitest";
import { ADDRESS_FAMILIES, type AddressFamily, type FamilyName } from "../../../src/bgp/address-family.ts";
import { isNlriValid, nlriEnd } from "../../../src/bgp/codec/nlri.ts";
import { concatOctets } from "../../../src/bgp/codec/octets.ts";
import { UpdateDecoder } from "../../../src/bgp/codec/update-decoder.ts";
import { SAMPLE_ROUTES } from "../sample-routes.ts";
import { hex, thrownBy, update } from "./octets.ts";

const PATH_ID = hex("00000007");
const ATTRIBUTES = "400101 00 400200";
const decoder = new UpdateDecoder({ isFourOctetAs: true, isExternal: true });

function family(name: FamilyName): AddressFamily {
  return ADDRESS_FAMILIES.find((each) => each.name === name) as AddressFamily;
}

function isDecoded(pdu: Uint8Array): boolean {
  try {
    decoder.decode(pdu);
    return true;
  } catch {
    return false;
  }
}

test.each(ADDRESS_FAMILIES)("$name: a field is cut into its routes, with Path Identifiers and without", (each) => {
  const routes = SAMPLE_ROUTES[each.name].map(({ nlri }) => nlri);
  for (const hasPathIds of [false, true]) {
    const withIds = routes.map((nlri) => (hasPathIds ? concatOctets([PATH_ID, nlri]) : nlri));
    const field = concatOctets(withIds);
    expect(isNlriValid(each, field, hasPathIds)).toBe(true);
    const cut: Uint8Array[] = [];
    for (let offset = 0; offset < field.length; ) {
      const end = nlriEnd(each, field, offset, hasPathIds);
      cut.push(field.subarray(offset, end));
      offset = end;
    }
    expect(cut).toEqual(withIds);
  }
});

test.each(ADDRESS_FAMILIES)("$name: a field that ends within a route is malformed", (each) => {
  for (const { nlri } of SAMPLE_ROUTES[each.name]) {
    for (let length = 1; length < Math.min(nlri.length, 40); length++)
      expect(isNlriValid(each, nlri.subarray(0, length), false)).toBe(false);
    const withId = concatOctets([PATH_ID, nlri]);
    for (let length = 1; length < Math.min(withId.length, 40); length++)
      expect(isNlriValid(each, withId.subarray(0, length), true)).toBe(false);
  }
});

describe("malformed NLRI end the session (RFC 7606 5.3)", () => {
  test.each([
    ["ipv4-labeled-unicast", "a length without room for the label", "800f 08 0001 04 17 000641"],
    ["ipv4-labeled-unicast", "a prefix of 33 bits", "800f 0c 0001 04 39 000641 c000020180"],
    ["ipv6-labeled-unicast", "a prefix of 129 bits", `800f 18 0002 04 99 000641 ${"20".repeat(17)}`],
    [
      "l3vpn-ipv4-unicast",
      "a length without room for the Route Distinguisher",
      "800f 0e 0001 80 57 000641 0000fde900000001",
    ],
    ["l3vpn-ipv4-unicast", "a prefix of 33 bits", `800f 14 0001 80 79 000641 0000fde900000001 c000020180`],
    ["l2vpn-evpn", "a route longer than the field", "800f 06 0019 46 03 11 00"],
    ["ipv4-flowspec", "a specification longer than the field", "800f 05 0001 85 03 03"],
    ["ipv6-flowspec", "half a length", "800f 04 0002 85 f0"],
    ["link-state", "a route longer than the field", "800f 08 4004 47 0001 0002 00"],
    ["ipv4-mvpn", "a type without a length", "800f 04 0001 05 01"],
    ["l2vpn-vpls", "a route longer than the field", "800f 06 0019 41 0002 00"],
    ["l2vpn-vpls", "half a length", "800f 04 0019 41 00"],
    ["route-target-constraint", "a route longer than the field", "800f 07 0001 84 20 0000fd"],
  ])("%s: %s", (_name, _what, attribute) => {
    const octets = hex(attribute);
    octets[2] = octets.length - 3;
    const error = thrownBy(() => decoder.decode(update({ attributes: Buffer.from(octets).toString("hex") })));
    expect(error).toMatchObject({ code: 3, subcode: 9, data: octets });
  });
});

test.each([
  ["ipv4-labeled-unicast", [4]],
  ["ipv6-labeled-unicast", [16, 32]],
  ["l3vpn-ipv4-unicast", [12]],
  ["l3vpn-ipv6-unicast", [24, 48]],
  ["l2vpn-evpn", [4, 16, 32]],
  ["link-state", [4, 16, 32]],
  ["ipv6-multicast", [16, 32]],
  ["ipv4-mvpn", [4, 16, 32]],
  ["l2vpn-vpls", [4, 16, 32]],
  ["route-target-constraint", [4, 16, 32]],
  ["ipv4-flowspec", Array.from({ length: 64 }, (_, i) => i)],
] as const)("%s: next hops have %j octets", (name, lengths) => {
  const { afi, safi } = family(name);
  const accepted: number[] = [];
  for (let length = 0; length < 64; length++) {
    const nlri = SAMPLE_ROUTES[name][0]?.nlri as Uint8Array;
    const value = concatOctets([Uint8Array.of(afi >>> 8, afi, safi, length), new Uint8Array(length + 1), nlri]);
    const reach = `800e ${value.length.toString(16).padStart(2, "0")} ${Buffer.from(value).toString("hex")}`;
    if (isDecoded(update({ attributes: `${reach} ${ATTRIBUTES}` }))) accepted.push(length);
  }
  expect(accepted).toEqual([...lengths]);
});
