import { describe, expect, test } from "vitest";
import { BgpError } from "../../../src/bgp/codec/bgp-error.ts";
import { UpdateDecoder } from "../../../src/bgp/codec/update-decoder.ts";
import { hex, thrownBy, update } from "./octets.ts";

const ORIGIN = "400101 00";
const AS_PATH = "400206 0201 0000fde9";
const NEXT_HOP = "400304 0a000001";
const ROUTE = "18c00002";
const V6_NEXT_HOP = "20010db8000000000000000000000001";
const MP_REACH = `800e19 0002 01 10 ${V6_NEXT_HOP} 00 182001 0d`;

const external = new UpdateDecoder({ isFourOctetAs: true, isExternal: true });
const internal = new UpdateDecoder({ isFourOctetAs: true, isExternal: false });
const legacy = new UpdateDecoder({ isFourOctetAs: false, isExternal: true });

function faultOf(error: unknown): [number, number, string] {
  expect(error).toBeInstanceOf(BgpError);
  const { code, subcode, data } = error as BgpError;
  return [code, subcode, Buffer.from(data).toString("hex")];
}

function squeezed(text: string): string {
  return text.replaceAll(" ", "");
}

describe("session reset", () => {
  test.each([
    ["Withdrawn Routes that exceed the message", "0002 0000", 1, ""],
    ["attributes that exceed the message", "0000 0001", 1, ""],
  ])("%s (RFC 4271 6.3)", (_what, body, subcode, data) => {
    const pdu = update({});
    pdu.set(hex(body), 19);
    expect(faultOf(thrownBy(() => external.decode(pdu)))).toEqual([3, subcode, data]);
  });

  test.each([
    ["an IPv4 prefix of 33 bits (RFC 7606 5.3)", { withdrawn: "21 0a000000 00" }, 10, ""],
    [
      "an IPv4 prefix that is cut off (RFC 7606 5.3)",
      { attributes: ORIGIN + AS_PATH + NEXT_HOP, nlri: "18c000" },
      10,
      "",
    ],
    ["MP_REACH_NLRI twice (RFC 7606 3 g)", { attributes: MP_REACH + MP_REACH }, 1, ""],
    ["MP_UNREACH_NLRI twice (RFC 7606 3 g)", { attributes: "800f03 000201 800f03 000201" }, 1, ""],
    [
      "MP_REACH_NLRI with flags of another kind (RFC 7606 5.3)",
      { attributes: MP_REACH.replace("80", "c0") },
      4,
      MP_REACH.replace("80", "c0"),
    ],
    ["MP_REACH_NLRI of 4 octets (RFC 7606 5.3)", { attributes: "800e04 0002 01 00" }, 9, "800e04 0002 01 00"],
    ["MP_UNREACH_NLRI of 2 octets (RFC 7606 5.3)", { attributes: "800f02 0002" }, 9, "800f02 0002"],
    [
      "an IPv6 next hop of 4 octets (RFC 7606 7.11)",
      { attributes: "800e0a 0002 01 04 0a000001 00 00" },
      9,
      "800e0a 0002 01 04 0a000001 00 00",
    ],
    [
      "an IPv4 next hop of 16 octets (RFC 7606 7.11)",
      { attributes: `800e16 0001 01 10 ${V6_NEXT_HOP} 00 00` },
      9,
      `800e16 0001 01 10 ${V6_NEXT_HOP} 00 00`,
    ],
    [
      "a next hop that exceeds the attribute (RFC 7606 7.11)",
      { attributes: "800e06 0002 01 10 2001" },
      9,
      "800e06 0002 01 10 2001",
    ],
    ["an IPv6 prefix of 129 bits (RFC 7606 5.3)", { attributes: "800f04 0002 01 81" }, 9, "800f04 0002 01 81"],
    ["an unknown well-known attribute (RFC 4271 6.3)", { attributes: "406300", nlri: ROUTE }, 2, "406300"],
    [
      "MP_REACH_NLRI that exceeds the attributes (RFC 7606 3 j)",
      { attributes: `${ORIGIN} 800e20 0002`, nlri: ROUTE },
      5,
      "800e20 0002",
    ],
    ["a malformed attribute without routes (RFC 7606 5.2)", { attributes: "400101 03" }, 6, "400101 03"],
  ])("%s", (_what, parts, subcode, data) => {
    expect(faultOf(thrownBy(() => external.decode(update(parts))))).toEqual([3, subcode, squeezed(data)]);
  });
});

