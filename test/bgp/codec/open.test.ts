import { describe, expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../../src/bgp/address-family.ts";
import { BgpError } from "../../../src/bgp/codec/bgp-error.ts";
import {
  announcedFamilies,
  announcedGracefulRestart,
  fourOctetAs,
  GRACEFUL_RESTART_AWARE,
  multiprotocol,
  ROUTE_REFRESH,
} from "../../../src/bgp/codec/capability.ts";
import { decodeOpen, encodeOpen } from "../../../src/bgp/codec/open.ts";
import { hex, message, thrownBy } from "./octets.ts";

const OPEN = {
  as: 4_200_000_001,
  holdTimeS: 90,
  bgpId: 0x0aff_0001,
  capabilities: [
    multiprotocol(IPV4_UNICAST),
    multiprotocol(IPV6_UNICAST),
    ROUTE_REFRESH,
    GRACEFUL_RESTART_AWARE,
    fourOctetAs(4_200_000_001),
  ],
};
const OCTETS = message(1, "04 5ba0 005a 0aff0001 1a 02 18 010400010001 010400020001 0200 40020000 4104fa56ea01");

test("OPEN with a 4-octet AS number has AS_TRANS in My Autonomous System (RFC 6793 9)", () => {
  expect(encodeOpen(OPEN)).toEqual(OCTETS);
  expect(decodeOpen(OCTETS)).toEqual(OPEN);
});

test("an OPEN without optional parameters is that of an IPv4-only 2-octet speaker", () => {
  const open = decodeOpen(message(1, "04 fde9 0000 0a000001 00"));
  expect(open).toEqual({ as: 65001, holdTimeS: 0, bgpId: 0x0a00_0001, capabilities: [] });
  expect(announcedFamilies(open.capabilities)).toEqual([IPV4_UNICAST]);
  expect(encodeOpen(open)).toEqual(message(1, "04 fde9 0000 0a000001 00"));
});

test("capabilities may come in a parameter each, and unknown ones are kept (RFC 5492 4)", () => {
  const open = decodeOpen(message(1, "04 fde9 005a 0a000001 0f 02 02 8000 02 04 4902aabb 02 03 460107"));
  expect(open.capabilities).toEqual([
    { code: 128, value: hex("") },
    { code: 73, value: hex("aabb") },
    { code: 70, value: hex("07") },
  ]);
});

test("extended optional parameters are read (RFC 9072)", () => {
  const open = decodeOpen(message(1, "04 fde9 005a 0a000001 ff ff 0009 02 0006 010400020001"));
  expect(announcedFamilies(open.capabilities)).toEqual([IPV6_UNICAST]);
});

test("graceful restart: none, aware, or with families (RFC 4724 3)", () => {
  expect(announcedGracefulRestart([])).toBe("none");
  expect(announcedGracefulRestart([GRACEFUL_RESTART_AWARE])).toBe("aware");
  expect(announcedGracefulRestart([{ code: 64, value: hex("4078 0001 01 80") }])).toBe("families");
});

describe("an OPEN Message Error (RFC 4271 6.2)", () => {
  test.each([
    ["version 3", "03 fde9 005a 0a000001 00", 1, "0004"],
    ["AS number 0 (RFC 7607)", "04 0000 005a 0a000001 00", 2, ""],
    ["4-octet AS number 0", "04 5ba0 005a 0a000001 08 02 06 410400000000", 2, ""],
    ["BGP Identifier 0 (RFC 6286)", "04 fde9 005a 00000000 00", 3, ""],
    ["an authentication parameter", "04 fde9 005a 0a000001 03 01 01 00", 4, ""],
    ["Hold Time 1", "04 fde9 0001 0a000001 00", 6, "0001"],
    ["Hold Time 2", "04 fde9 0002 0a000001 00", 6, "0002"],
    ["parameters longer than the message", "04 fde9 005a 0a000001 04 02 01 00", 0, ""],
    ["a parameter longer than its field", "04 fde9 005a 0a000001 03 02 02 00", 0, ""],
    ["half a parameter header", "04 fde9 005a 0a000001 01 02", 0, ""],
    ["a capability longer than its parameter", "04 fde9 005a 0a000001 04 02 02 0201", 0, ""],
    ["a multiprotocol capability of 3 octets", "04 fde9 005a 0a000001 07 02 05 0103000100", 0, ""],
    ["a 4-octet AS capability of 2 octets", "04 fde9 005a 0a000001 06 02 04 4102fde9", 0, ""],
    ["a graceful restart capability of 1 octet", "04 fde9 005a 0a000001 05 02 03 400100", 0, ""],
  ])("%s", (_what, body, subcode, data) => {
    const error = thrownBy(() => decodeOpen(message(1, body))) as BgpError;
    expect(error).toBeInstanceOf(BgpError);
    expect([error.code, error.subcode, Buffer.from(error.data).toString("hex")]).toEqual([2, subcode, data]);
  });
});
