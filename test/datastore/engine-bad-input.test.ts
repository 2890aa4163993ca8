import { beforeAll, beforeEach, expect, test } from "vitest";
import { yangLimits } from "../../src/yang/limits.ts";
import type { Schema } from "../../src/yang/schema.ts";
import { bmp, type EngineFixture, edit, engineFixture, refusal, schemaFixture, session } from "./engine-fixture.ts";

let schema: Schema;
let engine: EngineFixture;
beforeAll(async () => {
  schema = await schemaFixture();
});
beforeEach(() => {
  engine = engineFixture(schema);
  engine.editCandidate(edit(bmp(session("2001:db8::1"))));
});

const vpn = (name: string) =>
  `<vpn-instances xmlns="urn:bmpconfd:yang:vpn-instance"><vpn-instance><name>${name}</name><device>lo</device></vpn-instance></vpn-instances>`;

/** What is refused at once, by edit-config itself. */
test.each([
  ["port 0", bmp(session("2001:db8::2", "<port>0</port>")), "invalid-value"],
  ["port 65536", bmp(session("2001:db8::2", "<port>65536</port>")), "invalid-value"],
  ["a port that is no number", bmp(session("2001:db8::2", "<port>http</port>")), "invalid-value"],
  ["a malformed address", bmp(session("2001:db8::g")), "invalid-value"],
  ["an address with a zone", bmp(session("fe80::1%eth0")), "invalid-value"],
  ["an alias of 32 characters", bmp(session("2001:db8::2", "", "", "a".repeat(32))), "invalid-value"],
  ["'_public_' as the name of a VPN instance", vpn("_public_"), "invalid-value"],
  ["a VPN instance name of 32 characters", vpn("v".repeat(32)), "invalid-value"],
  ["an empty VPN instance name", vpn(""), "invalid-value"],
  ["a boolean that is none", bmp(session("2001:db8::2", "<enabled>yes</enabled>")), "invalid-value"],
  ["a statistics interval below 15 s", bmp("<statistics-interval>14</statistics-interval>"), "invalid-value"],
  ["an unknown element", bmp("<colour>red</colour>"), "unknown-element"],
  ["an unknown namespace", `<bmp xmlns="urn:example:other"/>`, "unknown-namespace"],
  ["a missing key", bmp("<bmp-session><address>2001:db8::2</address><alias/></bmp-session>"), "missing-element"],
  ["operational state", bmp(session("2001:db8::2", "<state><oper-state>up</oper-state></state>")), "bad-element"],
  ["an action", bmp(session("2001:db8::2", "<reset/>")), "unknown-element"],
  ["a notification", bmp(session("2001:db8::2", '<session-up xmlns="urn:bmpconfd:yang:events"/>')), "unknown-element"],
  [
    "the state of the server",
    `<netconf-state xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"/>`,
    "bad-element",
  ],
  ["the library", `<yang-library xmlns="urn:ietf:params:xml:ns:yang:ietf-yang-library"/>`, "bad-element"],
  ["the same session twice", bmp(session("2001:db8::2") + session("2001:DB8:0::2")), "bad-element"],
  ["an unknown operation", bmp(session("2001:db8::2", "", ' nc:operation="destroy"')), "bad-attribute"],
  ["text where elements belong", bmp("hello"), "bad-element"],
  ["text and nothing else", "hello", "bad-element"],
  ["what is not well-formed", "<bmp>", "malformed-message"],
  ["a NUL character", bmp("<system-name>a\0b</system-name>"), "malformed-message"],
])("edit-config refuses %s and changes nothing", (_, config, tag) => {
  const before = engine.getConfig("candidate");
  const entries = refusal(() => engine.editCandidate(edit(config)));
  expect(entries?.map((entry) => entry.tag)).toEqual([tag]);
  expect(entries?.[0]?.message).not.toBe("");
  expect(engine.getConfig("candidate")).toBe(before);
});

test.each([
  ["text before elements", bmp(`some${session("2001:db8::2")}`), "bad-element", "bmp"],
  ["text after elements", bmp(`${session("2001:db8::2")}<system-name>a</system-name> some `), "bad-element", "bmp"],
  [
    "the same under a prefix",
    '<b:bmp xmlns:b="urn:bmpconfd:yang:bmp"><b:system-name>a</b:system-name>some</b:bmp>',
    "bad-element",
    "bmp",
  ],
  ["an element in a leaf", bmp("<system-name>a<b/></system-name>"), "unknown-element", "b"],
])("edit-config refuses %s", (_, config, tag, badElement) => {
  const before = engine.getConfig("candidate");
  expect(refusal(() => engine.editCandidate(edit(config)))).toEqual([
    {
      type: "application",
      tag,
      message:
        tag === "bad-element"
          ? "<bmp> has text where only elements belong; leave it out."
          : "<b> stands in <system-name>, which holds nothing but a value. Leave it out.",
      info: { badElement },
    },
  ]);
  expect(engine.getConfig("candidate")).toBe(before);
});

