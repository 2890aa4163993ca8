import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadLibyangModule } from "libyang-wasm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DatastoreService } from "../../src/datastore/datastore-service.ts";
import type { EditRequest } from "../../src/datastore/datastores.ts";
import { EngineHost } from "../../src/datastore/engine-host.ts";
import type { DatastoreLimits } from "../../src/datastore/limits.ts";
import type { DatastoreChange } from "../../src/datastore/subscriber.ts";
import { operationFailed } from "../../src/errors/constructors.ts";
import { RpcError, type RpcErrorEntry } from "../../src/errors/rpc-error.ts";
import { configText } from "./config-text.ts";
import { bmp, edit as engineEdit, session, yangFolder } from "./engine-fixture.ts";
import { RecordingPerformer } from "./recording-performer.ts";
import { RecordingSubscriber } from "./recording-subscriber.ts";

/** The compiled thread: the build that comes before the tests makes it. */
const workerUrl = new URL("../../dist/datastore-worker.js", import.meta.url);

const riddle = fileURLToPath(new URL("../yang/modules/riddle.yang", import.meta.url));

let folder: string;
let subscriber: RecordingSubscriber;
let service: DatastoreService;
let changes: DatastoreChange[];
/** Times the engine was built anew. */
let rebuilds: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "bmpconfd-service-"));
  await restart();
});
afterEach(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function restart(limits: Partial<DatastoreLimits> = {}): Promise<void> {
  await service?.stop();
  subscriber = new RecordingSubscriber();
  changes = [];
  rebuilds = 0;
  service = new DatastoreService({
    workerUrl,
    setup: {
      wasm: await loadLibyangModule(),
      dataFolder: folder,
      yangFolder,
      extraYangFiles: [riddle],
      netconfFeatures: [],
    },
    subscribers: [subscriber],
    stateProviders: [{ state: async () => [] }],
    performers: [new RecordingPerformer()],
    changed: (change) => void changes.push(change),
    confirmEvent: () => {},
    bootId: "1",
    log: (_, message) => {
      if (message.endsWith("built anew")) rebuilds++;
    },
    limits,
  });
  await service.start();
}

const one = { sessionId: 1, username: "admin", user: undefined };
const two = { sessionId: 2, username: "other", user: undefined };
const edit = (children: string, target: "running" | "candidate" = "candidate"): EditRequest => ({
  ...engineEdit(children),
  target,
});
const refusal = (call: Promise<unknown>): Promise<RpcErrorEntry | undefined> =>
  call.then(
    () => undefined,
    (error: unknown) => (error instanceof RpcError ? error.entries[0] : Promise.reject(error)),
  );

test("a commit is prepared, written and applied, and a new process has it", async () => {
  await service.edit(one, edit(bmp(session("2001:db8::1"))));
  await service.commit(one, {});
  expect(subscriber.told).toEqual(["prepare +bmp +2001:db8::1", "apply"]);
  const running = await configText(service.getConfig(one, "running"));
  await restart();
  expect(await configText(service.getConfig(one, "running"))).toBe(running);
  expect(subscriber.told).toEqual(["adopt +bmp +2001:db8::1"]);
});

test("a subscriber that refuses keeps running as it was, and the candidate too", async () => {
  await service.edit(one, edit(bmp(session("2001:db8::1"))));
  subscriber.refusal = operationFailed("the device does not exist");
  expect(await refusal(service.commit(one, {}))).toMatchObject({ message: "the device does not exist" });
  expect(await configText(service.getConfig(one, "running"))).toBe("");
  expect(await configText(service.getConfig(one, "candidate"))).toContain("2001:db8::1");
  subscriber.refusal = undefined;
  await service.commit(one, {});
  expect(subscriber.told.at(-1)).toBe("apply");
});

test("a commit of nothing reaches no subscriber, and nobody is told of a change", async () => {
  await service.commit(one, {});
  expect(subscriber.told).toEqual([]);
  expect(changes).toEqual([]);
});

test("each change of running and startup is told with who made it, what was refused is not", async () => {
  const target = { text: "/bmp:bmp", namespaces: { bmp: "urn:bmpconfd:yang:bmp" } };
  const by = { ...one, sourceHost: "192.0.2.1" };
  await service.edit(by, edit(bmp("")));
  expect(changes).toEqual([]);
  subscriber.refusal = operationFailed("not now");
  await refusal(service.commit(by, {}));
  expect(changes).toEqual([]);
  subscriber.refusal = undefined;
  await service.commit(by, {});
  await service.edit(two, edit('<bmp xmlns="urn:bmpconfd:yang:bmp" nc:operation="delete"/>', "running"));
  await service.copy(two, "candidate", "startup");
  await service.deleteStartup(one);
  expect(changes).toEqual([
    { by, datastore: "running", edits: [{ operation: "create", target }] },
    { by: two, datastore: "running", edits: [{ operation: "delete", target }] },
    { by: two, datastore: "startup", edits: undefined },
    { by: one, datastore: "startup", edits: undefined },
  ]);
});

test("running and candidate locked by another session refuse changes with in-use", async () => {
  await service.lock(two, "running");
  expect(await refusal(service.commit(one, {}))).toMatchObject({ tag: "in-use" });
  expect(await refusal(service.edit(one, edit(bmp(""), "running")))).toMatchObject({ tag: "in-use" });
  await service.edit(one, edit(bmp("")));
  await service.discardChanges(one);
  await service.lock(two, "candidate");
  expect(await refusal(service.edit(one, edit(bmp(""))))).toMatchObject({ tag: "in-use" });
  expect(await refusal(service.discardChanges(one))).toMatchObject({ tag: "in-use" });
  expect(await refusal(service.copy(one, "running", "candidate"))).toMatchObject({ tag: "in-use" });
  await service.edit(two, edit(bmp("")));
});

test("a modified candidate cannot be locked (RFC 6241 7.5)", async () => {
  await service.edit(one, edit(bmp("")));
  expect(await refusal(service.lock(two, "candidate"))).toMatchObject({ tag: "lock-denied", info: { sessionId: 0 } });
  await service.discardChanges(one);
  await service.lock(two, "candidate");
});

test("a candidate's changes are discarded by unlock, and by the end of the session that locked it (RFC 6241 8.3.5.2)", async () => {
  await service.lock(one, "candidate");
  await service.edit(one, edit(bmp("")));
  await service.unlock(one, "candidate");
  expect(await configText(service.getConfig(one, "candidate"))).toBe("");
  await service.lock(two, "candidate");
  await service.edit(two, edit(bmp("")));
  await service.sessionEnded(2);
  expect(await configText(service.getConfig(one, "candidate"))).toBe("");
  await service.lock(one, "candidate");
});

test("a session that ends without a lock leaves the shared candidate alone", async () => {
  await service.edit(one, edit(bmp("")));
  await service.sessionEnded(1);
  expect(await configText(service.getConfig(one, "candidate"))).not.toBe("");
});

test("an edit of running is committed at once", async () => {
  await service.edit(one, edit(bmp(session("2001:db8::1")), "running"));
  expect(subscriber.told).toEqual(["prepare +bmp +2001:db8::1", "apply"]);
  await restart();
  expect(await configText(service.getConfig(one, "running"))).toContain("2001:db8::1");
});

test("startup is deleted, unless another session has locked it", async () => {
  await service.edit(one, edit(bmp(""), "running"));
  await service.copy(one, "running", "startup");
  expect(await configText(service.getConfig(one, "startup"))).not.toBe("");
  await service.lock(two, "startup");
  expect(await refusal(service.deleteStartup(one))).toMatchObject({ tag: "in-use" });
  await service.deleteStartup(two);
  expect(await configText(service.getConfig(one, "startup"))).toBe("");
});

test("source and target must differ", async () => {
  expect(await refusal(service.copy(one, "running", "running"))).toMatchObject({ tag: "invalid-value" });
});

/** What one call of libyang's takes minutes to validate; it is parsed at once. */
const overlong = `<riddle xmlns="urn:riddle">${Array.from({ length: 20_000 }, (_, index) => `<clue>${index}</clue>`).join("")}<solve/></riddle>`;
const overrun = { tag: "resource-denied", message: expect.stringContaining("took longer than 1000 ms") };

const configurations = (): Promise<string[]> =>
  Promise.all((["running", "startup", "candidate"] as const).map((name) => configText(service.getConfig(one, name))));

describe("a request that overruns its time", () => {
  test("fails alone; running, startup and candidate are as they were", async () => {
    await service.edit(one, edit(bmp(session("2001:db8::1")), "running"));
    await service.copy(one, "running", "startup");
    await restart({ engineCallMs: 1_000 });
    await service.edit(one, edit(bmp(session("2001:db8::2"))));
    await service.copy(one, { config: engineEdit(bmp(session("2001:db8::3"))).config }, "candidate");
    await service.edit(one, edit(bmp(session("2001:db8::4"))));
    const before = await configurations();
    const bad = refusal(service.validate({ config: engineEdit(overlong).config }));
    const innocent = configText(service.getConfig(one, "running"));
    expect(await bad).toMatchObject(overrun);
    expect(await innocent).toBe(before[0]);
    expect(await configurations()).toEqual(before);
    await service.commit(one, {});
    expect(await configText(service.getConfig(one, "running"))).toBe(before[2]);
    expect(rebuilds).toBe(1);
  });

  test("may be a commit, which can then be made without what took so long", async () => {
    await restart({ engineCallMs: 1_000 });
    await service.edit(one, edit(bmp(session("2001:db8::1")), "running"));
    await service.edit(one, edit(bmp(session("2001:db8::2"))));
    await service.edit(one, edit(overlong));
    const before = await configurations();
    subscriber.told.length = 0;
    expect(await refusal(service.commit(one, {}))).toMatchObject(overrun);
    expect(await configurations()).toEqual(before);
    expect([await service.commitId(), subscriber.told]).toEqual([1, []]);
    await service.edit(one, edit('<riddle xmlns="urn:riddle" nc:operation="delete"/>'));
    await service.commit(one, {});
    const after = bmp(session("2001:db8::1") + session("2001:db8::2")).replaceAll("<alias></alias>", "<alias/>");
    expect(await configText(service.getConfig(one, "running"))).toBe(after);
    await restart();
    expect([await service.commitId(), await configText(service.getConfig(one, "running"))]).toEqual([2, after]);
  });

  test("may be an edit of running below a changed candidate", async () => {
    await restart({ engineCallMs: 1_000 });
    await service.edit(one, edit(bmp(session("2001:db8::1")), "running"));
    await service.edit(one, edit(bmp(session("2001:db8::2"))));
    const before = await configurations();
    expect(await refusal(service.edit(one, edit(overlong, "running")))).toMatchObject(overrun);
    expect(await configurations()).toEqual(before);
  });

  test("leaves partial locks as they are (RFC 5717)", async () => {
    await restart({ engineCallMs: 1_000 });
    await service.edit(one, edit(bmp(session("2001:db8::1") + session("2001:db8::2")), "running"));
    const select = (address: string) => ({
      select: `//b:bmp-session[b:address='${address}']`,
      namespaces: new Map([["b", "urn:bmpconfd:yang:bmp"]]),
    });
    const { lockId } = await service.partialLock(one, [select("2001:db8::1")]);
    await service.partialLock(one, [select("2001:db8::2")]);
    const before = service.partialLocks();
    expect(await refusal(service.validate({ config: engineEdit(overlong).config }))).toMatchObject(overrun);
    expect(service.partialLocks()).toEqual(before);
    const change = edit(bmp(session("2001:db8::1", "<port>5000</port>")), "running");
    expect(await refusal(service.edit(two, change))).toMatchObject({ tag: "in-use", appTag: "locked" });
    expect(await refusal(service.partialLock(two, [select("2001:db8::2")]))).toMatchObject({ tag: "lock-denied" });
    await service.partialUnlock(one, lockId);
    await service.edit(two, change);
    expect(rebuilds).toBe(1);
  });

  test("after a commit is no matter for it: it was made, and locked nodes that went with it are free", async () => {
    const deletion = edit(bmp(session("2001:db8::1", "", ' nc:operation="delete"')), "running");
    await service.edit(one, edit(bmp(session("2001:db8::1") + session("2001:db8::2")), "running"));
    const select = { select: "/b:bmp/b:bmp-session", namespaces: new Map([["b", "urn:bmpconfd:yang:bmp"]]) };
    await service.partialLock(one, [select]);
    const original = Reflect.get(EngineHost.prototype, "call");
    const call = vi.spyOn(EngineHost.prototype, "call");
    const made = changes.length;
    call.mockImplementation(function (this: EngineHost, method, ...args) {
      if (method === "freeNodes") return Promise.reject(operationFailed("broken"));
      return Reflect.apply(original, this, [method, ...args]);
    });
    await service.edit(one, deletion);
    call.mockRestore();
    expect(changes.length).toBe(made + 1);
    expect(service.partialLocks()[0]?.nodes.map(({ path }) => path)).toEqual([
      "/bmpconfd-bmp:bmp/bmp-session[vpn-instance='_public_'][address='2001:db8::2'][alias='']",
    ]);
  });

  test("leaves a candidate edited more than the journal holds", async () => {
    await restart({ engineCallMs: 1_000, candidateJournalBytes: 1_000 });
    for (let n = 1; n <= 20; n++) await service.edit(one, edit(bmp(session(`2001:db8::${n}`))));
    const before = await configurations();
    expect(await refusal(service.validate({ config: engineEdit(overlong).config }))).toMatchObject(overrun);
    expect(await configurations()).toEqual(before);
  });

  test("leaves a candidate that was taken from the history", async () => {
    await restart({ engineCallMs: 1_000 });
    for (const n of [1, 2]) await service.edit(one, edit(bmp(session(`2001:db8::${n}`)), "running"));
    await service.loadCommit(one, 1);
    const before = await configurations();
    expect(await refusal(service.validate({ config: engineEdit(overlong).config }))).toMatchObject(overrun);
    expect(await configurations()).toEqual(before);
    expect(before[2]).not.toBe(before[0]);
  });

  test("leaves a password that was in clear text what it had become: only its hash was kept", async () => {
    await restart({ engineCallMs: 1_000 });
    const user = "<user><name>ann</name><password>$0$wonder</password></user>";
    const system = `<system xmlns="urn:ietf:params:xml:ns:yang:ietf-system"><authentication>${user}</authentication></system>`;
    await service.edit(one, edit(system));
    const before = await configText(service.getConfig(one, "candidate"));
    expect(before).toContain("<password>$6$");
    expect(await refusal(service.validate({ config: engineEdit(overlong).config }))).toMatchObject(overrun);
    expect(rebuilds).toBe(1);
    expect(await configText(service.getConfig(one, "candidate"))).toBe(before);
  });

  test("leaves a candidate right after running was edited below it", async () => {
    await restart({ engineCallMs: 1_000 });
    await service.edit(one, edit(bmp(session("2001:db8::1", "", ' nc:operation="create"'))));
    const before = await configText(service.getConfig(one, "candidate"));
    let bad: Promise<RpcErrorEntry | undefined> | undefined;
    subscriber.onApply = () => {
      bad = refusal(service.validate({ config: engineEdit(overlong).config }));
    };
    await service.edit(one, edit(bmp(session("2001:db8::1", "<port>5000</port>")), "running"));
    expect(await bad).toMatchObject(overrun);
    expect(await configText(service.getConfig(one, "candidate"))).toBe(before);
  });
});

test("a request that would take libyang too long to parse is refused by libyang itself", async () => {
  const unknown = Array.from({ length: 100_000 }, (_, index) => `<x${index}/>`).join("");
  const hostile = `<bmp xmlns="urn:bmpconfd:yang:bmp" nc:operation="merge">${unknown}</bmp>`;
  expect(await refusal(service.edit(one, edit(hostile)))).toMatchObject({ tag: "resource-denied" });
  expect(rebuilds).toBe(0);
});

describe("the modules", () => {
  const wholeText = async (name: string, revision: string | undefined, format: "yang" | "yin") => {
    const stream = await service.getSchema(name, revision, format);
    const pieces: Uint8Array[] = [];
    for (let piece = await stream.next(); piece !== undefined; piece = await stream.next()) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  };

  test("are known, those given by --yang too, and can be read", async () => {
    const names = service.yangLibrary().modules.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["bmpconfd-bmp", "ietf-inet-types", "ietf-netconf", "riddle"]));
    expect(await wholeText("riddle", undefined, "yang")).toBe(readFileSync(riddle, "utf8"));
    expect(await wholeText("riddle", undefined, "yin")).toMatch(/^<module name="riddle".*<\/module>\n$/s);
    expect(await refusal(service.getSchema("riddle", "2026-01-01", "yang"))).toMatchObject({ tag: "invalid-value" });
  });

  test("locks are told of while they are held", async () => {
    await service.lock(one, "running");
    expect(service.heldLocks()).toMatchObject([{ datastore: "running", sessionId: 1 }]);
    await service.sessionEnded(1);
    expect(service.heldLocks()).toEqual([]);
  });
});
