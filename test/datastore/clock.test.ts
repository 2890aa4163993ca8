import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../../src/datastore/clock.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LONGEST_S = 0xffff_ffff;

test("a timer may run longer than those of the process can, and elapses once", () => {
  let elapsed = 0;
  systemClock.startTimer(LONGEST_S * 1000, () => elapsed++);
  // Each of the process's own is at most 2^31 - 1 ms.
  const day = 86_400_000;
  for (let passed = 0; passed + day < LONGEST_S * 1000; passed += day) vi.advanceTimersByTime(day);
  expect(elapsed).toBe(0);
  vi.advanceTimersByTime(day);
  expect([elapsed, vi.getTimerCount()]).toEqual([1, 0]);
});

test("a timer that is stopped does not elapse, neither at first nor later", () => {
  for (const afterMs of [0, 2 ** 31]) {
    let elapsed = 0;
    const stop = systemClock.startTimer(2 ** 32, () => elapsed++);
    vi.advanceTimersByTime(afterMs);
    stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(2 ** 33);
    expect(elapsed).toBe(0);
  }
});
