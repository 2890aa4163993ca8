import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConfirmedCommit } from "../../src/datastore/confirmed-commit.ts";
import { datastoreLimits } from "../../src/datastore/limits.ts";
import { operationFailed } from "../../src/errors/constructors.ts";
import type { RpcErrorEntry } from "../../src/errors/rpc-error.ts";
import { compact } from "../../src/storage/compact.ts";
import { refusalOf } from "../refusal.ts";
import { historyIn } from "../storage/recorded.ts";
import { bmp } from "./engine-fixture.ts";
import { one, ServiceFixture, two } from "./service-fixture.ts";

let fixture: ServiceFixture;
beforeEach(async () => {
  fixture = await ServiceFixture.start();
  await fixture.setName(one, "old");
  await fixture.service.commit(one, {});
});
afterEach(() => fixture.stop());

const confirmed = { timeoutS: 600 };
const persistent = { timeoutS: 600, persist: "secret" };
const nobody = { sessionId: 9, username: "nobody", user: undefined };
const DEADLINE = "2026-11-22T10:10:00.000Z";

/** Session 1 makes a confirmed commit of that name. */
async function pend(name = "new", request: typeof confirmed = confirmed): Promise<void> {
  await fixture.setName(one, name);
  await fixture.service.commit(one, { confirmed: request });
}

async function refused(call: Promise<unknown>): Promise<RpcErrorEntry | undefined> {
  const [entry, ...others] = await refusalOf(call);
  expect(others).toEqual([]);
  return entry;
}

const error = (tag: string, message: string) => ({ type: "protocol", tag, message });
const NO_TOKEN = error(
  "invalid-value",
  "No confirmed commit with <persist> is waiting to be confirmed. Leave <persist-id> out.",
);
const TOKEN_MISSING = error(
  "invalid-value",
  "A persistent confirmed commit is waiting to be confirmed. Send its token in <persist-id>.",
);
const WRONG_TOKEN = error(
  "invalid-value",
  "This is not the token of the confirmed commit that is waiting. Send the one its <persist> was given.",
);
const IN_USE = error(
  "in-use",
  `A confirmed commit of session 1 waits to be confirmed, until ${DEADLINE}. Try again afterwards.`,
);

describe("a confirmed commit (RFC 6241 section 8.4)", () => {
  test("is in effect at once, and undone when its time is over", async () => {
    await pend();
    expect(await fixture.nameIn()).toBe("new");
    await fixture.advance(599);
    expect(await fixture.nameIn()).toBe("new");
    await fixture.advance(1);
    expect(await fixture.nameIn()).toBe("old");
    expect(fixture.subscriber.told).toEqual([...Array(3)].flatMap(() => ["prepare +bmp", "apply"]));
    expect(await fixture.history()).toEqual([
      `3 admin 0 revert Back to commit 1: It was not confirmed by ${DEADLINE}.`,
      "2 admin 1 confirmed-commit",
      "1 admin 1 commit",
    ]);
    expect(fixture.clock.waiting).toBe(0);
    // Whom a notification names as who changed it: 0 is the server.
    expect(fixture.changes.map(({ by, edits }) => [by.sessionId, edits?.map(({ operation }) => operation)])).toEqual([
      [1, ["create"]],
      [1, ["replace"]],
      [0, ["replace"]],
    ]);
  });

  test("is for good once it is confirmed, also after a restart", async () => {
    await pend();
    await fixture.service.commit(one, { description: "it works" });
    await fixture.advance(1000);
    expect(await fixture.nameIn()).toBe("new");
    await fixture.restart();
    expect(await fixture.nameIn()).toBe("new");
    expect((await fixture.history())[0]).toBe("3 admin 1 commit it works");
  });

  test("may be confirmed with further changes", async () => {
    await pend();
    await fixture.setName(one, "newer");
    await fixture.service.commit(one, {});
    await fixture.advance(1000);
    expect(await fixture.nameIn()).toBe("newer");
  });

  test("is given more time by another one, which may change more; all of it is undone", async () => {
    await pend("new");
    await fixture.advance(500);
    await pend("newer", { timeoutS: 300 });
    await fixture.advance(299);
    expect(await fixture.nameIn()).toBe("newer");
    await fixture.advance(1);
    expect(await fixture.nameIn()).toBe("old");
  });

  test("is given less time by another one", async () => {
    await pend();
    await fixture.service.commit(one, { confirmed: { timeoutS: 1 } });
    await fixture.advance(1);
    expect(await fixture.nameIn()).toBe("old");
  });

  test("may be the first commit at all, and change nothing", async () => {
    const other = await ServiceFixture.start();
    await other.service.commit(one, { confirmed });
    await other.setName(one, "x");
    await other.service.commit(one, { confirmed });
    await other.restart();
    expect(await other.nameIn()).toBe("");
    expect(await other.history()).toEqual([
      "3 admin 0 revert Back to the beginning: The server ended, and its session with it, before it was confirmed.",
      "2 admin 1 confirmed-commit",
      "1 admin 1 confirmed-commit",
    ]);
    await other.stop();
  });

  test("leaves a candidate with changes of its own as it is when it is undone", async () => {
    await pend();
    await fixture.setName(two, "draft");
    await fixture.advance(600);
    expect([await fixture.nameIn(), await fixture.nameIn("candidate")]).toEqual(["old", "draft"]);
    await fixture.service.discardChanges(two);
    expect(await fixture.nameIn("candidate")).toBe("old");
  });

  test("waits as long as it was told to, whatever the time of day is set to", async () => {
    await pend();
    fixture.clock.set(-3_600_000);
    await fixture.setName(one, "edited", "running");
    await fixture.advance(600);
    expect(await fixture.nameIn()).toBe("old");
  });

  test("of the longest time there is can be waited for", async () => {
    await pend("new", { timeoutS: 0xffff_ffff });
    await fixture.advance(0xffff_fffe);
    expect(await fixture.nameIn()).toBe("new");
    await fixture.advance(1);
    expect(await fixture.nameIn()).toBe("old");
  });
});