/** What only the whole configuration shows: refused by validate and commit (RFC 7950 8.3.3). */
test.each([
  ["an unknown VPN instance", bmp(session("2001:db8::2", "", "", "", "red")), "data-missing", "instance-required"],
  ["a link-local address", bmp(session("fe80::2")), "operation-failed", "must-violation"],
  ["a multicast address", bmp(session("224.0.0.1")), "operation-failed", "must-violation"],
  ["the unspecified address", bmp(session("::")), "operation-failed", "must-violation"],
  ["an IPv4 address mapped into IPv6", bmp(session("::ffff:10.0.0.1")), "operation-failed", "must-violation"],
  [
    "a source address of the other family",
    bmp(session("2001:db8::2", "<source-address>10.0.0.1</source-address>")),
    "operation-failed",
    "must-violation",
  ],
  [
    "a BGP speaker without an AS number",
    `<bgp xmlns="urn:bmpconfd:yang:bgp"><router-id>1.1.1.1</router-id></bgp>`,
    "data-missing",
    undefined,
  ],
  [
    "several paths in a family that is not announced",
    `<bgp xmlns="urn:bmpconfd:yang:bgp"><local-as>1</local-as><router-id>1.1.1.1</router-id><neighbor>
      <address>192.0.2.1</address><remote-as>2</remote-as><address-family>ipv4-unicast</address-family>
      <add-path-receive>ipv6-unicast</add-path-receive></neighbor></bgp>`,
    "operation-failed",
    "must-violation",
  ],
  [
    "a maximum for a family that is not announced",
    `<bgp xmlns="urn:bmpconfd:yang:bgp"><local-as>1</local-as><router-id>1.1.1.1</router-id><neighbor>
      <address>192.0.2.1</address><remote-as>2</remote-as><family-maximum-prefixes>
      <address-family>l2vpn-evpn</address-family><maximum>5</maximum></family-maximum-prefixes></neighbor></bgp>`,
    "operation-failed",
    "must-violation",
  ],
])("validate and commit refuse %s", (_, config, tag, appTag) => {
  engine.editCandidate(edit(config));
  for (const call of [() => engine.validate("candidate"), () => engine.stage({ kind: "candidate" })]) {
    const entries = refusal(call);
    expect(entries?.map((entry) => [entry.tag, entry.appTag])).toEqual([[tag, appTag]]);
    expect(entries?.[0]?.path?.text).toMatch(/^\/(bmp|bgp):/);
  }
  expect(engine.getConfig("running")).toBe("");
});

test("all that is wrong with a request is reported at once", () => {
  const request = edit(bmp(session("2001:db8::2", "<port>0</port><enabled>x</enabled>") + session("nonsense")));
  expect(refusal(() => engine.editCandidate(request))?.map(({ tag }) => tag)).toEqual([
    "invalid-value",
    "invalid-value",
    "invalid-value",
  ]);
});

test("addresses that only look like link-local or multicast ones are taken", () => {
  for (const address of ["fe8::1", "fea::1", "ff::1", "169.25.4.1", "223.255.255.1", "22.4.0.1"]) {
    engine.editCandidate(edit(bmp(session(address))));
  }
  engine.validate("candidate");
});

test("a reference to what does not exist says what to do", () => {
  engine.editCandidate(edit(bmp(session("2001:db8::2", "", "", "", "red"))));
  expect(refusal(() => engine.validate("candidate"))?.[0]?.message).toBe(
    "'red' is referred to but does not exist (/vpn:vpn-instances/vpn:vpn-instance/vpn:name). Create it, or keep it until nothing refers to it.",
  );
});

test("all that does not go with what is there is told, up to errorsReported, and nothing is changed", () => {
  const before = engine.getConfig("candidate");
  const absent = (n: number) => session(`2001:db8:1::${n}`, "", ' nc:operation="delete"');
  const there = session("2001:db8::1", "", ' nc:operation="create"');
  const wrong = edit(bmp(absent(1) + session("2001:db8::5") + there + absent(2)));
  const address = (text = "") => /address='([^']*)'/.exec(text)?.[1];
  expect(refusal(() => engine.editCandidate(wrong))?.map(({ tag, path }) => [tag, address(path?.text)])).toEqual([
    ["data-exists", "2001:db8::1"],
    ["data-missing", "2001:db8:1::1"],
    ["data-missing", "2001:db8:1::2"],
  ]);
  expect(engine.getConfig("candidate")).toBe(before);
  const many = Array.from({ length: yangLimits.errorsReported + 9 }, (_, n) => absent(n + 1)).join("");
  expect(refusal(() => engine.editCandidate(edit(bmp(many))))).toHaveLength(yangLimits.errorsReported);
  expect(engine.getConfig("candidate")).toBe(before);
});
