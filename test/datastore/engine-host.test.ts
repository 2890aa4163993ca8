import { afterEach, expect, test, vi } from "vitest";
import { EngineHost, type ReplayedCall } from "../../src/datastore/engine-host.ts";
import { EngineStartError } from "../../src/datastore/engine-thread.ts";
import { RpcError } from "../../src/errors/rpc-error.ts";

let host: EngineHost | undefined;
afterEach(() => host?.stop());

interface FixtureOptions {
  readonly replay?: readonly ReplayedCall[];
  readonly replayFailed?: () => void;
  /** Starts that fail. */
  readonly failures?: number;
  /** What a thread does instead of starting; "hang-later" is what all but the first do. */
  readonly ending?: "exit" | "hang-later";
}

/** A host of the fake engine. */
function fixture(options: FixtureOptions = {}) {
  const replayFailures: string[] = [];
  host = new EngineHost({
    workerUrl: new URL("./fake-engine-worker.mjs", import.meta.url),
    setup: { starts: new SharedArrayBuffer(4), failures: options.failures ?? 0, ending: options.ending } as never,
    log: () => {},
    replay: () => options.replay ?? [],
    replayFailed: () => {
      replayFailures.push("failed");
      options.replayFailed?.();
    },
    limits: { engineCallMs: 300, engineRestartMs: 1 },
  });
  const call = (order: string) => (host as EngineHost).call("getConfig", order as never) as Promise<unknown>;
  return { host, call, replayFailures };
}

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: RpcError) => error.entries[0],
  );

test("calls are answered in order", async () => {
  const { host, call } = fixture();
  await host.start();
  const answers = await Promise.all([call("a"), call("b"), call("c")]);
  expect(answers).toMatchObject([{ args: ["a"] }, { args: ["b"] }, { args: ["c"] }]);
});

test("calls made before the engine has started wait for it", async () => {
  const { host, call } = fixture();
  const early = call("a");
  await host.start();
  expect(await early).toMatchObject({ args: ["a"], start: 0 });
});

test("the engine's refusal is the caller's error and nothing more", async () => {
  const { host, call } = fixture();
  await host.start();
  expect(await refusal(call("refuse"))).toEqual({ type: "application", tag: "data-missing", message: "no" });
  expect(host.rebuilds).toBe(0);
});

test.each([
  ["overruns its time", "hang", "resource-denied"],
  ["breaks the instance", "break", "operation-failed"],
  ["ends the thread by an error", "throw", "operation-failed"],
  ["ends the thread", "exit", "operation-failed"],
])("a call that %s fails alone; those behind it are answered by the next instance", async (_, order, tag) => {
  const { host, call } = fixture();
  await host.start();
  const [before, bad, after] = [call("a"), refusal(call(order)), call("b")];
  expect(await before).toMatchObject({ start: 0 });
  expect((await bad)?.tag).toBe(tag);
  expect(await after).toMatchObject({ start: 1, args: ["b"] });
  expect(host.rebuilds).toBe(1);
});

test("a thread that dies between two calls costs nobody a request", async () => {
  const { host, call } = fixture();
  await host.start();
  expect(await call("answer-then-exit")).toMatchObject({ start: 0 });
  await vi.waitFor(async () => expect(await call("a")).toMatchObject({ start: 1 }));
});

test("accepted edits are repeated in the new instance before anybody is answered", async () => {
  const { host, call, replayFailures } = fixture({
    replay: [
      { method: "editCandidate", args: ["one"] },
      { method: "editCandidate", args: ["two"] },
    ],
  });
  await host.start();
  await refusal(call("break"));
  expect(await call("a")).toMatchObject({ start: 1, edits: ["one", "two"] });
  expect(replayFailures).toEqual([]);
});

test("a repeated edit that breaks the engine again is given up", async () => {
  const replay: ReplayedCall[] = [{ method: "editCandidate", args: ["hang"] }];
  const { host, call, replayFailures } = fixture({ replay });
  await host.start();
  const bad = refusal(call("break"));
  // What the owner of the journal does when it is told.
  const emptied = setInterval(() => replayFailures.length > 0 && replay.splice(0), 5);
  await bad;
  clearInterval(emptied);
  expect(await call("a")).toMatchObject({ edits: [] });
});

test("of repeated edits all are given up when one is refused", async () => {
  const replay: ReplayedCall[] = [
    { method: "editCandidate", args: ["one"] },
    { method: "editCandidate", args: ["refuse"] },
    { method: "editCandidate", args: ["three"] },
  ];
  const { host, call } = fixture({ replay, replayFailed: () => replay.splice(0) });
  await host.start();
  await refusal(call("break"));
  expect(await call("a")).toMatchObject({ edits: [] });
});

test("a thread that ends while it starts is an error at once", async () => {
  const { host } = fixture({ ending: "exit" });
  await expect(host.start()).rejects.toEqual(new EngineStartError("Its thread ended."));
});

test.each([
  ["is answered", "hang", {}],
  ["has broken the engine, which starts", "break", { ending: "hang-later" }],
] as const)("a call that waits when the host stops is refused, even if it %s", async (_, order, options) => {
  const { host, call } = fixture(options);
  await host.start();
  const calls = [refusal(call(order)), refusal(call("a"))];
  await vi.waitFor(() => expect(order === "hang" || host.rebuilds === 1).toBe(true));
  await host.stop();
  for (const waiting of calls) expect((await waiting)?.message).toBeDefined();
});

test("a stored configuration that is wrong is said at start", async () => {
  const { host } = fixture({ failures: 1 });
  await expect(host.start()).rejects.toEqual(new EngineStartError("the stored configuration is wrong"));
});

test("a rebuild is tried until it succeeds", async () => {
  const { host, call } = fixture();
  await host.start();
  await refusal(call("break"));
  expect(await call("a")).toMatchObject({ start: 1 });
});

test("a host that stops refuses what comes later", async () => {
  const { host, call } = fixture();
  await host.start();
  await host.stop();
  await expect(call("a")).rejects.toBeInstanceOf(RpcError);
});
