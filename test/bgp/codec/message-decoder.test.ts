import fc from "fast-check";
import { expect, test } from "vitest";
import { BgpError } from "../../../src/bgp/codec/bgp-error.ts";
import { encodeKeepalive } from "../../../src/bgp/codec/keepalive.ts";
import { MessageDecoder } from "../../../src/bgp/codec/message-decoder.ts";
import { hex, message, thrownBy } from "./octets.ts";

const KEEPALIVE = message(4, "");
const UPDATE = message(2, "0000 0000 18c00002");
const NOTIFICATION = message(3, "0602");

function decodeAll(...pushes: Uint8Array[]): Uint8Array[] {
  const decoder = new MessageDecoder();
  const messages: Uint8Array[] = [];
  for (const bytes of pushes) {
    decoder.push(bytes);
    for (let pdu = decoder.next(); pdu !== undefined; pdu = decoder.next()) messages.push(new Uint8Array(pdu));
  }
  return messages;
}

test("a KEEPALIVE is the header alone (RFC 4271 4.4)", () => {
  expect(encodeKeepalive()).toEqual(hex("ffffffffffffffffffffffffffffffff 0013 04"));
});

test("messages come out whole, byte by byte and with trailing data alike", () => {
  const stream = Buffer.concat([KEEPALIVE, UPDATE, NOTIFICATION]);
  const whole = [KEEPALIVE, UPDATE, NOTIFICATION];
  expect(decodeAll(stream)).toEqual(whole);
  expect(decodeAll(...Array.from(stream, (octet) => Uint8Array.of(octet)))).toEqual(whole);
  expect(decodeAll(Buffer.concat([stream, KEEPALIVE.subarray(0, 18)]))).toEqual(whole);
});

test("any cut of the stream gives the same messages", () => {
  const messages = [UPDATE, KEEPALIVE, UPDATE, message(2, "0000 0000".padEnd(2 * 4077, "0")), NOTIFICATION];
  const stream = Buffer.concat(messages);
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 20 }), (cuts) => {
      const ends = [...cuts.sort((a, b) => a - b), stream.length];
      expect(decodeAll(...ends.map((end, i) => stream.subarray(ends[i - 1] ?? 0, end)))).toEqual(messages);
    }),
  );
});

test("extended messages come out whole once they are allowed, whole or byte by byte (RFC 8654 4)", () => {
  const messages = [
    message(2, "0000 0000".padEnd(2 * 65_516, "0")),
    KEEPALIVE,
    message(2, "0000 0000".padEnd(8190, "0")),
  ];
  const stream = Buffer.concat(messages);
  for (const step of [1, 18, 1000, stream.length]) {
    const decoder = new MessageDecoder();
    decoder.maxMessageBytes = 65_535;
    const decoded: Uint8Array[] = [];
    for (let offset = 0; offset < stream.length; offset += step) {
      decoder.push(stream.subarray(offset, offset + step));
      for (let pdu = decoder.next(); pdu !== undefined; pdu = decoder.next()) decoded.push(new Uint8Array(pdu));
    }
    expect(decoded.map((pdu) => pdu.length)).toEqual(messages.map((pdu) => pdu.length));
    expect(Buffer.concat(decoded).equals(stream)).toBe(true);
  }
});

test("pending octets are those not yet part of a message returned", () => {
  const decoder = new MessageDecoder();
  decoder.push(Buffer.concat([KEEPALIVE, UPDATE.subarray(0, 20)]));
  expect(decoder.pendingBytes).toBe(39);
  decoder.next();
  expect(decoder.next()).toBeUndefined();
  expect(decoder.pendingBytes).toBe(20);
});

test.each([
  ["a marker that is not all ones", hex("ffffffffffffffffffffffffffffff00 0013 04"), 1, ""],
  ["a length below the header's", hex("ffffffffffffffffffffffffffffffff 0012 04"), 2, "0012"],
  ["a length above 4096", hex("ffffffffffffffffffffffffffffffff 1001 02"), 2, "1001"],
  ["an OPEN shorter than 29", hex("ffffffffffffffffffffffffffffffff 001c 01"), 2, "001c"],
  ["an UPDATE shorter than 23", hex("ffffffffffffffffffffffffffffffff 0016 02"), 2, "0016"],
  ["a NOTIFICATION shorter than 21", hex("ffffffffffffffffffffffffffffffff 0014 03"), 2, "0014"],
  ["a KEEPALIVE that is not 19", hex("ffffffffffffffffffffffffffffffff 0014 04"), 2, "0014"],
  ["a ROUTE-REFRESH shorter than 23", hex("ffffffffffffffffffffffffffffffff 0016 05"), 2, "0016"],
  ["an unknown type", hex("ffffffffffffffffffffffffffffffff 0013 06"), 3, "06"],
])("%s is a Message Header Error (RFC 4271 6.1)", (_what, header, subcode, data) => {
  for (const pushes of [[header], Array.from(header, (octet) => Uint8Array.of(octet))]) {
    const error = thrownBy(() => decodeAll(...pushes)) as BgpError;
    expect(error).toBeInstanceOf(BgpError);
    expect([error.code, error.subcode, Buffer.from(error.data).toString("hex")]).toEqual([1, subcode, data]);
  }
});
