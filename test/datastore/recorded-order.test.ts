import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, expect, test } from "vitest";
import type { Schema } from "../../src/yang/schema.ts";
import { commit, type EngineFixture, edit, engineFixture, MemoryHistory, schemaFixture } from "./engine-fixture.ts";

let schema: Schema;
let history: MemoryHistory;
let engine: EngineFixture;
beforeAll(async () => {
  schema = await schemaFixture([fileURLToPath(new URL("../yang/modules/orders.yang", import.meta.url))]);
});

const YANG = 'xmlns:yang="urn:ietf:params:xml:ns:yang:1"';
const orders = (children: string) => `<orders xmlns="urn:orders" ${YANG}>${children}</orders>`;
const item = (id: number, more = "", attributes = "") => `<item${attributes}><id>${id}</id>${more}</item>`;
const IDS = Array.from({ length: 20 }, (_, index) => index + 1);

/** How often each item, by id, and each note is in the change that was recorded last. */
function recorded(): string[] {
  const change = Buffer.from(history.changes.at(-1)?.change ?? []).toString();
  return [...change.matchAll(/<id>(\d+)<\/id>|<note[^>]*>(\w+)<\/note>/g)].map(
    ([, id, note]) => id ?? (note as string),
  );
}

/** After a restart everything is as and where it was. */
function expectRecovery(): void {
  expect(engineFixture(schema, history).getConfig("running")).toBe(engine.getConfig("running"));
}

function commitEdit(children: string): void {
  engine.editCandidate(edit(orders(children)));
  commit(engine);
  expectRecovery();
}

beforeEach(() => {
  history = new MemoryHistory();
  engine = engineFixture(schema, history);
  commitEdit(IDS.map((id) => item(id)).join(""));
});

test("of a list that the user orders, what changed in an entry is recorded alone", () => {
  commitEdit(item(7, "<colour>red</colour>"));
  expect(recorded()).toEqual(["7"]);
  commitEdit(item(8, "<size>big</size>", ' nc:operation="replace"') + item(3, "", ' nc:operation="delete"'));
  expect(recorded().sort()).toEqual(["3", "8"]);
});

test("entries that come to the end are recorded without the others, in their order", () => {
  commitEdit(`${item(40)}${item(30)}<note>b</note><note>a</note>`);
  expect(recorded()).toEqual(["40", "30", "b", "a"]);
  commitEdit("<note>c</note>");
  expect(recorded()).toEqual(["c"]);
});

test("one that comes elsewhere, or moves, takes all of them; each once", () => {
  commitEdit(`${item(2, "<colour>red</colour>")}${item(50, "", ' yang:insert="first"')}`);
  expect(recorded().toSorted()).toEqual(["50", ...IDS.map(String)].toSorted());
  commitEdit(`${item(9, "<colour>blue</colour>", ' yang:insert="last"')}${item(3, "", ' nc:operation="delete"')}`);
  expect(recorded().filter((id) => id === "9")).toHaveLength(1);
});

test("one that comes while another changes is no reason to record that twice", () => {
  commitEdit(`${item(60)}${item(1, "<colour>red</colour>")}`);
  expect(recorded()).toEqual(["60", "1"]);
});
