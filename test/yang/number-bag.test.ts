import fc from "fast-check";
import { expect, test } from "vitest";
import { NumberBag } from "../../src/yang/number-bag.ts";

const step = fc.record({
  isAdded: fc.boolean(),
  number: fc.oneof(
    fc.nat(20),
    fc.nat(20).map((n) => n * 1_024),
  ),
});

test("a bag holds what was added and not removed, however numbers collide", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const bag = new NumberBag();
      const model = new Map<number, number>();
      for (const { isAdded, number } of steps) {
        const count = model.get(number) ?? 0;
        if (isAdded) bag.add(number);
        else bag.remove(number);
        model.set(number, isAdded ? count + 1 : Math.max(0, count - 1));
      }
      for (const [number, count] of model) expect(bag.count(number)).toBe(count);
    }),
  );
});

test("a bag grows", () => {
  const bag = new NumberBag();
  for (let number = 0; number < 10_000; number++) bag.add(number * 7_919);
  for (let number = 0; number < 10_000; number += 2) bag.remove(number * 7_919);
  const found = Array.from({ length: 10_000 }, (_, number) => bag.count(number * 7_919));
  expect(found.every((count, number) => count === number % 2)).toBe(true);
});
