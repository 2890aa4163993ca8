import { expect, test } from "vitest";
import { threadFigures } from "../src/thread-figures.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("a loop that was held up is late, and the next figures are of the time after", async () => {
  expect(threadFigures().lag).toEqual({ mean: 0, p99: 0, max: 0 });
  await pause(100);
  const end = performance.now() + 300;
  while (performance.now() < end);
  await pause(50);
  const { lag, heapBytes } = threadFigures();
  expect(lag.max).toBeGreaterThan(0.25);
  expect(lag.p99).toBeLessThanOrEqual(lag.max);
  expect(lag.mean).toBeGreaterThan(0);
  expect(lag.mean).toBeLessThan(lag.max);
  expect(heapBytes).toBeGreaterThan(1e6);
  // Nothing was measured in no time at all.
  expect(threadFigures().lag).toEqual({ mean: 0, p99: 0, max: 0 });
});
