import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteQueue } from "../../src/framing/byte-queue.ts";

describe("ByteQueue", () => {
  test("gives back what was appended, in order, and leaves alone what it gave", () => {
    const step = fc.oneof(
      fc.record({ append: fc.uint8Array({ maxLength: 40 }) }),
      fc.record({ take: fc.nat({ max: 50 }) }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const queue = new ByteQueue();
        const taken: { bytes: Uint8Array; expected: readonly number[] }[] = [];
        let waiting: number[] = [];
        for (const action of steps) {
          if ("append" in action) {
            queue.append(action.append);
            waiting.push(...action.append);
          } else {
            taken.push({ bytes: queue.take(action.take), expected: waiting.slice(0, action.take) });
            waiting = waiting.slice(action.take);
          }
          expect(queue.length).toBe(waiting.length);
          expect(queue.peek(0)).toBe(waiting[0]);
          expect(queue.peek(waiting.length)).toBeUndefined();
        }
        for (const { bytes, expected } of taken) expect([...bytes]).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("does not write into a buffer that it was handed", () => {
    const handed = Uint8Array.of(1, 2, 3, 4);
    const queue = new ByteQueue();
    queue.append(handed.subarray(0, 2));
    queue.append(Uint8Array.of(9));
    expect([...handed]).toEqual([1, 2, 3, 4]);
    expect([...queue.take(3)]).toEqual([1, 2, 9]);
  });
});
