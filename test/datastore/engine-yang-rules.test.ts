import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, expect, test } from "vitest";
import type { Schema } from "../../src/yang/schema.ts";
import { type EngineFixture, edit, engineFixture, refusal, schemaFixture } from "./engine-fixture.ts";

let schema: Schema;
let engine: EngineFixture;
beforeAll(async () => {
  schema = await schemaFixture([fileURLToPath(new URL("../yang/modules/orders.yang", import.meta.url))]);
});
beforeEach(() => {
  engine = engineFixture(schema);
});

const orders = (children: string) => `<orders xmlns="urn:orders">${children}</orders>`;
const change = (children: string) => engine.editCandidate(edit(orders(children)));
/** The engine carries requests out in the order of the schema. */
const FAILS_LAST = '<note nc:operation="delete">nosuch</note>';
const candidate = () => engine.getConfig("candidate");

test.each([
  ["a leaf", "<name>a</name>", "<stamp>b</stamp>"],
  ["a leaf of several", "<stamp>a</stamp><weight>9</weight>", "<name>b</name>"],
  ["a list", "<pigeon><ring>1</ring></pigeon><pigeon><ring>2</ring></pigeon>", "<stamp>b</stamp>"],
  ["a node of a choice inside", "<name>a</name><slow/>", "<pigeon><ring>1</ring></pigeon>"],
  ["a node for one of a choice inside", "<stamp>a</stamp>", "<fast><price>1</price></fast>"],
])("creating a node of one case deletes those of the others: %s (RFC 7950 7.9)", (_, before, after) => {
  change(before);
  change(after);
  expect(candidate()).toBe(orders(after));
  engine.validate("candidate");
});

test("the inner of two choices is decided without touching the outer", () => {
  change("<name>a</name><slow/>");
  change("<fast><price>1</price></fast>");
  expect(candidate()).toBe(orders("<name>a</name><fast><price>1</price></fast>"));
});

test("a case that was deleted comes back when the request fails", () => {
  change("<stamp>a</stamp><weight>9</weight>");
  expect(refusal(() => change('<name>b</name><slow nc:operation="delete"/>'))?.[0]?.tag).toBe("data-missing");
  expect(candidate()).toBe(orders("<stamp>a</stamp><weight>9</weight>"));
});

test("a replaced entry of a user-ordered list keeps its place, and none of its content (RFC 7950 7.8.6)", () => {
  const item = (id: number, more = "") => `<item><id>${id}</id>${more}</item>`;
  change(item(2, "<colour>red</colour>") + item(1));
  change('<item nc:operation="replace"><id>2</id><size>big</size></item>');
  expect(candidate()).toBe(orders(item(2, "<size>big</size>") + item(1)));
  change('<note>b</note><note>a</note><note nc:operation="replace">b</note>'.replace("<note>b</note>", ""));
  expect(candidate()).toContain("<note>a</note><note>b</note>");
  change('<note nc:operation="replace">a</note>');
  expect(candidate()).toContain("<note>a</note><note>b</note>");
});

test("deleted entries of a user-ordered list come back to their places when the request fails", () => {
  const items = [3, 1, 2].map((id) => `<item><id>${id}</id></item>`).join("");
  change(`${items}<note>x</note><note>y</note>`);
  const before = candidate();
  const removal = [3, 1, 2].map((id) => `<item nc:operation="delete"><id>${id}</id></item>`).join("");
  const notes = ["x", "y"].map((value) => `<note nc:operation="delete">${value}</note>`).join("");
  expect(refusal(() => change(`${removal}${notes}${FAILS_LAST}`))?.[0]?.tag).toBe("data-missing");
  expect(candidate()).toBe(before);
});

test("what another case took the place of comes back whole when the request fails", () => {
  change("<name>a</name><fast><price>1</price></fast>");
  const before = candidate();
  expect(refusal(() => change(`<pigeon><ring>1</ring></pigeon>${FAILS_LAST}`))?.[0]?.tag).toBe("data-missing");
  expect(candidate()).toBe(before);
});

