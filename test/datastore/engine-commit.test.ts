import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { datastoreLimits } from "../../src/datastore/limits.ts";
import { finishJob } from "../../src/job.ts";
import { unitPaths } from "../../src/plane/unit-paths.ts";
import type { Schema } from "../../src/yang/schema.ts";
import {
  bmp,
  commit,
  type EngineFixture,
  edit,
  engineFixture,
  MemoryHistory,
  refusal,
  schemaFixture,
  session,
} from "./engine-fixture.ts";

let schema: Schema;
let history: MemoryHistory;
let engine: EngineFixture;
beforeAll(async () => {
  schema = await schemaFixture();
});
beforeEach(() => {
  history = new MemoryHistory();
  engine = engineFixture(schema, history);
});

const key = (address: string) => ["_public_", address, ""];
const stage = () =>
  engine.stage({ kind: "candidate" })?.map(({ path, keys, after }) => [path, keys, after !== undefined]);

test("a commit of nothing stages nothing", () => {
  expect(stage()).toBeUndefined();
});

test("a new session is one unit, with its defaults; enabling BMP is another", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1", "<connect-retry><initial>5</initial></connect-retry>"))));
  expect(engine.stage({ kind: "candidate" })).toEqual([
    { path: unitPaths.bmp, keys: [], after: { "statistics-interval": "3600" } },
    {
      path: unitPaths.bmpSession,
      keys: key("2001:db8::1"),
      after: {
        "vpn-instance": "_public_",
        address: "2001:db8::1",
        alias: "",
        enabled: "true",
        port: "11019",
        "connect-timeout": "10",
        "initial-delay": "0",
        "connect-retry": { initial: "5", maximum: "720" },
        "queue-limit": "67108864",
      },
    },
  ]);
});

test("a list with few entries is part of the unit that it is in, however deep", () => {
  const modes = "<route-mode><address-family>any</address-family><rib>loc-rib</rib></route-mode>";
  const peer = `<peer><vpn-instance>_public_</vpn-instance><address>192.0.2.1</address>${modes}</peer>`;
  const monitored = (content: string) => session("2001:db8::1", `<monitor>${content}</monitor>`);
  engine.editCandidate(edit(bmp(monitored(`<public/>${peer}`))));
  const selected = () => engine.stage({ kind: "candidate" })?.at(-1)?.after?.["monitor"];
  const routeModes = [{ "address-family": "any", rib: "loc-rib" }];
  expect(selected()).toEqual({
    public: { "route-mode": [] },
    "vpn-instance": [],
    peer: [{ "vpn-instance": "_public_", address: "192.0.2.1", "route-mode": routeModes }],
  });
  engine.unstage();
  commit(engine);
  engine.editCandidate(edit(bmp(monitored(`<public>${modes}</public>`))));
  expect(selected()).toMatchObject({ public: { "route-mode": routeModes } });
});

test("a change of one session concerns that session alone", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1") + session("2001:db8::2"))));
  commit(engine);
  engine.editCandidate(edit(bmp(session("2001:db8::2", "<connect-retry><maximum>60</maximum></connect-retry>"))));
  expect(stage()).toEqual([[unitPaths.bmpSession, key("2001:db8::2"), true]]);
  engine.unstage();
  engine.editCandidate(
    edit(bmp(session("2001:db8::2", "", ' nc:operation="delete"') + "<system-name>a</system-name>")),
  );
  expect(stage()).toEqual([
    [unitPaths.bmp, [], true],
    [unitPaths.bmpSession, key("2001:db8::2"), false],
  ]);
});

test("deleting BMP deletes its sessions", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1"))));
  commit(engine);
  engine.editCandidate(edit(`<bmp xmlns="urn:bmpconfd:yang:bmp" nc:operation="delete"/>`));
  expect(stage()).toEqual([
    [unitPaths.bmp, [], false],
    [unitPaths.bmpSession, key("2001:db8::1"), false],
  ]);
});

test("default address families give way to explicit ones", () => {
  const neighbor = (children: string) =>
    `<bgp xmlns="urn:bmpconfd:yang:bgp"><local-as>65000</local-as><router-id>10.0.0.1</router-id>` +
    `<neighbor><address>10.0.0.2</address><remote-as>65001</remote-as>${children}</neighbor></bgp>`;
  const families = () =>
    engine.stage({ kind: "candidate" })?.find(({ path }) => path === unitPaths.neighbor)?.after?.["address-family"];
  engine.editCandidate(edit(neighbor("")));
  expect([...(families() as readonly string[])].sort()).toEqual(["ipv4-unicast", "ipv6-unicast"]);
  engine.unstage();
  engine.editCandidate(edit(neighbor("<address-family>ipv6-unicast</address-family>")));
  expect(families()).toEqual(["ipv6-unicast"]);
});

