import { renameSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Requester } from "../../src/datastore/datastores.ts";
import { datastoreLimits } from "../../src/datastore/limits.ts";
import { ServiceFixture } from "../datastore/service-fixture.ts";

const alice: Requester = { sessionId: 7, username: "alice", sourceHost: "2001:db8::7", user: undefined };
const bob: Requester = { sessionId: 8, username: "bob", sourceHost: "192.0.2.8", user: undefined };
const ALICE = "<username>alice</username><session-id>7</session-id><source-host>2001:db8::7</source-host>";
/** As the record of the commit has her. */
const ALICE_OF_BEFORE = "<username>alice</username><session-id>7</session-id>";
const BOB = "<username>bob</username><session-id>8</session-id><source-host>192.0.2.8</source-host>";
const SERVER = "<server/>";

const NS = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications";
const changed = (by: string, operation: string, target = "/bmp:bmp/bmp:system-name") =>
  `<netconf-config-change xmlns="${NS}"><changed-by>${by}</changed-by><datastore>running</datastore><edit>` +
  `<target xmlns:bmp="urn:bmpconfd:yang:bmp">${target}</target><operation>${operation}</operation></edit>` +
  "</netconf-config-change>";
const confirm = (content: string) => `<netconf-confirmed-commit xmlns="${NS}">${content}</netconf-confirmed-commit>`;
const event = (by: string, name: string, timeout = "") =>
  confirm(`${by}<confirm-event>${name}</confirm-event>${timeout}`);
const TIMEOUT = confirm("<confirm-event>timeout</confirm-event>");

let fixture: ServiceFixture;
beforeEach(async () => {
  fixture = await ServiceFixture.start();
  await fixture.setName(alice, "old");
  await fixture.service.commit(alice, {});
  takeEvents();
});
afterEach(() => fixture.stop());

/** What was reported since the last call. */
const takeEvents = () => fixture.events.splice(0);

/** Alice makes a confirmed commit, which is not looked at. */
async function begin(persist?: string): Promise<void> {
  await fixture.setName(alice, "new");
  await fixture.service.commit(alice, { confirmed: { timeoutS: 600, persist } });
  takeEvents();
}

describe("netconf-confirmed-commit (RFC 6470 section 2.2)", () => {
  test("start, extend and complete follow the change of running that comes with them", async () => {
    await fixture.setName(alice, "new");
    await fixture.service.commit(alice, { confirmed: { timeoutS: 600 } });
    expect(takeEvents()).toEqual([changed(ALICE, "replace"), event(ALICE, "start", "<timeout>600</timeout>")]);
    await fixture.setName(alice, "newer");
    await fixture.service.commit(alice, { confirmed: { timeoutS: 30 } });
    expect(takeEvents()).toEqual([changed(ALICE, "replace"), event(ALICE, "extend", "<timeout>30</timeout>")]);
    await fixture.setName(alice, "newest");
    await fixture.service.commit(alice, {});
    expect(takeEvents()).toEqual([changed(ALICE, "replace"), event(ALICE, "complete")]);
    await fixture.advance(1_000);
    expect(takeEvents()).toEqual([]);
  });

  test("they come alone where nothing changes", async () => {
    await fixture.service.commit(alice, { confirmed: { timeoutS: 600 } });
    await fixture.service.commit(alice, { confirmed: { timeoutS: 30 } });
    await fixture.service.commit(alice, {});
    expect(takeEvents()).toEqual([
      event(ALICE, "start", "<timeout>600</timeout>"),
      event(ALICE, "extend", "<timeout>30</timeout>"),
      event(ALICE, "complete"),
    ]);
  });

  test("a commit that nothing waits for, and one that is refused, are none", async () => {
    await fixture.setName(alice, "plain");
    await fixture.service.commit(alice, {});
    expect(takeEvents()).toEqual([changed(ALICE, "replace")]);
    await begin();
    await expect(fixture.service.commit(bob, {})).rejects.toThrow("in-use");
    await expect(fixture.service.cancelCommit(bob, undefined)).rejects.toThrow("in-use");
    expect(takeEvents()).toEqual([]);
  });

  test("a change of running meanwhile, which goes the same way, is none", async () => {
    await begin();
    await fixture.setName(alice, "edited", "running");
    expect(takeEvents()).toEqual([changed(ALICE, "replace")]);
    await fixture.service.cancelCommit(alice, undefined);
    expect(takeEvents()).toEqual([changed(ALICE, "replace"), event(ALICE, "cancel")]);
  });

  test("timeout names nobody", async () => {
    await begin();
    await fixture.advance(600);
    expect(takeEvents()).toEqual([changed(SERVER, "replace"), TIMEOUT]);
  });

  test("whoever has the token of a persistent one extends, confirms or cancels it", async () => {
    await begin("token");
    await fixture.service.sessionEnded(alice.sessionId);
    await fixture.service.commit(bob, { confirmed: { timeoutS: 60 }, persistId: "token" });
    expect(takeEvents()).toEqual([event(BOB, "extend", "<timeout>60</timeout>")]);
    await fixture.service.cancelCommit(alice, "token");
    expect(takeEvents()).toEqual([changed(ALICE, "replace"), event(ALICE, "cancel")]);
    await begin("other");
    await fixture.service.commit(bob, { persistId: "other" });
    expect(takeEvents()).toEqual([event(BOB, "complete")]);
  });

  test("cancel, when the session ends, names that session", async () => {
    await begin();
    await fixture.service.sessionEnded(alice.sessionId);
    expect(takeEvents()).toEqual([changed(ALICE, "replace"), event(ALICE, "cancel")]);
  });

  test("what could not be undone is reported when it was, by what has ended it", async () => {
    await begin();
    const snapshot = join(fixture.folder, "history/000000000.snapshot");
    renameSync(snapshot, `${snapshot}.aside`);
    await fixture.service.sessionEnded(alice.sessionId);
    expect(takeEvents()).toEqual([]);
    renameSync(`${snapshot}.aside`, snapshot);
    await fixture.advance(datastoreLimits.revertRetryMs / 1000);
    expect(takeEvents()).toEqual([changed(SERVER, "replace"), event(ALICE, "cancel")]);
  });
});

describe("over a restart", () => {
  test("a session-bound one is cancelled, by the session that ended with the server", async () => {
    await begin();
    await fixture.restart();
    expect(takeEvents()).toEqual([changed(SERVER, "replace"), event(ALICE_OF_BEFORE, "cancel")]);
    await fixture.restart();
    expect(takeEvents()).toEqual([]);
  });

  test("a persistent one goes on without an event, and times out", async () => {
    await begin("token");
    await fixture.advance(300);
    await fixture.restart();
    expect(takeEvents()).toEqual([]);
    await fixture.advance(300);
    expect(takeEvents()).toEqual([changed(SERVER, "replace"), TIMEOUT]);
  });

  test("one whose time was over meanwhile times out at the start", async () => {
    await begin("token");
    fixture.clock.forget();
    fixture.clock.advance(600_000);
    await fixture.restart();
    expect(takeEvents()).toEqual([changed(SERVER, "replace"), TIMEOUT]);
  });

  test("one that the device's restart ends is cancelled", async () => {
    await begin("token");
    fixture.bootId = "second";
    await fixture.restart();
    expect(takeEvents()).toEqual([changed(SERVER, "replace"), event(ALICE_OF_BEFORE, "cancel")]);
  });
});