describe("treat-as-withdraw", () => {
  const others = (attribute: string): string =>
    [ORIGIN, AS_PATH, NEXT_HOP].filter((other) => other.slice(2, 4) !== attribute.slice(2, 4)).join("") + attribute;

  test.each([
    ["ORIGIN 3", "400101 03", 6, "400101 03"],
    ["ORIGIN of 2 octets", "400102 0000", 5, "400102 0000"],
    ["ORIGIN marked optional (RFC 7606 3 c)", "c00101 00", 4, "c00101 00"],
    ["an AS_PATH segment of unknown type", "400206 0501 0000fde9", 11, ""],
    ["an AS_PATH segment of no AS number", "400202 0200", 11, ""],
    ["an AS_PATH segment that is cut off", "400205 0201 0000fd", 11, ""],
    ["an AS_PATH with an octet behind its segments", "400207 0201 0000fde9 02", 11, ""],
    ["a confederation segment from outside (RFC 5065 5)", "400206 0301 0000fde9", 11, ""],
    ["NEXT_HOP of 5 octets", "400305 0a00000100", 5, "400305 0a00000100"],
    ["MULTI_EXIT_DISC of 3 octets", "800403 000000", 5, "800403 000000"],
    ["COMMUNITIES of 3 octets", "c00803 000000", 9, "c00803 000000"],
    ["COMMUNITIES of no octet", "c00800", 9, "c00800"],
    ["EXTENDED COMMUNITIES of 4 octets", "c01004 00000000", 9, "c01004 00000000"],
    ["IPv6 EXTENDED COMMUNITIES of 8 octets", "c01908 0000000000000000", 9, "c01908 0000000000000000"],
    ["LARGE_COMMUNITY of 4 octets (RFC 8092 6)", "c02004 00000000", 9, "c02004 00000000"],
    ["ONLY_TO_CUSTOMER of 3 octets (RFC 9234 5)", "c02303 000000", 5, "c02303 000000"],
    ["an attribute that exceeds the others (RFC 7606 4)", "c06305 00", 5, "c06305 00"],
    ["an octet behind the last attribute (RFC 7606 4)", "c0", 1, ""],
  ])("%s", (_what, attribute, subcode, data) => {
    const decoded = external.decode(update({ attributes: others(attribute), nlri: ROUTE }));
    expect(faultOf(decoded.treatAsWithdraw)).toEqual([3, subcode, squeezed(data)]);
    expect(decoded.nlri).toEqual(hex(ROUTE));
  });

  test.each([
    ["ORIGIN", AS_PATH + NEXT_HOP, "01"],
    ["AS_PATH", ORIGIN + NEXT_HOP, "02"],
    ["NEXT_HOP", ORIGIN + AS_PATH, "03"],
  ])("%s is missing (RFC 7606 3 d)", (_what, attributes, type) => {
    expect(faultOf(external.decode(update({ attributes, nlri: ROUTE })).treatAsWithdraw)).toEqual([3, 3, type]);
  });

  test("IPv6 routes need no NEXT_HOP", () => {
    expect(external.decode(update({ attributes: MP_REACH + ORIGIN + AS_PATH })).treatAsWithdraw).toBeUndefined();
    expect(faultOf(external.decode(update({ attributes: MP_REACH + ORIGIN })).treatAsWithdraw)).toEqual([3, 3, "02"]);
  });

  test.each([
    ["LOCAL_PREF of 3 octets", "400503 000000", 5],
    ["ORIGINATOR_ID of 3 octets", "800903 000000", 5],
    ["CLUSTER_LIST of 3 octets", "800a03 000000", 9],
  ])("%s from inside our AS", (_what, attribute, subcode) => {
    const decoded = internal.decode(update({ attributes: others(attribute), nlri: ROUTE }));
    expect(faultOf(decoded.treatAsWithdraw)).toEqual([3, subcode, squeezed(attribute)]);
  });
});

describe("attribute discard", () => {
  const KEPT = ORIGIN + AS_PATH + NEXT_HOP;
  test.each([
    ["ATOMIC_AGGREGATE of 1 octet (RFC 7606 7.6)", external, "400601 00", 6],
    ["AGGREGATOR of 6 octets on a 4-octet session (RFC 7606 7.7)", external, "c00706 fde9 0a000001", 7],
    ["LOCAL_PREF from outside (RFC 7606 7.5)", external, "400504 00000064", 5],
    ["ORIGINATOR_ID from outside (RFC 7606 7.9)", external, "800904 0a000001", 9],
    ["CLUSTER_LIST from outside (RFC 7606 7.10)", external, "800a04 0a000001", 10],
    ["AS4_PATH on a 4-octet session (RFC 6793 4.1)", external, "c01106 0201 0000fde9", 17],
    ["a second ORIGIN (RFC 7606 3 g)", external, "400101 01", 1],
  ])("%s", (_what, decoder, attribute, type) => {
    const decoded = decoder.decode(update({ attributes: KEPT + attribute + "c06300", nlri: ROUTE }));
    expect(decoded.treatAsWithdraw).toBeUndefined();
    expect(decoded.discarded).toEqual([type]);
    expect(decoded.attributes).toEqual(hex(`${KEPT} c06300`));
  });

  test.each([
    ["AS4_PATH with a segment cut off (RFC 6793 6)", "c01105 0201 0000fd", 17],
    ["AS4_AGGREGATOR of 6 octets (RFC 6793 6)", "c01206 fde9 0a000001", 18],
    ["AGGREGATOR of 8 octets on a 2-octet session", "c00708 0000fde9 0a000001", 7],
  ])("%s", (_what, attribute, type) => {
    const attributes = `${ORIGIN} 400204 0201 fde9 ${NEXT_HOP} ${attribute}`;
    expect(legacy.decode(update({ attributes, nlri: ROUTE })).discarded).toEqual([type]);
  });

  test("sound optional attributes pass on a 2-octet session", () => {
    const attributes = `${ORIGIN} 400204 0201 5ba0 ${NEXT_HOP} c00706 5ba0 0a000001 c01106 0201 fa56ea01 c01208 fa56ea01 0a000001`;
    const decoded = legacy.decode(update({ attributes, nlri: ROUTE }));
    expect([decoded.discarded, decoded.treatAsWithdraw]).toEqual([[], undefined]);
    expect(decoded.attributes).toEqual(hex(attributes));
  });
});
