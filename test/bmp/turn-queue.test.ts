import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { TurnQueue } from "../../src/bmp/turn-queue.ts";

test("so many turns are taken in a round of the event loop, in order; who comes again waits for all others", async () => {
  const queue = new TurnQueue(2);
  const taken: string[] = [];
  let again = 2;
  const a = () => {
    taken.push("a");
    if (again-- > 0) queue.add(a);
  };
  const [b, c, d] = ["b", "c", "d"].map((name) => () => void taken.push(name));
  if (b === undefined || c === undefined || d === undefined) throw new Error("three turns");
  for (const turn of [a, b, a, c, d]) queue.add(turn);
  queue.delete(d);
  expect([queue.has(c), queue.has(d)]).toEqual([true, false]);
  const rounds: string[] = [];
  for (let round = 0; round < 4; round++) {
    await nextTurn();
    rounds.push(taken.splice(0).join(""));
  }
  expect(rounds).toEqual(["ab", "ca", "a", ""]);
});