test("default address families come back when the explicit one goes, before a commit too (RFC 7950 7.7.2)", () => {
  const neighbor = (children: string) =>
    `<bgp xmlns="urn:bmpconfd:yang:bgp"><local-as>65000</local-as><router-id>10.0.0.1</router-id>` +
    `<neighbor><address>10.0.0.2</address><remote-as>65001</remote-as>${children}</neighbor></bgp>`;
  engine.editCandidate(edit(neighbor("")));
  commit(engine);
  const before = engine.units();
  engine.editCandidate(edit(neighbor("<address-family>ipv6-unicast</address-family>")));
  engine.editCandidate(edit(neighbor('<address-family nc:operation="delete">ipv6-unicast</address-family>')));
  expect(stage()).toBeUndefined();
  expect(engine.units()).toEqual(before);
});

test("a key may hold both kinds of quotes, which no XPath literal can", () => {
  const alias = `a'b"c`;
  const one = (children: string) => edit(bmp(session("2001:db8::1", children, "", alias)));
  engine.editCandidate(one("<port>5000</port>"));
  expect(stage()).toEqual([
    [unitPaths.bmp, [], true],
    [unitPaths.bmpSession, ["_public_", "2001:db8::1", alias], true],
  ]);
  engine.editCandidate(one('<port nc:operation="delete"/>'));
  expect(engine.getConfig("candidate")).not.toContain("<port>");
});

test("a large difference is given in parts", () => {
  const addresses = Array.from({ length: 2 * datastoreLimits.unitsPerPart }, (_, index) => `2001:db8::${index}`);
  engine.editCandidate(edit(bmp(addresses.map((address) => session(address)).join(""))));
  const first = finishJob(engine.engine.stage({ kind: "candidate" }, false));
  // The sessions, and the container they are in.
  expect([first?.units.length, first?.total]).toEqual([datastoreLimits.unitsPerPart, addresses.length + 1]);
  expect(engine.engine.stagedUnits(addresses.length)).toHaveLength(1);
  const all = engine.stage({ kind: "candidate" }) ?? [];
  expect(new Set(all.map(({ keys }) => keys.join())).size).toBe(addresses.length + 1);
  engine.unstage();
  expect(() => engine.engine.stagedUnits(0)).toThrow(/restarted/);
});

test("what is staged is on disk before it is running", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1"))));
  engine.stage({ kind: "candidate" });
  expect(history.changes).toEqual([]);
  expect(engine.getConfig("running")).toBe("");
  history.failure = new Error("ENOSPC: no space left on device");
  const record = { id: 1, time: "t", username: "admin", sessionId: 1 };
  expect(refusal(() => engine.finish(record))).toEqual([
    {
      type: "application",
      tag: "operation-failed",
      message: "The configuration could not be written to disk: ENOSPC: no space left on device. Nothing was changed.",
    },
  ]);
  expect(engine.getConfig("running")).toBe("");
  expect(engine.commitId()).toBe(0);
  history.failure = undefined;
  engine.finish(record);
  expect(engine.commitId()).toBe(1);
  expect(history.changes).toMatchObject([{ record }]);
  expect(Buffer.from(history.changes[0]?.change ?? []).toString()).toBe(
    `<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><bmp xmlns="urn:bmpconfd:yang:bmp">` +
      `<bmp-session xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" nc:operation="replace">` +
      `<vpn-instance>_public_</vpn-instance><address>2001:db8::1</address><alias/></bmp-session></bmp></config>`,
  );
  expect(engine.isCandidateModified()).toBe(false);
});

test("a new instance has running as it was committed", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1", "<description>a &lt; b</description>"))));
  commit(engine);
  const again = engineFixture(schema, history);
  expect(again.getConfig("running")).toBe(engine.getConfig("running"));
  expect(again.units()).toEqual(engine.units());
  expect(again.isCandidateModified()).toBe(false);
});

test("before the first commit running is the startup datastore", () => {
  history.startup = Buffer.from(bmp(session("2001:db8::1")));
  expect(engineFixture(schema, history).getConfig("running")).toContain("2001:db8::1");
});

test("stored configuration of a module that is not served is refused, with a hint", () => {
  history.startup = Buffer.from('<x xmlns="urn:elsewhere"/>');
  expect(refusal(() => engineFixture(schema, history))?.[0]?.message).toMatch(
    /was a --yang option forgotten\?.*urn:elsewhere/,
  );
});