describe("without <persist>", () => {
  test("it is undone when its session ends, before anybody else has a turn", async () => {
    await pend();
    const ended = fixture.service.sessionEnded(1);
    const other = fixture.setName(two, "other", "running");
    await ended;
    expect(await fixture.nameIn()).toBe("old");
    await other;
    expect(await fixture.nameIn()).toBe("other");
    expect((await fixture.history())[1]).toBe(
      "3 admin 1 revert Back to commit 1: Session 1 ended before it was confirmed.",
    );
  });

  test("the end of another session means nothing", async () => {
    await pend();
    await fixture.service.sessionEnded(2);
    expect(await fixture.nameIn()).toBe("new");
  });

  test("other sessions can neither confirm, follow, cancel nor change running", async () => {
    await pend();
    expect(await refused(fixture.service.commit(two, {}))).toEqual(IN_USE);
    expect(await refused(fixture.service.commit(two, { confirmed }))).toEqual(IN_USE);
    expect(await refused(fixture.service.cancelCommit(two, undefined))).toEqual(IN_USE);
    expect(await refused(fixture.setName(two, "x", "running"))).toEqual(IN_USE);
    expect(await refused(fixture.service.copy(two, "candidate", "running"))).toEqual(IN_USE);
    expect(await refused(fixture.service.commit(two, { persistId: "secret" }))).toEqual(NO_TOKEN);
    expect(await refused(fixture.service.commit(one, { persistId: "secret" }))).toEqual(NO_TOKEN);
    expect(await refused(fixture.service.cancelCommit(one, ""))).toEqual(NO_TOKEN);
    await fixture.service.cancelCommit(one, undefined);
    await fixture.setName(two, "x", "running");
    expect(await fixture.nameIn()).toBe("x");
  });

  test("undoing it needs no permission for what changes back (RFC 8341): the server does it", async () => {
    await pend();
    const limited = { ...one, user: { name: "admin", externalGroups: [], isRecovery: false } };
    expect(await refused(fixture.setName(limited, "x", "running"))).toMatchObject({ tag: "access-denied" });
    await fixture.service.cancelCommit(limited, undefined);
    expect(await fixture.nameIn()).toBe("old");
  });

  test("what its session changes in running itself is undone with it", async () => {
    await pend();
    await fixture.setName(one, "edited", "running");
    expect(await fixture.nameIn()).toBe("edited");
    await fixture.advance(600);
    expect(await fixture.nameIn()).toBe("old");
    expect((await fixture.history()).slice(1, 3)).toEqual(["3 admin 1 edit-config", "2 admin 1 confirmed-commit"]);
  });

  test("running can be locked by its session only (section 7.5)", async () => {
    await pend();
    expect(await refused(fixture.service.lock(two, "running"))).toEqual({
      ...IN_USE,
      tag: "lock-denied",
      info: { sessionId: 1 },
    });
    await fixture.service.lock(two, "startup");
    await fixture.service.lock(one, "running");
    await fixture.service.unlock(one, "running");
    await fixture.service.commit(one, {});
    await fixture.service.lock(two, "running");
  });
});

