import { describe, expect, test } from "vitest";
import { decodeBgp4mp } from "../../../src/mrt/codec/bgp4mp.ts";
import { MrtError } from "../../../src/mrt/codec/mrt-error.ts";
import { hex } from "../../bgp/codec/octets.ts";

const ENDS2 = "fde9 fde8 0007 0001 c0000201 c00002fe";
const ENDS4 = "00010001 0000fde8 0007 0001 c0000201 c00002fe";
const ENDS_V6 = "00010001 0000fde8 0007 0002 20010db8000000000000000000000001 20010db80000000000000000000000fe";
const KEEPALIVE = `${"ff".repeat(16)} 0013 04`;

const V4 = { localAs: 65000, peerAddress: hex("c0000201"), localAddress: hex("c00002fe") };

describe("BGP4MP messages (RFC 6396 section 4.4, RFC 8050 section 3)", () => {
  test.each<[number, boolean, boolean, boolean]>([
    [1, false, false, false],
    [4, true, false, false],
    [6, false, true, false],
    [7, true, true, false],
    [8, false, false, true],
    [9, true, false, true],
    [10, false, true, true],
    [11, true, true, true],
  ])("subtype %i", (subtype, isFourOctetAs, isLocal, hasPathIds) => {
    expect(decodeBgp4mp(subtype, hex(`${isFourOctetAs ? ENDS4 : ENDS2} ${KEEPALIVE}`))).toEqual({
      kind: "message",
      peerAs: isFourOctetAs ? 65537 : 65001,
      ...V4,
      isFourOctetAs,
      isLocal,
      hasPathIds,
      pdu: hex(KEEPALIVE),
    });
  });

  test("over IPv6", () => {
    expect(decodeBgp4mp(4, hex(`${ENDS_V6} ${KEEPALIVE}`))).toMatchObject({
      peerAddress: hex("20010db8000000000000000000000001"),
      localAddress: hex("20010db80000000000000000000000fe"),
    });
  });

  test("a message of more than 4096 octets (RFC 8654)", () => {
    const pdu = Buffer.concat([hex(`${"ff".repeat(16)} ffff 02`), new Uint8Array(65_535 - 19)]);
    expect(decodeBgp4mp(4, Buffer.concat([hex(ENDS4), pdu]))).toMatchObject({ kind: "message" });
  });

  test.each<[string, string, string]>([
    ["no message", ENDS4, "a BGP message of 0 octets has no header"],
    ["half a message", `${ENDS4} ${"ff".repeat(16)} 0017 02`, "a BGP message of 23 octets in 19"],
    ["more than a message", `${ENDS4} ${KEEPALIVE} 00`, "a BGP message of 19 octets in 20"],
    ["no marker", `${ENDS4} ${"00".repeat(16)} 0013 04`, "it holds no BGP message: marker is not all ones"],
    ["AFI 3", "00010001 0000fde8 0007 0003", "addresses of family 3 are neither IPv4 nor IPv6"],
    ["no local address", ENDS4.slice(0, -9), "Local IP Address needs 4 octets where 0 are left"],
  ])("%s", (_, body, message) => {
    expect(() => decodeBgp4mp(4, hex(body))).toThrow(new MrtError(message));
  });
});

describe("BGP4MP state changes (RFC 6396 section 4.4.1 and 4.4.4)", () => {
  test("with AS numbers of two and of four octets", () => {
    expect(decodeBgp4mp(0, hex(`${ENDS2} 0005 0006`))).toEqual({
      kind: "state-change",
      peerAs: 65001,
      ...V4,
      newState: 6,
    });
    expect(decodeBgp4mp(5, hex(`${ENDS4} 0006 0001`))).toMatchObject({ peerAs: 65537, newState: 1 });
  });

  test("more than two states", () => {
    expect(() => decodeBgp4mp(5, hex(`${ENDS4} 0006 0001 00`))).toThrow(new MrtError("1 octets after the end"));
  });
});

test("subtypes that nobody writes any more are passed over", () => {
  expect(decodeBgp4mp(2, hex("00"))).toBe(undefined);
  expect(decodeBgp4mp(3, hex("00"))).toBe(undefined);
});

test("what is of no neighbour is passed over, whatever it has instead of addresses", () => {
  expect(decodeBgp4mp(5, hex("00000000 00000000 0000 0000 0001 0008"))).toBe(undefined);
});
