import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { finishJob } from "../../src/job.ts";
import { yangLimits } from "../../src/yang/limits.ts";
import type { Schema } from "../../src/yang/schema.ts";
import { bmp, commit, type EngineFixture, edit, engineFixture, schemaFixture, session } from "./engine-fixture.ts";

let schema: Schema;
beforeAll(async () => {
  const modules = ["garden", "orders"].map((name) => new URL(`../yang/modules/${name}.yang`, import.meta.url));
  schema = await schemaFixture(modules.map((url) => fileURLToPath(url)));
});
let engine: EngineFixture;
beforeEach(() => {
  engine = engineFixture(schema);
});

/** What committing the candidate would be reported as. */
function reported(): string[] | undefined {
  const part = finishJob(engine.engine.stage({ kind: "candidate" }, false));
  if (part === undefined) throw new Error("nothing differs");
  for (const { target } of part.edits ?? []) expect(Object.keys(target.namespaces)).toHaveLength(1);
  return part.edits?.map(({ operation, target }) => `${operation} ${target.text}`);
}

const given = (config: string) => {
  engine.editCandidate(edit(config));
  commit(engine);
};
const entry = (address: string, alias = "") =>
  `/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='${address}'][bmp:alias='${alias}']`;

describe("a change is reported by its topmost nodes (RFC 6470)", () => {
  test("a container that is created with all in it", () => {
    engine.editCandidate(edit(bmp(session("2001:db8::1", "<port>1</port>") + session("2001:db8::2"))));
    expect(reported()).toEqual(["create /bmp:bmp"]);
  });

  test("entries that come, go, and change", () => {
    given(bmp(session("2001:db8::1") + session("2001:db8::2") + session("2001:db8::3", "<port>1</port>")));
    engine.editCandidate(
      edit(
        bmp(
          session("2001:db8::4") +
            session("2001:db8::1", "", ' nc:operation="delete"') +
            session("2001:db8::2", "<port>2</port>") +
            session("2001:db8::3", "<port>3</port><description>x</description>"),
        ),
      ),
    );
    expect(reported()?.toSorted()).toEqual(
      [
        `create ${entry("2001:db8::4")}`,
        `delete ${entry("2001:db8::1")}`,
        `create ${entry("2001:db8::2")}/bmp:port`,
        `replace ${entry("2001:db8::3")}/bmp:port`,
        `create ${entry("2001:db8::3")}/bmp:description`,
      ].toSorted(),
    );
  });

  test("a leaf that goes, also where its default comes back", () => {
    given(bmp(session("2001:db8::1", "<port>1</port>")));
    engine.editCandidate(edit(bmp(session("2001:db8::1", '<port nc:operation="delete"/>'))));
    expect(reported()).toEqual([`delete ${entry("2001:db8::1")}/bmp:port`]);
  });

  test("a leaf in a container that was only defaults, by itself", () => {
    given(bmp(session("2001:db8::1")));
    engine.editCandidate(edit(bmp(session("2001:db8::1", "<connect-retry><initial>1</initial></connect-retry>"))));
    expect(reported()).toEqual([`create ${entry("2001:db8::1")}/bmp:connect-retry/bmp:initial`]);
  });

  test("an entry of a list at whose top nothing was configured", () => {
    engine.editCandidate(
      edit(
        '<vpn-instances xmlns="urn:bmpconfd:yang:vpn-instance"><vpn-instance><name>a</name><device>lo</device>' +
          "</vpn-instance></vpn-instances>",
      ),
    );
    expect(reported()).toEqual(["create /vpn:vpn-instances/vpn:vpn-instance[vpn:name='a']"]);
  });

  test("what was touched and is as before, not at all", () => {
    given(bmp(session("2001:db8::1", "<port>1</port>") + session("2001:db8::2")));
    engine.editCandidate(
      edit(bmp(session("2001:db8::1", "<port>1</port><description>x</description>") + session("2001:db8::2"))),
    );
    expect(reported()).toEqual([`create ${entry("2001:db8::1")}/bmp:description`]);
  });

  test("an entry that was replaced by another content", () => {
    given(bmp(session("2001:db8::1", "<port>1</port><description>x</description>")));
    engine.editCandidate(edit(bmp(session("2001:db8::1", "<port>2</port>", ' nc:operation="replace"'))));
    expect(reported()).toEqual([
      `delete ${entry("2001:db8::1")}/bmp:description`,
      `replace ${entry("2001:db8::1")}/bmp:port`,
    ]);
  });

  test("an entry that moves in an order that users make", () => {
    const item = (id: number, attributes = "") => `<item${attributes}><id>${id}</id></item>`;
    const orders = (items: string) =>
      `<orders xmlns="urn:orders" xmlns:yang="urn:ietf:params:xml:ns:yang:1">${items}</orders>`;
    given(orders(item(1) + item(2) + item(3)));
    engine.editCandidate(edit(orders(item(3, ' yang:insert="first"'))));
    expect(reported()).toEqual(["replace /o:orders/o:item[o:id='3']"]);
  });

  test("quotes in keys are as in an instance-identifier", () => {
    given(bmp(""));
    engine.editCandidate(edit(bmp(session("2001:db8::1", "", "", "o'clock"))));
    expect(reported()).toEqual([
      `create /bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='2001:db8::1'][bmp:alias="o'clock"]`,
    ]);
  });
});

describe("a large change", () => {
  const sessions = (count: number) =>
    Array.from({ length: count }, (_, index) => session(`2001:db8::${(index + 1).toString(16)}`)).join("");

  test("is reported edit by edit up to the limit, and beyond by the top-level nodes it is in", () => {
    given(bmp(""));
    engine.editCandidate(edit(bmp(sessions(yangLimits.reportedEdits))));
    expect(reported()).toHaveLength(yangLimits.reportedEdits);
    engine.editCandidate(edit(bmp(sessions(yangLimits.reportedEdits + 1))));
    expect(reported()).toEqual(["merge /bmp:bmp"]);
  });

  test("is not told where the top-level nodes are too many, too", () => {
    const tools = (count: number) =>
      Array.from({ length: count }, (_, index) => `<tool xmlns="urn:garden"><name>${index}</name></tool>`).join("");
    engine.editCandidate(edit(tools(yangLimits.reportedEdits)));
    expect(reported()).toHaveLength(yangLimits.reportedEdits);
    engine.editCandidate(edit(tools(yangLimits.reportedEdits + 1)));
    expect(reported()).toBeUndefined();
  });

  test("the same where the paths are long", () => {
    given(bmp(""));
    const alias = (index: number) => `${index}`.padStart(31, "x");
    const count = Math.ceil(yangLimits.reportedEditCharacters / 150);
    expect(count).toBeLessThan(yangLimits.reportedEdits);
    const long = Array.from({ length: count }, (_, index) =>
      session("2001:db8:1111:2222:3333:4444:5555:6666", "", "", alias(index)),
    );
    engine.editCandidate(edit(bmp(long.join(""))));
    expect(reported()).toEqual(["merge /bmp:bmp"]);
  });
});
