import { afterEach, describe, expect, test, vi } from "vitest";
import { datastoreLimits } from "../../src/datastore/limits.ts";
import { Locks } from "../../src/datastore/locks.ts";
import type { PartialLock } from "../../src/datastore/partial-lock.ts";
import type { RpcError } from "../../src/errors/rpc-error.ts";

const refusal = (call: () => void) => {
  try {
    call();
  } catch (error) {
    return (error as RpcError).entries;
  }
  return undefined;
};

test("a lock held by another session is denied and names it (RFC 6241 7.5)", () => {
  const locks = new Locks();
  locks.lock("candidate", 4);
  expect(refusal(() => locks.lock("candidate", 5))).toEqual([
    {
      type: "protocol",
      tag: "lock-denied",
      message: "The candidate datastore is locked by session 4.",
      info: { sessionId: 4 },
    },
  ]);
  locks.lock("running", 5);
});

test("a session cannot lock twice (RFC 6241 7.5)", () => {
  const locks = new Locks();
  locks.lock("running", 4);
  expect(refusal(() => locks.lock("running", 4))?.[0]).toMatchObject({ tag: "lock-denied", info: { sessionId: 4 } });
});

test("only the holder may change a locked datastore", () => {
  const locks = new Locks();
  locks.lock("running", 4);
  locks.checkWritable("running", 4);
  locks.checkWritable("candidate", 5);
  expect(refusal(() => locks.checkWritable("running", 5))?.[0]).toMatchObject({ tag: "in-use" });
});

test("only the holder may unlock (RFC 6241 7.6)", () => {
  const locks = new Locks();
  expect(refusal(() => locks.unlock("running", 4))?.[0]).toMatchObject({ tag: "operation-failed", type: "protocol" });
  locks.lock("running", 4);
  expect(refusal(() => locks.unlock("running", 5))?.[0]).toMatchObject({ tag: "operation-failed", type: "protocol" });
  locks.unlock("running", 4);
  locks.lock("running", 5);
});

test("a session that ended gives up all it held, and nothing else", () => {
  const locks = new Locks();
  locks.lock("running", 4);
  locks.lock("candidate", 4);
  locks.lock("startup", 5);
  expect(locks.releaseAll(4)).toEqual({ datastores: ["running", "candidate"], partial: [] });
  expect(locks.releaseAll(4)).toEqual({ datastores: [], partial: [] });
  expect(refusal(() => locks.lock("startup", 4))?.[0]).toMatchObject({ tag: "lock-denied" });
});

afterEach(() => void vi.useRealTimers());

test("the locks that are held are told of, with holder and time (RFC 6022)", () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_000 });
  const locks = new Locks();
  locks.lock("running", 4);
  vi.setSystemTime(2_000);
  locks.lock("candidate", 5);
  refusal(() => locks.lock("running", 5));
  expect(locks.held()).toEqual([
    { datastore: "running", sessionId: 4, since: new Date(1_000) },
    { datastore: "candidate", sessionId: 5, since: new Date(2_000) },
  ]);
  locks.unlock("candidate", 5);
  locks.releaseAll(4);
  expect(locks.held()).toEqual([]);
});

describe("partial locks (RFC 5717)", () => {
  const node = (path: string) => ({ steps: [], path, identifier: { text: path, namespaces: {} } });
  const partial = (lockId: number, sessionId: number, ...paths: string[]): PartialLock => ({
    lockId,
    sessionId,
    since: new Date(0),
    selects: [],
    nodes: paths.map(node),
  });
  const held = (locks: Locks) => locks.partial().map(({ lockId, nodes }) => [lockId, ...nodes.map(({ path }) => path)]);

  test("ids are given anew when all have been given, but for those that are held", () => {
    const locks = new Locks();
    locks.addPartial(partial(1, 4));
    locks.addPartial(partial(0xffff_ffff, 4));
    expect(locks.nextLockId()).toBe(2);
  });

  test("a session that ended loses its own", () => {
    const locks = new Locks();
    for (const [id, sessionId] of [
      [1, 4],
      [2, 5],
      [3, 4],
    ] as const)
      locks.addPartial(partial(id, sessionId));
    expect(locks.releaseAll(4)).toEqual({ datastores: [], partial: [1, 3] });
    expect(held(locks)).toEqual([[2]]);
  });

  test("nodes that are gone are taken off the locks, which stay", () => {
    const locks = new Locks();
    locks.addPartial(partial(1, 4, "/a", "/b"));
    locks.addPartial(partial(2, 5, "/a", "/c"));
    locks.free([
      { lockId: 1, path: "/b" },
      { lockId: 1, path: "/a" },
      { lockId: 2, path: "/c" },
      { lockId: 3, path: "/a" },
    ]);
    expect(held(locks)).toEqual([[1], [2, "/a"]]);
    expect(refusal(() => locks.lock("running", 6))?.[0]).toMatchObject({ tag: "lock-denied", info: { sessionId: 4 } });
    expect(refusal(() => locks.lock("running", 4))?.[0]).toMatchObject({ tag: "lock-denied", info: { sessionId: 5 } });
  });

  test("limits: locks of all sessions, and nodes of all locks", () => {
    const locks = new Locks({ ...datastoreLimits, partialLocks: 2, lockedNodes: 3 });
    locks.addPartial(partial(1, 4, "/a"));
    locks.checkPartialCount(5);
    locks.addPartial(partial(2, 4, "/b"));
    expect(refusal(() => locks.checkPartialCount(5))).toEqual([
      {
        type: "protocol",
        tag: "resource-denied",
        message: "All sessions together hold 2 partial locks. Try again when one is released.",
      },
    ]);
    locks.checkPartialLock(5, 1);
    expect(refusal(() => locks.checkPartialLock(5, 2))).toEqual([
      {
        type: "protocol",
        tag: "resource-denied",
        message: "With these, partial locks were on more than 3 nodes. Lock what these are in, or try again later.",
      },
    ]);
  });
});
