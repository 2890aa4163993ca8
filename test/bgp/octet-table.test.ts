import fc from "fast-check";
import { expect, test } from "vitest";
import { ADDRESS_FAMILIES, type AddressFamily } from "../../src/bgp/address-family.ts";
import { OctetStore } from "../../src/bgp/octet-store.ts";
import { OctetTable } from "../../src/bgp/octet-table.ts";
import { NONE } from "../../src/bgp/route-table.ts";

const LINK_STATE = ADDRESS_FAMILIES.find(({ name }) => name === "link-state") as AddressFamily;

/** An NLRI of type `number` with as many octets of value. */
function nlriOf(number: number): Uint8Array {
  const nlri = new Uint8Array(4 + number).fill(number);
  nlri.set([number >>> 8, number, number >>> 8, number]);
  return nlri;
}

const NLRI = Array.from({ length: 400 }, (_, i) => nlriOf(i * 7));

test("any sequence of additions and removals leaves the right routes", () => {
  const step = fc.record({ isAdded: fc.boolean(), from: fc.nat(399), count: fc.nat(200) });
  fc.assert(
    fc.property(fc.integer(), fc.array(step, { maxLength: 20 }), (seed, steps) => {
      const table = new OctetTable(LINK_STATE, false, seed);
      const present = new Set<number>();
      for (const { isAdded, from, count } of steps)
        for (let i = from; i < Math.min(from + count, 400); i++) {
          table.read(NLRI[i] as Uint8Array, 0);
          const route = table.find();
          expect(route !== NONE).toBe(present.has(i));
          if (isAdded && route === NONE) table.insert();
          if (!isAdded && route !== NONE) table.remove(route);
          if (isAdded) present.add(i);
          else present.delete(i);
        }
      expect(table.size).toBe(present.size);
      for (const [i, nlri] of NLRI.entries()) {
        expect(table.read(nlri, 0)).toBe(nlri.length);
        const route = table.find();
        expect(route !== NONE).toBe(present.has(i));
        if (route === NONE) continue;
        expect([table.isAsRead(route), table.nlriBytes(route)]).toEqual([true, nlri.length]);
        const written = new Uint8Array(nlri.length);
        expect(table.writeNlri(route, written, 0)).toBe(nlri.length);
        expect(written).toEqual(nlri);
      }
    }),
    { numRuns: 20 },
  );
});

test("memory follows what was there at most, and is used again", () => {
  const table = new OctetTable(LINK_STATE, false, 1);
  const fill = (type: number): void => {
    for (let i = 0; i < 20_000; i++) {
      table.read(Uint8Array.of(0, type, 0, 20, i >>> 8, i, ...new Uint8Array(18)), 0);
      table.insert();
    }
  };
  fill(1);
  // A cell of 24 octets each.
  const full = table.nlriMemoryBytes;
  expect(full / (20_000 * 24)).toBeLessThan(1.1);
  for (let route = 0; route < 20_000; route++) table.remove(route);
  expect(table.size).toBe(0);
  fill(2);
  expect([table.size, table.nlriMemoryBytes]).toEqual([20_000, full]);
});

test("strings of any length are kept apart", () => {
  const store = new OctetStore();
  const lengths = [0, 1, 16, 17, 24, 25, 1000, 49_152, 49_153, 65_535];
  const strings = lengths.map((length, i) => new Uint8Array(length).fill(i + 1));
  const places = strings.map((string) => store.put(string, 0, string.length));
  const kept = places.map((place, i) => {
    const start = store.offset(place);
    return store.page(place).slice(start, start + (lengths[i] as number));
  });
  expect(kept).toEqual(strings);
});
