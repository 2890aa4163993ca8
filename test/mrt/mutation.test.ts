import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { concatOctets } from "../../src/bgp/codec/octets.ts";
import { encodePrefixes } from "../../src/bgp/codec/prefix.ts";
import { encodeMpUnreach, encodeUpdate } from "../../src/bgp/codec/update.ts";
import { FeedLab } from "./feed-lab.ts";
import { abridgedNextHop, attributes, message, peerIndexTable, rib, ribGeneric, stateChange } from "./mrt-writer.ts";

const SESSION = { peer: "192.0.2.1", peerAs: 65001, local: "192.0.2.254", localAs: 65000 };
const A = attributes([65001, 64500], "192.0.2.1");
const V6 = concatOctets([attributes([65002]), abridgedNextHop("2001:db8::2")]);
const PREFIXES = encodePrefixes(IPV4_UNICAST, ["10.0.0.0/8", "10.1.0.0/16"]);

/** A record of each kind. */
const FILE = concatOctets([
  peerIndexTable([
    { address: "192.0.2.1", as: 65001 },
    { address: "2001:db8::2", as: 65002, isShortAs: true },
  ]),
  rib(IPV4_UNICAST, "10.0.0.0/8", [{ peer: 0, attributes: A }]),
  rib(IPV6_UNICAST, "2001:db8::/32", [
    { peer: 1, attributes: V6, pathId: 1 },
    { peer: 1, attributes: V6, pathId: 2 },
  ]),
  ribGeneric({ afi: 1, safi: 133 }, Uint8Array.of(5, 1, 24, 192, 0, 2), [{ peer: 0, attributes: A }]),
  stateChange(SESSION, 5, 6),
  message(SESSION, encodeUpdate({ attributes: A, nlri: PREFIXES })),
  message(SESSION, encodeUpdate({ withdrawn: PREFIXES }), { microseconds: 5 }),
  message(SESSION, encodeUpdate({ attributes: encodeMpUnreach(IPV6_UNICAST, Uint8Array.of(0)) }), { subtype: 9 }),
  stateChange(SESSION, 6, 1),
]);

const edits = fc.array(
  fc.record({ at: fc.nat(FILE.length - 1), octet: fc.nat(255), kind: fc.constantFrom("set", "cut", "twice") }),
  { minLength: 1, maxLength: 4 },
);

function mutated(changes: readonly { at: number; octet: number; kind: string }[]): Uint8Array {
  let file = FILE;
  for (const { at, octet, kind } of changes) {
    const place = at % (file.length + 1);
    const before = file.subarray(0, place);
    if (kind === "set") file = concatOctets([before, Uint8Array.of(octet), file.subarray(place + 1)]);
    else if (kind === "cut") file = concatOctets([before, file.subarray(place + octet)]);
    else file = concatOctets([before, file.subarray(Math.max(0, place - octet))]);
  }
  return file;
}

test("whatever a file holds, its feed comes to an end, and whom it brought up it takes down", async () => {
  const ends = new Set<string>();
  const errors = new Set<string>();
  const lab = new FeedLab();
  await fc.assert(
    fc.asyncProperty(edits, fc.boolean(), async (changes, isPacked) => {
      lab.take();
      const file = mutated(changes);
      const { operState, lastError } = await lab.run([isPacked ? gzipSync(file) : file]);
      ends.add(operState);
      if (lastError !== undefined) errors.add(lastError.replaceAll(/\d+/g, "N"));
      lab.feeds.removeFeed("lab");
      const count = (what: string) => lab.events.filter((event) => event.includes(what)).length;
      expect(count(" up: ")).toBe(count(" down: "));
      // Nothing of a fault of ours: each error says what is wrong with the file.
      expect(lab.logged.filter((line) => line.includes("stack"))).toEqual([]);
    }),
    { numRuns: 600 },
  );
  expect(ends).toEqual(new Set(["done", "failed"]));
  expect(errors.size).toBeGreaterThan(20);
}, 60_000);
