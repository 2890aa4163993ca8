import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Schema } from "../../src/yang/schema.ts";
import {
  commit,
  type EngineFixture,
  edit,
  engineFixture,
  MemoryHistory,
  refusal,
  schemaFixture,
} from "./engine-fixture.ts";

let schema: Schema;
let history: MemoryHistory;
let engine: EngineFixture;
beforeAll(async () => {
  schema = await schemaFixture(
    ["orders", "routes"].map((name) => fileURLToPath(new URL(`../yang/modules/${name}.yang`, import.meta.url))),
  );
});

const DECLARED = 'xmlns:yang="urn:ietf:params:xml:ns:yang:1" xmlns:o="urn:orders"';
const orders = (children: string) => `<orders xmlns="urn:orders" ${DECLARED}>${children}</orders>`;
const item = (id: number, attributes = "", more = "") => `<item${attributes}><id>${id}</id>${more}</item>`;
const beside = (where: string, id: number) => ` yang:insert="${where}" yang:key="[o:id='${id}']"`;
const note = (text: string, attributes = "") => `<note${attributes}>${text}</note>`;
const besideNote = (where: string, text: string) => ` yang:insert="${where}" yang:value="${text}"`;

beforeEach(() => {
  history = new MemoryHistory();
  engine = engineFixture(schema, history);
  configure([1, 2, 3].map((id) => item(id)).join("") + note("a") + note("b") + note("c"));
});

function configure(children: string): void {
  engine.editCandidate(edit(orders(children)));
  commit(engine);
  // What was recorded leads to the same order.
  expect(engineFixture(schema, history).getConfig("running")).toBe(engine.getConfig("running"));
}

const order = (source: "running" | "candidate" = "running") =>
  [...engine.getConfig(source).matchAll(/<id>(\d+)<|<note>(\w+)</g)].map(([, id, text]) => id ?? text).join(" ");

describe("lists that the user orders (RFC 7950 section 7.8.6)", () => {
  test.each([
    ["a new entry before another", item(9, beside("before", 2)), "1 9 2 3"],
    ["a new entry before the first", item(9, beside("before", 1)), "9 1 2 3"],
    ["a new entry after another", item(9, beside("after", 2)), "1 2 9 3"],
    ["a new entry after the last", item(9, beside("after", 3)), "1 2 3 9"],
    ["an entry that moves up", item(3, beside("before", 1)), "3 1 2"],
    ["an entry that moves down", item(1, beside("after", 2)), "2 1 3"],
    ["an entry that is there already", item(2, beside("after", 1)), "1 2 3"],
    ["an entry beside itself", item(2, beside("after", 2)), "1 2 3"],
    ["create", item(9, `${beside("before", 3)} nc:operation="create"`), "1 2 9 3"],
    ["replace", item(1, `${beside("after", 3)} nc:operation="replace"`), "2 3 1"],
    ["one beside another of the same request", item(8, beside("before", 1)) + item(9, beside("after", 8)), "8 9 1 2 3"],
    ["delete, which asks for no place", item(2, `${beside("after", 7)} nc:operation="delete"`), "1 3"],
  ])("%s", (_, children, expected) => {
    configure(children);
    expect(order()).toBe(`${expected} a b c`);
  });

  test("with what is in it", () => {
    configure(item(9, beside("before", 2), "<colour>red</colour>"));
    expect(engine.getConfig("running")).toContain("<item><id>1</id></item><item><id>9</id><colour>red</colour></item>");
  });

  test("with several keys, in any order and with any quotes, by the prefixes in scope", () => {
    const hop = (address: string, kind: string, attributes = "") =>
      `<hop${attributes}><address>${address}</address><kind>${kind}</kind></hop>`;
    const routes = (children: string) =>
      `<routes xmlns="urn:example:routes" xmlns:r="urn:example:routes" xmlns:yang="urn:ietf:params:xml:ns:yang:1">${children}</routes>`;
    engine.editCandidate(edit(routes(hop("2001:db8::1", "r:fast") + hop("2001:db8::2", "r:fast"))));
    const key = `[r:kind=&quot;r:fast&quot;][r:address='2001:DB8:0::1']`;
    engine.editCandidate(edit(routes(hop("::9", "r:slow", ` yang:insert="after" yang:key="${key}"`))));
    commit(engine);
    expect([...engine.getConfig("running").matchAll(/<address>([^<]*)/g)].map(([, address]) => address)).toEqual([
      "2001:db8::1",
      "::9",
      "2001:db8::2",
    ]);
  });
});