describe("with <persist>", () => {
  beforeEach(() => pend("new", persistent));

  test("it outlives its session, and is undone in time", async () => {
    await fixture.service.sessionEnded(1);
    expect(await fixture.nameIn()).toBe("new");
    await fixture.advance(600);
    expect(await fixture.nameIn()).toBe("old");
  });

  test("it is confirmed on any session, with the token and not without, on its own neither", async () => {
    expect(await refused(fixture.service.commit(one, {}))).toEqual(TOKEN_MISSING);
    expect(await refused(fixture.service.commit(two, { confirmed }))).toEqual(TOKEN_MISSING);
    expect(await refused(fixture.service.commit(two, { persistId: "Secret" }))).toEqual(WRONG_TOKEN);
    await fixture.service.commit(two, { persistId: "secret" });
    await fixture.advance(600);
    expect(await fixture.nameIn()).toBe("new");
    expect(await refused(fixture.service.commit(two, { persistId: "secret" }))).toEqual(NO_TOKEN);
  });

  test("it is cancelled on any session, with the token and not without", async () => {
    expect(await refused(fixture.service.cancelCommit(one, undefined))).toEqual(TOKEN_MISSING);
    expect(await refused(fixture.service.cancelCommit(two, "x"))).toEqual(WRONG_TOKEN);
    await fixture.service.cancelCommit(two, "secret");
    expect(await fixture.nameIn()).toBe("old");
    expect((await fixture.history())[0]).toBe("3 other 2 revert Back to commit 1: It was cancelled.");
  });

  test("another session may follow it, with a new token or the old one, and running is then that session's", async () => {
    await fixture.setName(two, "newer");
    await fixture.service.commit(two, { confirmed, persistId: "secret" });
    expect(await refused(fixture.setName(one, "x", "running"))).toMatchObject({ tag: "in-use" });
    await fixture.service.commit(two, { confirmed: { timeoutS: 60, persist: "other" }, persistId: "secret" });
    expect(await refused(fixture.service.commit(one, { persistId: "secret" }))).toEqual(WRONG_TOKEN);
    await fixture.service.sessionEnded(2);
    expect(await fixture.nameIn()).toBe("newer");
    await fixture.advance(60);
    expect(await fixture.nameIn()).toBe("old");
  });

  test("running cannot be locked or changed when its session has ended; the holder is then nobody", async () => {
    await fixture.service.sessionEnded(1);
    const message = `A confirmed commit of user admin waits to be confirmed, until ${DEADLINE}. Try again afterwards.`;
    const denied = { type: "protocol", tag: "lock-denied", message, info: { sessionId: 0 } };
    expect(await refused(fixture.service.lock(two, "running"))).toEqual(denied);
    expect(await refused(fixture.setName(two, "x", "running"))).toEqual(error("in-use", message));
  });

  test("a session-bound one becomes persistent by its follow-up", async () => {
    await fixture.service.cancelCommit(one, "secret");
    await pend("new");
    await fixture.service.commit(one, { confirmed: persistent });
    await fixture.service.sessionEnded(1);
    expect(await fixture.nameIn()).toBe("new");
  });
});

test("there has to be something to cancel", async () => {
  const message = "There is no confirmed commit to cancel.";
  expect(await refused(fixture.service.cancelCommit(one, undefined))).toEqual(error("operation-failed", message));
  expect(await refused(fixture.service.cancelCommit(one, "secret"))).toEqual(NO_TOKEN);
});

test("running locked by another session can neither be committed nor cancelled", async () => {
  await pend("new", persistent);
  await fixture.service.lock(one, "running");
  expect(await refused(fixture.service.commit(two, { persistId: "secret" }))).toMatchObject({ tag: "in-use" });
  expect(await refused(fixture.service.cancelCommit(two, "secret"))).toMatchObject({ tag: "in-use" });
  await fixture.advance(600);
  expect(await fixture.nameIn()).toBe("old");
});

test("running can be changed unconfirmedCommits times before one of them has to be confirmed", () => {
  const pending = new ConfirmedCommit({
    clock: fixture.clock,
    bootId: "",
    overdue: () => {},
    limits: { unconfirmedCommits: 2 },
  });
  const unconfirmed = pending.unconfirmedBy({ confirmed }, 7);
  const record = { time: "", username: "admin", sessionId: 1, unconfirmed };
  pending.recorded({ ...record, id: 8 }, one);
  pending.checkCommit(one, { confirmed });
  pending.checkChange(one);
  pending.recorded({ ...record, id: 9 }, one);
  const tooMany = expect.objectContaining({
    message:
      "resource-denied: Running was changed 2 times since commit 7, none of them confirmed. " +
      "Send a <commit> without <confirmed>, or <cancel-commit>.",
  });
  expect(() => pending.checkCommit(one, { confirmed })).toThrow(tooMany);
  expect(() => pending.checkChange(one)).toThrow(tooMany);
  pending.checkCommit(one, {});
  pending.checkCancel(one, undefined);
});

