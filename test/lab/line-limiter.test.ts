import { expect, test } from "vitest";
import { labLimits } from "../../src/lab/limits.ts";
import { LineLimiter } from "../../src/lab/line-limiter.ts";
import { ManualClock } from "./manual-clock.ts";

function limiter(limits: Partial<typeof labLimits>) {
  const printed: string[] = [];
  const clock = new ManualClock();
  const lines = new LineLimiter((line) => printed.push(line), clock, { ...labLimits, ...limits });
  return { printed, clock, lines };
}

test("beyond linesPerSecond lines are not even made, only counted", () => {
  const { printed, clock, lines } = limiter({ linesPerSecond: 2 });
  let made = 0;
  const add = (count: number) => {
    for (let i = 0; i < count; i++) lines.add(() => `line ${++made}`);
  };
  add(5);
  expect(printed).toEqual(["line 1", "line 2"]);
  clock.advance(1000);
  expect(printed).toEqual(["line 1", "line 2", "... 3 more lines left out"]);
  add(1);
  clock.advance(1000);
  expect(printed.slice(3)).toEqual(["line 3"]);
  expect(clock.timers).toBe(0);
});

test("flush tells at once what was left out", () => {
  const { printed, clock, lines } = limiter({ linesPerSecond: 1 });
  lines.add(() => "first");
  lines.add(() => "second");
  lines.flush();
  expect(printed).toEqual(["first", "... 1 more lines left out"]);
  expect(clock.timers).toBe(0);
});

test("a line is cut after lineCharacters", () => {
  const { printed, lines } = limiter({ lineCharacters: 5 });
  lines.add(() => "12345");
  lines.add(() => "123456");
  expect(printed).toEqual(["12345", "12345..."]);
});

test("what a terminal would obey is replaced", () => {
  const { printed, lines } = limiter({});
  lines.add(() => "a\u001b[31mb\u009bc\r\nd\u202ee\u2028f");
  expect(printed).toEqual(["a\ufffd[31mb\ufffdc\ufffd\ufffdd\ufffde\ufffdf"]);
});
