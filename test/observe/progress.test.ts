import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withProgress } from "../../src/observe/progress.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("work that takes its time says so every two seconds until it is done", async () => {
  const said: number[] = [];
  const work = new Promise<string>((resolve) => setTimeout(() => resolve("done"), 5_000));
  const result = withProgress(work, (seconds) => said.push(seconds));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await result).toBe("done");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(said).toEqual([2, 4]);
});

test("work that is quick, or fails, says nothing more", async () => {
  const say = vi.fn();
  expect(await withProgress(Promise.resolve(1), say)).toBe(1);
  await expect(withProgress(Promise.reject(new Error("no")), say)).rejects.toThrow("no");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(say).not.toHaveBeenCalled();
});
