import { beforeAll, beforeEach, expect, test } from "vitest";
import type { Schema } from "../../src/yang/schema.ts";
import { commit, type EngineFixture, edit, engineFixture, refusal, schemaFixture } from "./engine-fixture.ts";

let schema: Schema;
let engine: EngineFixture;
beforeAll(async () => {
  schema = await schemaFixture();
});
beforeEach(() => {
  engine = engineFixture(schema);
});

const instances = (...entries: string[]) =>
  `<vpn-instances xmlns="urn:bmpconfd:yang:vpn-instance">${entries.join("")}</vpn-instances>`;
const instance = (name: string, more: string) => `<vpn-instance><name>${name}</name>${more}</vpn-instance>`;
const rd = (text: string) => `<device>lo</device><route-distinguisher>${text}</route-distinguisher>`;
const AT_RED = "/vpn:vpn-instances/vpn:vpn-instance[vpn:name='red']";

/** What validation says of a candidate with these changes, if an edit can make it. */
function problems(children: string) {
  return refusal(() => {
    engine.editCandidate(edit(children));
    engine.validate("candidate");
  });
}

test.each(["0:1", "65000:100", "65000:4294967295", "65536:65535", "4294967295:0", "192.0.2.1:65535"])(
  "%s is a Route Distinguisher (RFC 4364 4.2)",
  (text) => {
    expect(problems(instances(instance("red", rd(text))))).toBeUndefined();
  },
);

test.each(["65000", "65000:", ":1", "065000:1", "65000:01", "-1:1", "256.0.2.1:1", "192.0.2:1", "0:65000:1", "a:1"])(
  "%j is none",
  (text) => {
    expect(problems(instances(instance("red", rd(text))))).toMatchObject([
      { tag: "invalid-value", path: { text: `${AT_RED}/vpn:route-distinguisher` } },
    ]);
  },
);

test.each(["65000:4294967296", "65536:65536", "4294967296:1", "192.0.2.1:65536", "0:0"])(
  "%s is none, either",
  (text) => {
    expect(problems(instances(instance("red", rd(text))))).toMatchObject([
      { tag: "operation-failed", appTag: "must-violation", path: { text: `${AT_RED}/vpn:route-distinguisher` } },
    ]);
  },
);

test("two VPN instances cannot have one Route Distinguisher, but none of them may have one", () => {
  expect(problems(instances(instance("red", rd("1:1")), instance("blue", rd("1:1"))))).toMatchObject([
    { appTag: "data-not-unique" },
  ]);
  engine.discardCandidate();
  expect(
    problems(instances(instance("red", "<device>lo</device>"), instance("blue", "<device>lo</device>"))),
  ).toBeUndefined();
});

test("a VPN instance is in a device or a network namespace, and in one of them", () => {
  expect(problems(instances(instance("red", "")))).toMatchObject([{ appTag: "missing-choice" }]);
  engine.discardCandidate();
  const both = "<device>lo</device><network-namespace>x</network-namespace>";
  expect(problems(instances(instance("red", both)))).toMatchObject([{ tag: "bad-element" }]);
});

test.each([".", "..", "a/b", "a b", ""])("%j does not name a network namespace", (name) => {
  const leaf = `<network-namespace>${name}</network-namespace>`;
  expect(problems(instances(instance("red", leaf)))).toMatchObject([
    { tag: "invalid-value", path: { text: `${AT_RED}/vpn:network-namespace` } },
  ]);
});

test("a VPN instance that a neighbour is in cannot be removed", () => {
  const neighbor =
    "<neighbor><address>192.0.2.2</address><vpn-instance>red</vpn-instance><remote-as>1</remote-as></neighbor>";
  const bgp = `<bgp xmlns="urn:bmpconfd:yang:bgp"><local-as>1</local-as><router-id>1.1.1.1</router-id>${neighbor}</bgp>`;
  expect(problems(bgp)).toMatchObject([{ tag: "data-missing", appTag: "instance-required" }]);
  expect(problems(instances(instance("red", "<device>lo</device>")))).toBeUndefined();
  commit(engine);
  expect(problems(instances('<vpn-instance nc:operation="delete"><name>red</name></vpn-instance>'))).toMatchObject([
    { tag: "data-missing", appTag: "instance-required" },
  ]);
});