describe("leaf-lists that the user orders (RFC 7950 section 7.7.9)", () => {
  test.each([
    ["a new entry before another", note("x", besideNote("before", "b")), "a x b c"],
    ["a new entry after another", note("x", besideNote("after", "c")), "a b c x"],
    ["an entry that moves", note("c", besideNote("before", "a")), "c a b"],
    ["an entry beside itself", note("b", besideNote("before", "b")), "a b c"],
  ])("%s", (_, children, expected) => {
    configure(children);
    expect(order()).toBe(`1 2 3 ${expected}`);
  });
});

describe("refused, with everything as it was", () => {
  const cases: [string, string, object][] = [
    [
      "an entry that does not exist (section 15.7)",
      item(9, beside("after", 7)),
      {
        type: "application",
        tag: "bad-attribute",
        appTag: "missing-instance",
        path: { text: "/o:orders/o:item[o:id='9']", namespaces: { o: "urn:orders" } },
        message: "The attribute \"key\" of 'item' names an entry that does not exist in the target datastore.",
        info: { badAttribute: "key", badElement: "item" },
      },
    ],
    [
      "a value that does not exist (section 15.7)",
      note("x", besideNote("before", "y")),
      { tag: "bad-attribute", appTag: "missing-instance", info: { badAttribute: "value", badElement: "note" } },
    ],
    ["a new entry beside itself", item(9, beside("before", 9)), { tag: "bad-attribute", appTag: "missing-instance" }],
    ["a key that is none of its type", item(9, beside("before", 999)), { appTag: "missing-instance" }],
    [
      "no key",
      item(9, ' yang:insert="before"'),
      { tag: "missing-attribute", info: { badAttribute: "key", badElement: "item" } },
    ],
    [
      "no value",
      note("x", ' yang:insert="after"'),
      { tag: "missing-attribute", info: { badAttribute: "value", badElement: "note" } },
    ],
    [
      "another leaf than the keys",
      item(9, ' yang:insert="after" yang:key="[o:colour=&quot;red&quot;]"'),
      { tag: "bad-attribute", info: { badAttribute: "key", badElement: "item" } },
    ],
    ["a key twice", item(9, ` yang:insert="after" yang:key="[o:id='1'][o:id='1']"`), { tag: "bad-attribute" }],
    ["an empty key", item(9, ' yang:insert="after" yang:key=""'), { tag: "bad-attribute" }],
    ["no predicates", item(9, ' yang:insert="after" yang:key="1"'), { tag: "bad-attribute" }],
    ["a position", item(9, ' yang:insert="after" yang:key="[1]"'), { tag: "bad-attribute" }],
    ["a condition", item(9, ` yang:insert="after" yang:key="[o:id='1' or 1]"`), { tag: "bad-attribute" }],
    ["a prefix that is not declared", item(9, ` yang:insert="after" yang:key="[z:id='1']"`), { tag: "bad-attribute" }],
    ["another word", item(9, ' yang:insert="behind"'), { tag: "bad-attribute", info: { badAttribute: "insert" } }],
    [
      "a key without insert",
      item(9, ` yang:key="[o:id='1']"`),
      { tag: "unknown-attribute", info: { badAttribute: "key" } },
    ],
    [
      "a key for a leaf-list",
      note("x", beside("after", 1)),
      { tag: "unknown-attribute", info: { badAttribute: "key" } },
    ],
    [
      "what the user does not order",
      '<pigeon yang:insert="first"><ring>1</ring></pigeon>',
      { tag: "unknown-attribute", info: { badAttribute: "insert", badElement: "pigeon" } },
    ],
  ];
  test.each(cases)("%s", (_, children, error) => {
    const refused = refusal(() =>
      engine.editCandidate(edit(orders(item(5) + note("z") + item(1, beside("after", 3)) + children))),
    );
    expect(refused).toMatchObject([error]);
    expect(order("candidate")).toBe("1 2 3 a b c");
    expect(engine.isCandidateModified()).toBe(false);
  });

  test("what is only a default is no entry to go beside (RFC 6243 section 2.3.3)", async () => {
    const lamps = await schemaFixture([fileURLToPath(new URL("../yang/modules/lamps.yang", import.meta.url))]);
    const rooms = engineFixture(lamps);
    const room = (children: string) => `<room xmlns="urn:example:lamps" ${DECLARED}>${children}</room>`;
    const queue = (text: string, attributes: string) => edit(room(`<queue${attributes}>${text}</queue>`));
    rooms.editCandidate(edit(room("<name>x</name>")));
    commit(rooms);
    const error = [{ appTag: "missing-instance" }];
    expect(refusal(() => rooms.editCandidate(queue("x", besideNote("after", "first"))))).toMatchObject(error);
    expect(refusal(() => rooms.editCandidate(queue("first", besideNote("after", "second"))))).toMatchObject(error);
  });
});
