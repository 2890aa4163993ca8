import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BitQueue } from "../../../src/mrt/codec/bit-queue.ts";
import { bunzip2 } from "../../../src/mrt/codec/bunzip2.ts";
import { MrtError } from "../../../src/mrt/codec/mrt-error.ts";

/** Written by bzip2 1.0.8. */
const packed = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));
const EMPTY = packed("QlpoORdyRThQkAAAAAA=");
const SENTENCE = packed(
  "QlpoOTFBWSZTWaEYaZUAAARfgAAQQAEQAAACFAA/bFyQIAAihoNGmgyNCgAxGmmjSK5EzFBuQE7Aqiz6rN5nUIgBvi7kinChIUIw0yo=",
);
/** 100,000 octets of zero. */
const RUN = packed("QlpoOTFBWSZTWb6piCsAAMRQAMAABAAACCAAMMwFKaYQtiIXi7kinChIX1TEFYA=");
/** "one, " and "two", packed apart. */
const STREAMS = packed(
  "QlpoOTFBWSZTWTndDXQAAAIRAEAEAgGgACGDQZoJcHF3JFOFCQOd0NdAQlpoMTFBWSZTWc3cjZoAAACBgAAAhIAgACGYGYRhdyRThQkM3cjZoA==",
);
/** "ab" 75,000 times, in blocks of 100,000 octets. */
const BLOCKS = packed(
  "QlpoMTFBWSZTWfFLiycAYaMBADAAIAAwgCkZQlBaoSguYoKyTKaz/EtbPABhsQIAYABAAGEAUjIpQWhSguLuSKcKEgOWV3og",
);
/** "x" once, twice and so on up to 299 times, a dot after each. */
const RUNS = packed(
  "QlpoOTFBWSZTWWIc6o0AARJ////////////////////////////////////////////4MAEwWEmAEwTBGmBMjACBpowAjCGAAAjIyaYjIwAATBMm" +
    "mmJpgAAAAAAAjRoMIaZDCMAEwB/6qhyAAAAAADQAAAmmAAAAAAAABoAAAAAAAAAAAAAAAAAAAAmBMIeqlTINMjQaGjQNNBpoaAAADQ0MmjQyDIDJ" +
    "oAABiaDIZNBoA00yBoyBoDRhANAABoADTQGTIBp6gMAAAAQIAEEAQkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJicoKSorLC0uLwQIwMTIz" +
    "NDU2Nzg5Ojs8PT4/QEFCQ0T+Iv9RkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl9gYWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7Bg3x9fn+AgYKD" +
    "hIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en6ChoqOkpaanqKmqq6ytrq+wsbKztLW2t7i5uru8vb6/wMHCw8TFxsfIycrLzM3Oz9DR0tPU1dbX" +
    "2Nna29zd3t/g4eLj5OXm5+jp6uvs7e7v8PHy2P/s7W3ubu9v8HCIPjgAAAAAAAAAAAAAAAAAMmTJlXFRERU/QtdFVERUYEYEVERUYGBURURhgAAA" +
    "AAAAAAAAAAAAAAAAAAAAAABBVYFRFVVERVVUVP+LuSKcKEgxDnVGgA==",
);

/** @param pieceBytes octets pushed at once */
function unpack(octets: Uint8Array, pieceBytes = 64): { text: string; pauses: number } {
  const input = new BitQueue();
  const pieces: Uint8Array[] = [];
  let at = 0;
  let pauses = 0;
  for (const step of bunzip2(input)) {
    if (step === "pause") {
      pauses++;
    } else if (step === "input") {
      if (at < octets.length) input.push(octets.subarray(at, at + pieceBytes));
      else input.end();
      at += pieceBytes;
    } else {
      pieces.push(step);
    }
  }
  return { text: Buffer.concat(pieces).toString("latin1"), pauses };
}

describe("what bzip2 has packed", () => {
  test.each<[string, Uint8Array, string]>([
    ["nothing", EMPTY, ""],
    ["a sentence", SENTENCE, "MRT files are packed with bzip2.\n"],
    ["a long run", RUN, "\0".repeat(100_000)],
    ["several streams", STREAMS, "one, two"],
    ["several blocks", BLOCKS, "ab".repeat(75_000)],
    ["runs of all lengths", RUNS, Array.from({ length: 299 }, (_, less) => `${"x".repeat(less + 1)}.`).join("")],
  ])("%s", (_, octets, expected) => {
    expect(unpack(octets).text).toBe(expected);
    expect(unpack(octets, 1).text).toBe(expected);
    expect(unpack(octets, octets.length).text).toBe(expected);
  });

  test("others have their turn in each block", () => expect(unpack(BLOCKS).pauses).toBeGreaterThanOrEqual(4));

  test("others have their turn between streams, be they empty", () => {
    const many = Buffer.concat(Array.from({ length: 50 }, () => EMPTY));
    expect(unpack(many, many.length)).toEqual({ text: "", pauses: 49 });
  });
});

const spoiled = (octets: Uint8Array, at: number, octet: number): Uint8Array => {
  const copy = octets.slice();
  copy[at] = octet;
  return copy;
};

describe("what is damaged is told", () => {
  test.each<[string, Uint8Array, string]>([
    ["a level that there is not", spoiled(SENTENCE, 3, 0x30), "octets behind the end that are no bzip2"],
    ["a block that begins otherwise", spoiled(SENTENCE, 4, 0), "no block where one begins"],
    ["another CRC of a block", spoiled(SENTENCE, 10, 0), "the CRC of a block does not match"],
    ["another CRC of the whole", spoiled(EMPTY, 10, 1), "the CRC of the whole does not match"],
    ["a randomised block", spoiled(SENTENCE, 14, 0x80), "a randomised block, which no bzip2 since 1999 writes"],
    ["an origin behind the end", spoiled(SENTENCE, 14, 0x7f), "a block that begins behind its end"],
    ["the end missing", SENTENCE.subarray(0, -4), "the file ends too early"],
    ["octets behind it", Buffer.concat([SENTENCE, Buffer.from("more")]), "octets behind the end that are no bzip2"],
  ])("%s", (_, octets, message) => {
    expect(() => unpack(octets)).toThrow(new MrtError(`bzip2: ${message}`));
  });

  test("a block that is longer than the stream says", () => {
    // "ab" 75,000 times, in one block.
    const block = packed("QlpoOTFBWSZTWaIf5cQAknuBADAAIAAwgCkYVURGFVERxdyRThQkKIf5cQA=");
    expect(unpack(block).text).toBe("ab".repeat(75_000));
    expect(() => unpack(spoiled(block, 3, 0x31))).toThrow(new MrtError("bzip2: a run that exceeds its block"));
  });

  test("whatever octets there are: an error, or as before; never an end that does not come", () => {
    const samples = fc.constantFrom(SENTENCE, RUN, STREAMS, BLOCKS);
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(samples, edits, fc.nat(), (octets, changes, cut) => {
        const damaged = octets.slice(0, cut % 4 === 0 ? cut % octets.length : octets.length);
        for (const [at, octet] of changes) if (damaged.length > 0) damaged[at % damaged.length] = octet;
        try {
          const { text } = unpack(damaged, 50);
          if (damaged.length === octets.length) expect(text).toBe(unpack(octets).text);
        } catch (error) {
          if (!(error instanceof MrtError)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
