import { expect, test } from "vitest";
import { TurnQueue } from "../../src/access/turn-queue.ts";

test("at most `width` tasks run at a time, in order, and a failing one frees its place", async () => {
  const queue = new TurnQueue(2);
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const task = async (n: number) => {
    order.push(n);
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    if (n === 1) throw new Error("failed");
    return n;
  };
  const results = await Promise.allSettled([0, 1, 2, 3, 4].map((n) => queue.run(() => task(n))));
  expect(results.map((result) => result.status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
    "fulfilled",
  ]);
  expect(order).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
  expect(await queue.run(() => task(5))).toBe(5);
});