test.each([
  ["siblings", "<stamp>a</stamp><name>b</name>", "name", "courier", "way", "post"],
  [
    "of the inner one of two choices",
    "<name>a</name><slow/><fast><price>1</price></fast>",
    "fast",
    "fast",
    "speed",
    "slow",
  ],
  [
    "an entry of a list",
    "<stamp>a</stamp><pigeon nc:operation='create'><ring>1</ring></pigeon>",
    "pigeon",
    "pigeon",
    "way",
    "post",
  ],
])("data of two cases of a choice in one request is a bad-element: %s (RFC 7950 8.3.1)", (_, children, name, ...at) => {
  const [branch, choice, other] = at;
  const path = name === "pigeon" ? "/o:orders/o:pigeon[o:ring='1']" : `/o:orders/o:${name}`;
  expect(refusal(() => change(children))).toEqual([
    {
      type: "application",
      tag: "bad-element",
      path: { text: path, namespaces: { o: "urn:orders" } },
      message:
        `'${name}' is of the case "${branch}" of the choice "${choice}", of which the request has data of ` +
        `"${other}" also. Keep to one.`,
      info: { badElement: name },
    },
  ]);
  expect(candidate()).toBe("");
});

test("a request may take away one case and make another", () => {
  change("<name>a</name><fast><price>1</price></fast>");
  change('<fast nc:operation="remove"/><name nc:operation="remove"/><stamp>b</stamp>');
  expect(candidate()).toBe(orders("<stamp>b</stamp>"));
});

test("a container that an edit leaves empty is not shown, and comes back so when a request fails (RFC 7950 7.5.1)", () => {
  change("<fast/>");
  expect(candidate()).toBe("");
  expect(refusal(() => change(`<fast><price>2</price></fast>${FAILS_LAST}`))?.[0]?.tag).toBe("data-missing");
  expect(candidate()).toBe("");
});

test("anydata is replaced as a whole", () => {
  change("<extra><a xmlns='urn:x'>1</a></extra>");
  change("<extra><b xmlns='urn:x'>2</b></extra>");
  expect(candidate()).toBe(orders('<extra><b xmlns="urn:x">2</b></extra>'));
});

test.each([
  ["operation", '<name operation="delete">a</name>', "name", "nc:operation"],
  ["any other", '<name colour="red">a</name>', "name", "Leave it out"],
])("an attribute without a namespace is refused: %s", (_, children, badElement, hint) => {
  const [error] = refusal(() => change(children)) ?? [];
  expect(error).toMatchObject({ tag: "unknown-attribute", info: { badElement } });
  expect(error?.message).toContain(hint);
});

test("what looks like an attribute in text, comments and CDATA is none", () => {
  change(`<name>operation="delete"</name><!-- <name operation="delete"> --><note><![CDATA[<a operation="x">]]></note>`);
  expect(candidate()).toContain(`operation="delete"`);
});

test("an operation on a key is refused", () => {
  const [error] = refusal(() => change('<item><id nc:operation="delete">1</id></item>')) ?? [];
  expect(error).toMatchObject({ tag: "bad-attribute", info: { badAttribute: "operation", badElement: "id" } });
});

test("an element takes 64 attributes and no more", () => {
  const declarations = (count: number) => Array.from({ length: count }, (_, n) => ` xmlns:p${n}="urn:p"`).join("");
  change(`<name${declarations(64)}>a</name>`);
  expect(refusal(() => change(`<name${declarations(65)}>b</name>`))?.[0]).toMatchObject({ tag: "too-big" });
});

test("a request takes 1,024 top-level elements and no more", () => {
  const request = (count: number) => edit(orders("").repeat(count));
  expect(refusal(() => engine.editCandidate(request(1_024)))?.[0]?.tag).toBe("bad-element");
  expect(refusal(() => engine.editCandidate(request(1_025)))?.[0]?.tag).toBe("too-big");
});

test("of many errors the first 64 are told", () => {
  const entries = Array.from({ length: 200 }, (_, n) => `<item><id>${n}</id><colour/><colour/></item>`).join("");
  expect(refusal(() => change(entries))?.length).toBe(64);
});
