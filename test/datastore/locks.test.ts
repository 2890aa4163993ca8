import { afterEach, expect, test, vi } from "vitest";
import { Locks } from "../../src/datastore/locks.ts";
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
  expect(locks.releaseAll(4)).toEqual(["running", "candidate"]);
  expect(locks.releaseAll(4)).toEqual([]);
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