test("stored configuration that does not validate is refused", () => {
  history.startup = Buffer.from(bmp(session("2001:db8::1", "", "", "", "red")));
  expect(refusal(() => engineFixture(schema, history))?.[0]?.appTag).toBe("instance-required");
});

/** A history as compaction leaves it, one commit before the end: `change` of a snapshot with nine sessions. */
function compacted(change: string, schemaId = schema.id): MemoryHistory {
  const compacted = new MemoryHistory();
  const children = Array.from({ length: 9 }, (_, n) => session(`2001:db8::${n + 1}`)).join("");
  compacted.base = { id: 1, config: Buffer.from(bmp(children)), schemaId };
  const record = { time: "2026-11-22T10:00:00Z", username: "admin", sessionId: 1 };
  for (const id of [1, 2])
    compacted.changes.push({ record: { id, ...record }, change: Buffer.from(edit(change).config) });
  return compacted;
}

test("of a snapshot that was found valid only what changed since is validated", () => {
  const validate = vi.spyOn(schema, "validate");
  const again = engineFixture(schema, compacted(bmp(session("2001:db8::1", "<port>1</port>"))));
  expect(validate).not.toHaveBeenCalled();
  expect(again.units()[1]?.after).toMatchObject({ port: "1", "connect-timeout": "10" });
  expect(again.isCandidateModified()).toBe(false);
  expect(refusal(() => engineFixture(schema, compacted(bmp(session("2001:db8::1", "", "", "", "red")))))).toMatchObject(
    [{ appTag: "instance-required", message: expect.stringContaining("The stored configuration does not fit") }],
  );
  expect(validate).not.toHaveBeenCalled();
  validate.mockRestore();
});

test("a snapshot that was valid for another schema, or changed for the most part, is validated as a whole", () => {
  const validate = vi.spyOn(schema, "validate");
  engineFixture(schema, compacted(bmp(""), "another"));
  engineFixture(
    schema,
    compacted(bmp(session("2001:db8::1", `<description>${"x".repeat(255)}</description><!--${"x".repeat(999)}-->`))),
  );
  expect(validate).toHaveBeenCalledTimes(2);
  validate.mockRestore();
});

test("an edit of running takes effect at once; an unmodified candidate follows it (RFC 6241 8.3.1)", () => {
  engine.stage({ kind: "edit", edit: edit(bmp(session("2001:db8::1"))) });
  engine.finish({ id: 1, time: "t", username: "admin", sessionId: 1 });
  expect(engine.getConfig("running")).toContain("2001:db8::1");
  expect(engine.getConfig("candidate")).toBe(engine.getConfig("running"));
});

test("an edit of running leaves a modified candidate as it is", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::2"))));
  const before = engine.getConfig("candidate");
  engine.stage({ kind: "edit", edit: edit(bmp(session("2001:db8::1"))) });
  engine.finish({ id: 1, time: "t", username: "admin", sessionId: 1 });
  expect(engine.getConfig("candidate")).toBe(before);
  expect(engine.isCandidateModified()).toBe(true);
});

test("discard-changes gives the candidate running's content", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1"))));
  expect(engine.isCandidateModified()).toBe(true);
  engine.discardCandidate();
  expect(engine.getConfig("candidate")).toBe("");
  expect(engine.isCandidateModified()).toBe(false);
});

test("an edit that is undone by another leaves the candidate unmodified", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1"))));
  engine.editCandidate(edit(`<bmp xmlns="urn:bmpconfd:yang:bmp" nc:operation="delete"/>`));
  expect(engine.isCandidateModified()).toBe(false);
});

test("startup is copied and deleted on its own", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1"))));
  engine.copyToStartup("candidate");
  expect(Buffer.from(history.startup ?? []).toString()).toBe(engine.getConfig("candidate"));
  expect(engine.getConfig("startup")).toBe(engine.getConfig("candidate"));
  engine.deleteStartup();
  expect(engine.getConfig("startup")).toBe("");
  expect(history.startup).toBeUndefined();
  expect(engine.getConfig("running")).toBe("");
});

test("units are told in parts, of one configuration", () => {
  const ids = Array.from({ length: datastoreLimits.unitsPerPart + 5 }, (_, n) =>
    session(`2001:db8::${n.toString(16)}1`),
  );
  engine.editCandidate(edit(bmp(ids.join(""))));
  commit(engine);
  const { engine: told } = engine;
  expect([0, 250, 256].map((from) => told.units(from).length)).toEqual([250, 6, 0]);
  expect(told.units(0)).toHaveLength(250);
  engine.editCandidate(edit(bmp(session("2001:db8::2"))));
  commit(engine);
  expect(refusal(() => told.units(250))).toMatchObject([{ message: "Running changed while its units were told." }]);
});
