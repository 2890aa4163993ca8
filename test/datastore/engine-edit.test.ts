import { beforeAll, beforeEach, expect, test } from "vitest";
import type { Schema } from "../../src/yang/schema.ts";
import { bmp, type EngineFixture, edit, engineFixture, refusal, schemaFixture, session } from "./engine-fixture.ts";

let schema: Schema;
let engine: EngineFixture;
beforeAll(async () => {
  schema = await schemaFixture();
});
beforeEach(() => {
  engine = engineFixture(schema);
});

const candidate = () => engine.getConfig("candidate");
const path = (suffix = "") => ({
  text: `/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='2001:db8::1'][bmp:alias='']${suffix}`,
  namespaces: { bmp: "urn:bmpconfd:yang:bmp" },
});

test("merge creates what is missing, keys in canonical form (RFC 6241 7.2, RFC 5952)", () => {
  engine.editCandidate(edit(bmp(session("2001:DB8:0::1", "<port>5000</port>"))));
  expect(candidate()).toBe(bmp(session("2001:db8::1", "<port>5000</port>")).replace("<alias></alias>", "<alias/>"));
});

test("merge changes what is there and leaves the rest", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1", "<description>a</description><port>5000</port>"))));
  engine.editCandidate(edit(bmp(session("2001:db8::1", "<port>6000</port>"))));
  expect(candidate()).toContain("<description>a</description><port>6000</port>");
});

test("a leaf has one value, however few its siblings are", () => {
  engine.editCandidate(edit(bmp("<statistics-interval>100</statistics-interval>")));
  engine.editCandidate(edit(bmp("<statistics-interval>101</statistics-interval>")));
  expect(candidate()).toBe(bmp("<statistics-interval>101</statistics-interval>"));
  const again = edit(bmp('<statistics-interval nc:operation="create">102</statistics-interval>'));
  expect(refusal(() => engine.editCandidate(again))?.[0]?.tag).toBe("data-exists");
  engine.editCandidate(edit(bmp('<statistics-interval nc:operation="delete">7000</statistics-interval>')));
  expect(candidate()).toBe(bmp("").replace("></bmp>", "/>"));
});

test("replace leaves nothing of what was there before", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1", "<description>a</description><port>5000</port>"))));
  engine.editCandidate(edit(bmp(session("2001:db8::1", "<port>6000</port>", ' nc:operation="replace"'))));
  expect(candidate()).not.toContain("<description>");
  expect(candidate()).toContain("<port>6000</port>");
});

test("create of what exists is data-exists and changes nothing", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1"))));
  const before = candidate();
  const again = edit(bmp(`<system-name>x</system-name>${session("2001:DB8::0:1", "", ' nc:operation="create"')}`));
  expect(refusal(() => engine.editCandidate(again))).toEqual([
    {
      type: "application",
      tag: "data-exists",
      path: path(),
      message: "'bmp-session' exists already in the target datastore. Use merge or replace to change it.",
    },
  ]);
  expect(candidate()).toBe(before);
});

test("create of a leaf that so far has only its default succeeds (RFC 6243 2.3.3)", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1"))));
  engine.validate("candidate");
  engine.editCandidate(edit(bmp(session("2001:db8::1", '<port nc:operation="create">11019</port>'))));
  expect(candidate()).toContain("<port>11019</port>");
});

test("delete removes; delete of what is not there is data-missing", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1") + session("2001:db8::2"))));
  const removal = edit(bmp(session("2001:db8::1", "", ' nc:operation="delete"')));
  engine.editCandidate(removal);
  expect(candidate()).not.toContain("2001:db8::1<");
  expect(candidate()).toContain("2001:db8::2<");
  expect(refusal(() => engine.editCandidate(removal))).toEqual([
    {
      type: "application",
      tag: "data-missing",
      path: path(),
      message: "'bmp-session' does not exist in the target datastore.",
    },
  ]);
});

test("a leaf is deleted without its value", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1", "<port>5000</port>"))));
  const removal = edit(bmp(session("2001:db8::1", '<port nc:operation="delete"/>')));
  engine.editCandidate(removal);
  expect(candidate()).not.toContain("<port>");
  expect(refusal(() => engine.editCandidate(removal))).toEqual([
    {
      type: "application",
      tag: "data-missing",
      path: path("/bmp:port"),
      message: "'port' does not exist in the target datastore.",
    },
  ]);
});

test("remove of what is not there is no error", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1"))));
  engine.editCandidate(edit(bmp(session("2001:db8::9", "", ' nc:operation="remove"'))));
  expect(candidate()).toBe(bmp(session("2001:db8::1")).replace("<alias></alias>", "<alias/>"));
});

test("default-operation none touches only what says so; a missing ancestor is data-missing", () => {
  const removal = edit(bmp(session("2001:db8::1", "", ' nc:operation="delete"')), { defaultOperation: "none" });
  expect(refusal(() => engine.editCandidate(removal))?.[0]).toMatchObject({
    tag: "data-missing",
    path: { text: "/bmp:bmp" },
  });
  engine.editCandidate(edit(bmp(session("2001:db8::1"))));
  engine.editCandidate(removal);
  expect(candidate()).toBe(`<bmp xmlns="urn:bmpconfd:yang:bmp"/>`);
});

test("default-operation replace makes the configuration what was sent", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1"))));
  engine.editCandidate(
    edit(`<bgp xmlns="urn:bmpconfd:yang:bgp"><local-as>1</local-as><router-id>1.1.1.1</router-id></bgp>`),
  );
  engine.editCandidate(edit(bmp(""), { defaultOperation: "replace" }));
  expect(candidate()).toBe(`<bmp xmlns="urn:bmpconfd:yang:bmp"/>`);
});

test("with default-operation replace nothing is there any more for the operations in the request", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1"))));
  const before = candidate();
  const replaceBy = (operation: string) =>
    edit(bmp("").replace("<bmp", `<bmp nc:operation="${operation}"`), { defaultOperation: "replace" });
  expect(refusal(() => engine.editCandidate(replaceBy("delete")))).toMatchObject([{ tag: "data-missing" }]);
  expect(candidate()).toBe(before);
  engine.editCandidate(replaceBy("create"));
  expect(candidate()).toBe(`<bmp xmlns="urn:bmpconfd:yang:bmp"/>`);
  engine.editCandidate(replaceBy("remove"));
  expect(candidate()).toBe("");
});

test("a request that fails half-way leaves no trace of its first half", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1", "<port>5000</port><description>a</description>"))));
  const before = candidate();
  const request = edit(
    bmp(
      session("2001:db8::1", '<port>1</port><description nc:operation="delete"/>') +
        session("2001:db8::2") +
        session("2001:db8::1", "", ' nc:operation="remove"', "x") +
        session("2001:db8::3", "", ' nc:operation="delete"'),
    ),
  );
  expect(refusal(() => engine.editCandidate(request))?.[0]?.tag).toBe("data-missing");
  expect(candidate()).toBe(before);
});

test("test-only changes nothing, and finds what a commit would", () => {
  const good = edit(bmp(session("2001:db8::1")), { testOption: "test-only" });
  engine.editCandidate(good);
  expect(candidate()).toBe("");
  const bad = edit(bmp(session("fe80::1")), { testOption: "test-only" });
  expect(refusal(() => engine.editCandidate(bad))?.[0]).toMatchObject({
    tag: "operation-failed",
    appTag: "must-violation",
  });
});

test("the whole BMP configuration is deleted at once", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::1"))));
  engine.editCandidate(edit(`<bmp xmlns="urn:bmpconfd:yang:bmp" nc:operation="delete"/>`));
  expect(candidate()).toBe("");
});
