import fc from "fast-check";
import { expect, test } from "vitest";
import { BgpError } from "../../../src/bgp/codec/bgp-error.ts";
import { decodeNotification, describeNotification } from "../../../src/bgp/codec/notification.ts";
import { decodeOpen } from "../../../src/bgp/codec/open.ts";
import { UpdateDecoder } from "../../../src/bgp/codec/update-decoder.ts";
import { message, update } from "./octets.ts";

const HEADER_BYTES = 19;
const OPEN = message(1, "04 fde9 005a 0a000001 1a 02 18 010400010001 010400020001 0200 40020078 41040000fde9");
const UPDATE = update({
  withdrawn: "080a",
  attributes:
    "800e1a 0002 01 10 20010db8000000000000000000000001 00 2020010db8 800f08 0002 01 2020010db9 400101 00 400206 0201 0000fde9 400304 0a000001 c00804 fde90001",
  nlri: "18c00002",
});

/** `pdu` with some octets of its body replaced and its end cut off, never below the shortest body allowed. */
function mutations(pdu: Uint8Array, leastBytes: number): fc.Arbitrary<Uint8Array> {
  const change = fc.tuple(fc.nat(pdu.length - HEADER_BYTES - 1), fc.nat(255));
  return fc
    .tuple(fc.array(change, { maxLength: 6 }), fc.integer({ min: leastBytes, max: pdu.length }))
    .map(([changes, length]) => {
      const mutated = new Uint8Array(pdu);
      for (const [offset, octet] of changes) mutated[HEADER_BYTES + offset] = octet;
      return mutated.slice(0, length);
    });
}

function decodesOrBlames(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    expect(error).toBeInstanceOf(BgpError);
  }
}

test("no UPDATE makes the decoder fail in any other way than by a BgpError", () => {
  const decoders = [true, false].map((isExternal) => new UpdateDecoder({ isFourOctetAs: isExternal, isExternal }));
  fc.assert(
    fc.property(mutations(UPDATE, 23), (pdu) => {
      for (const decoder of decoders) decodesOrBlames(() => decoder.decode(pdu));
    }),
    { numRuns: 3000 },
  );
});

test("no OPEN makes the decoder fail in any other way than by a BgpError", () => {
  fc.assert(
    fc.property(mutations(OPEN, 29), (pdu) => decodesOrBlames(() => decodeOpen(pdu))),
    { numRuns: 3000 },
  );
});

test("every NOTIFICATION can be described", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 40 }), (body) => {
      const pdu = message(3, Buffer.from(body).toString("hex"));
      expect(describeNotification(decodeNotification(pdu))).toContain(`(${body[0]}/${body[1]})`);
    }),
  );
});
