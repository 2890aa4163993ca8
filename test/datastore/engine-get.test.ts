import { beforeAll, expect, test } from "vitest";
import type { SubtreeFilterNode } from "../../src/yang/subtree-filter.ts";
import { bmp, commit, type EngineFixture, edit, engineFixture, schemaFixture, session } from "./engine-fixture.ts";

let engine: EngineFixture;
beforeAll(async () => {
  engine = engineFixture(await schemaFixture());
  engine.editCandidate(
    edit(
      bmp(
        `<system-name>r1</system-name>${session("2001:db8::1", "<port>5000</port>", "", "a")}${session("10.0.0.1", "<port>5000</port>")}`,
      ) + `<bgp xmlns="urn:bmpconfd:yang:bgp"><local-as>65000</local-as><router-id>10.0.0.1</router-id></bgp>`,
    ),
  );
  commit(engine);
});

const NAMESPACE = "urn:bmpconfd:yang:bmp";
const node = (
  name: string,
  content: string | readonly SubtreeFilterNode[] = "",
  namespace: string | null = NAMESPACE,
): SubtreeFilterNode => ({
  name,
  ...(namespace === null ? {} : { namespace }),
  attributes: [],
  children: typeof content === "string" ? [] : content,
  text: typeof content === "string" ? content : "",
});
const get = (...filter: SubtreeFilterNode[]) => engine.getConfig("running", filter);

const first = "<bmp-session><vpn-instance>_public_</vpn-instance><address>2001:db8::1</address><alias>a</alias>";
const second = "<bmp-session><vpn-instance>_public_</vpn-instance><address>10.0.0.1</address><alias/>";
const inBmp = (children: string) => `<bmp xmlns="${NAMESPACE}">${children}</bmp>`;

test("an empty filter selects nothing (RFC 6241 6.4.2)", () => {
  expect(get()).toBe("");
});

test("a selection node selects its whole subtree (6.2.4)", () => {
  expect(get(node("bmp"))).toBe(
    inBmp(
      `<system-name>r1</system-name>${first}<port>5000</port></bmp-session>${second}<port>5000</port></bmp-session>`,
    ),
  );
});

test("without a namespace a name is matched in any (6.2.1)", () => {
  expect(get(node("bgp", [node("local-as", "", null)], null))).toBe(
    `<bgp xmlns="urn:bmpconfd:yang:bgp"><local-as>65000</local-as></bgp>`,
  );
});

test("another namespace, or another name, selects nothing", () => {
  expect(get(node("bmp", "", "urn:bmpconfd:yang:bgp"))).toBe("");
  expect(get(node("bmp", [node("colour")]))).toBe("");
});

test("a containment node includes only what its children select, keys too (6.2.3)", () => {
  expect(get(node("bmp", [node("bmp-session", [node("port")])]))).toBe(
    inBmp(`${first}<port>5000</port></bmp-session>${second}<port>5000</port></bmp-session>`),
  );
});

test("a content match alone selects the whole instance (6.2.5)", () => {
  expect(get(node("bmp", [node("bmp-session", [node("alias", "a")])]))).toBe(
    inBmp(`${first}<port>5000</port></bmp-session>`),
  );
});

test("a content match is by value, not by text: any form of an address (RFC 5952)", () => {
  expect(get(node("bmp", [node("bmp-session", [node("address", "2001:DB8:0::1")])]))).toContain("2001:db8::1");
});

test("a content match guards its siblings; all must match (6.2.5)", () => {
  const both = (alias: string) =>
    get(node("bmp", [node("bmp-session", [node("alias", alias), node("port", "5000"), node("address")])]));
  expect(both("a")).toBe(inBmp(`${first}<port>5000</port></bmp-session>`));
  expect(both("b")).toBe("");
});

test("an attribute match that nothing has selects nothing (6.2.2)", () => {
  expect(get({ ...node("bmp"), attributes: [{ name: "colour", value: "red" }] })).toBe("");
});

test("several subtrees add up, also below the same instance", () => {
  const one = node("bmp", [node("system-name")]);
  const two = node("bmp", [node("bmp-session", [node("alias", "a"), node("address")])]);
  expect(get(one, two)).toBe(inBmp(`<system-name>r1</system-name>${first}</bmp-session>`));
});

test("get merges operational state, and drops that of entries that are gone", () => {
  const key = { "vpn-instance": "_public_", address: "10.0.0.1", alias: "" };
  const state = (session: object) => JSON.stringify({ "bmpconfd-bmp:bmp": { "bmp-session": [session] } });
  const filter = [node("bmp", [node("bmp-session", [node("state")])])];
  expect(engine.get([state({ ...key, state: { "oper-state": "up", "sent-octets": "12" } })], filter)).toBe(
    inBmp(`${second}<state><oper-state>up</oper-state><sent-octets>12</sent-octets></state></bmp-session>`),
  );
  expect(engine.get([state({ ...key, address: "10.9.9.9", state: { "oper-state": "up" } })], filter)).toBe("");
});
