import { expect, test } from "vitest";
import type { PlaneState, SessionState } from "../../src/observe/plane-state.ts";
import { statusLimits } from "../../src/status/limits.ts";
import { Status, type StatusSource } from "../../src/status/status.ts";

const session = (index: number, operState: string): SessionState => ({
  "vpn-instance": "_public_",
  address: `192.0.2.${index}`,
  alias: "",
  state: { "oper-state": operState },
});

function sourceOf(change: Partial<StatusSource> = {}): StatusSource {
  return {
    product: "bmpconfd 0.1.0",
    host: "r1",
    netconfSessions: () => 2,
    plane: () => Promise.resolve({ sessions: [session(1, "up")], neighbors: [], feeds: [], routers: [] }),
    messageRate: () => [],
    commits: () => Promise.resolve([]),
    ...change,
  };
}
const silent = () => {};

test("who asks within a second gets the same; later it is read again", async () => {
  let asked = 0;
  const plane = (): Promise<PlaneState> => {
    asked++;
    return Promise.resolve({ sessions: [], neighbors: [], feeds: [], routers: [] });
  };
  const status = new Status(sourceOf({ plane }), silent, { ...statusLimits, statusFreshMs: 50 });
  const first = await status.document();
  expect(await status.document()).toBe(first);
  expect(asked).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await status.document()).not.toBe(first);
  expect(asked).toBe(2);
});

test("where there are too many, those that are not up come first", async () => {
  const sessions = [session(1, "up"), session(2, "waiting"), session(3, "up"), session(4, "disabled")];
  const plane = () => Promise.resolve({ sessions, neighbors: [], feeds: [], routers: [] });
  const shownWith = async (statusRows: number) => {
    const status = new Status(sourceOf({ plane }), silent, { ...statusLimits, statusRows });
    const { sessions: shown } = await status.document();
    return { ...shown, entries: shown?.entries.map(({ address }) => address.slice(-1)).join("") };
  };
  const states = { up: 2, waiting: 1, disabled: 1 };
  expect(await shownWith(4)).toEqual({ total: 4, states, entries: "1234" });
  expect(await shownWith(3)).toEqual({ total: 4, states, entries: "241" });
});

test("a part of the server that does not answer lacks, and the log says why", async () => {
  const lines: unknown[] = [];
  const late = new Error("too late");
  const plane = () => Promise.reject(late);
  const status = new Status(sourceOf({ plane }), (...line) => lines.push(line));
  const { sessions, neighbors, feeds, commits } = await status.document();
  expect([sessions, neighbors, feeds, commits]).toEqual([undefined, undefined, undefined, []]);
  const message = "A part of the server did not answer for the status page";
  expect(lines).toEqual([["warn", message, { source: "plane", error: late }]]);
});