describe("after the server was killed", () => {
  test("a session-bound one is undone before anybody acts on it", async () => {
    await pend();
    await fixture.restart();
    expect(fixture.subscriber.told).toEqual(["adopt +bmp"]);
    expect(await fixture.nameIn()).toBe("old");
    expect((await fixture.history())[0]).toBe(
      "3 admin 0 revert Back to commit 1: The server ended, and its session with it, before it was confirmed.",
    );
    await fixture.restart();
    expect(await fixture.history()).toHaveLength(3);
  });

  test("a persistent one goes on, with what is left of its time", async () => {
    await pend("new", persistent);
    await fixture.advance(300);
    await fixture.restart();
    // The ids of sessions begin anew: this is another session 1.
    expect(await refused(fixture.setName(one, "x", "running"))).toMatchObject({ tag: "in-use" });
    await fixture.advance(299);
    expect(await fixture.nameIn()).toBe("new");
    await fixture.advance(1);
    expect(await fixture.nameIn()).toBe("old");
  });

  test("a persistent one can be confirmed", async () => {
    await pend("new", persistent);
    await fixture.restart();
    await fixture.service.commit(nobody, { persistId: "secret" });
    await fixture.restart();
    await fixture.advance(600);
    expect(await fixture.nameIn()).toBe("new");
  });

  test("a persistent one whose time was over meanwhile is undone", async () => {
    await pend("new", persistent);
    fixture.clock.forget();
    fixture.clock.advance(600_000);
    await fixture.restart();
    expect(fixture.subscriber.told).toEqual(["adopt +bmp"]);
    expect(await fixture.nameIn()).toBe("old");
  });

  test("a persistent one is undone when the device has started anew (section 8.4.1)", async () => {
    await pend("new", persistent);
    fixture.bootId = "second";
    await fixture.restart();
    expect(await fixture.nameIn()).toBe("old");
    expect((await fixture.history())[0]).toBe(
      "3 admin 0 revert Back to commit 1: The device started anew before it was confirmed.",
    );
  });
});

test("a start that cannot undo it fails, and says why", async () => {
  await pend();
  await fixture.service.stop();
  const { history } = historyIn(fixture.folder);
  history.load();
  // A snapshot of the newest commit; what was before is in older files.
  compact(history.seal(), () => ({ config: Buffer.from(bmp("<system-name>new</system-name>")) }));
  const snapshot = join(fixture.folder, "history/000000000.snapshot");
  writeFileSync(snapshot, "x");
  await expect(fixture.restart()).rejects.toThrow(
    `operation-failed: The history of commits could not be read: ${snapshot} is damaged at byte 0`,
  );
});

describe("undoing", () => {
  test("cannot be refused by a subscriber, which is told all the same", async () => {
    await pend();
    fixture.subscriber.told.length = 0;
    fixture.subscriber.refusal = operationFailed("the device does not exist");
    await fixture.advance(600);
    expect(await fixture.nameIn()).toBe("old");
    expect(fixture.subscriber.told).toEqual(["prepare +bmp", "adopt +bmp"]);
    expect(fixture.log).toContain("warn What is undone was refused, and is in effect all the same");
  });

  test("that fails is tried again; until then nobody can confirm it, nor change running", async () => {
    await pend("new", persistent);
    const snapshot = join(fixture.folder, "history/000000000.snapshot");
    renameSync(snapshot, `${snapshot}.aside`);
    await fixture.advance(600);
    expect(await fixture.nameIn()).toBe("new");
    expect(fixture.log).toContain("error A confirmed commit could not be undone; trying again later");
    const message = "Commit 2 was not confirmed and is about to be undone. Try again afterwards.";
    expect(await refused(fixture.service.commit(one, { persistId: "secret" }))).toEqual(error("in-use", message));
    renameSync(`${snapshot}.aside`, snapshot);
    await fixture.advance(datastoreLimits.revertRetryMs / 1000);
    expect(await fixture.nameIn()).toBe("old");
    await fixture.setName(two, "x", "running");
  });
});
