import fc from "fast-check";
import { expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { encodePrefixes } from "../../src/bgp/codec/prefix.ts";
import { PrefixTable } from "../../src/bgp/prefix-table.ts";
import { NONE } from "../../src/bgp/route-table.ts";

const PREFIXES = {
  32: Array.from({ length: 400 }, (_, i) =>
    encodePrefixes(IPV4_UNICAST, [`10.0.${i >>> 1}.0/${i % 2 === 0 ? 24 : 25}`]),
  ),
  128: Array.from({ length: 400 }, (_, i) => encodePrefixes(IPV6_UNICAST, [`2001:db8::${i.toString(16)}/128`])),
};

function find(table: PrefixTable, nlri: Uint8Array): number {
  table.read(nlri, 0);
  return table.find();
}

test.each([32, 128] as const)("any sequence of additions and removals leaves the right %i-bit prefixes", (bits) => {
  const step = fc.record({ isAdded: fc.boolean(), from: fc.nat(399), count: fc.nat(200) });
  fc.assert(
    fc.property(fc.integer(), fc.array(step, { maxLength: 20 }), (seed, steps) => {
      const table = new PrefixTable(bits, seed);
      const present = new Set<number>();
      for (const { isAdded, from, count } of steps)
        for (let i = from; i < Math.min(from + count, 400); i++) {
          const route = find(table, PREFIXES[bits][i] as Uint8Array);
          expect(route !== NONE).toBe(present.has(i));
          if (isAdded && route === NONE) table.insert();
          if (!isAdded && route !== NONE) table.remove(route);
          if (isAdded) present.add(i);
          else present.delete(i);
        }
      expect(table.size).toBe(present.size);
      PREFIXES[bits].forEach((nlri, i) => {
        const route = find(table, nlri);
        expect(route !== NONE).toBe(present.has(i));
        if (route === NONE) return;
        const written = new Uint8Array(table.nlriBytes(route));
        expect(table.writeNlri(route, written, 0)).toBe(nlri.length);
        expect(written).toEqual(nlri);
      });
    }),
    { numRuns: 30 },
  );
});

test("a table large enough for its index to be split many times", () => {
  const table = new PrefixTable(32, 3);
  const at = (i: number): Uint8Array => Uint8Array.of(24, i >>> 16, i >>> 8, i);
  const count = 100_000;
  const routes = Array.from({ length: count }, (_, i) => {
    table.read(at(i), 0);
    return table.insert();
  });
  expect(routes.every((route, i) => find(table, at(i)) === route)).toBe(true);
  for (let i = 0; i < count; i += 2) table.remove(routes[i] as number);
  expect(table.size).toBe(count / 2);
  expect(routes.every((route, i) => find(table, at(i)) === (i % 2 === 0 ? NONE : route))).toBe(true);
});
