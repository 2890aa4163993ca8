import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { DefaultsMode } from "../../src/yang/defaults-mode.ts";
import type { Schema } from "../../src/yang/schema.ts";
import type { SubtreeFilter, SubtreeFilterNode } from "../../src/yang/subtree-filter.ts";
import {
  commit,
  type EngineFixture,
  edit,
  engineFixture,
  MemoryHistory,
  refusal,
  schemaFixture,
} from "./engine-fixture.ts";

const LAMPS = "urn:example:lamps";
const TAGS = "urn:ietf:params:xml:ns:netconf:default:1.0";
const TAG = `xmlns:ncwd="${TAGS}" ncwd:default="true"`;

let schema: Schema;
let history: MemoryHistory;
let engine: EngineFixture;
beforeAll(async () => {
  schema = await schemaFixture([fileURLToPath(new URL("../yang/modules/lamps.yang", import.meta.url))]);
});
beforeEach(() => {
  history = new MemoryHistory();
  engine = engineFixture(schema, history);
});

/** `<room>`; `ncwd` is in scope for tags. */
const room = (children: string) => `<room xmlns="${LAMPS}" xmlns:ncwd="${TAGS}">${children}</room>`;
const inRoom = (children: string) => `<room xmlns="${LAMPS}">${children}</room>`;

function configure(children: string): void {
  engine.editCandidate(edit(room(children)));
  commit(engine);
}

const node = (name: string, content: string | readonly SubtreeFilterNode[] = ""): SubtreeFilterNode => ({
  name,
  attributes: [],
  children: typeof content === "string" ? [] : content,
  text: typeof content === "string" ? content : "",
});
const ofRoom = (...children: readonly SubtreeFilterNode[]): SubtreeFilter => [node("room", children)];
const running = (withDefaults?: DefaultsMode, ...filter: readonly SubtreeFilterNode[]) =>
  engine.getConfig("running", ofRoom(...filter), withDefaults);

/** What nobody set, each element with `tag`. */
const defaults = (tag = "") => ({
  colour: `<colour${tag}>white</colour>`,
  scene: `<scene${tag}>day</scene><scene${tag}>night</scene>`,
  queue: `<queue${tag}>first</queue><queue${tag}>second</queue>`,
  dimmer: `<dimmer><level${tag}>100</level><step${tag}>10</step></dimmer>`,
  shade: `<shade${tag}>linen</shade>`,
});
const whole = ({ colour, scene, queue, dimmer, shade }: ReturnType<typeof defaults>) =>
  inRoom(colour + scene + queue + dimmer + shade);

describe("retrieval (RFC 6243 section 3)", () => {
  test("of defaults alone", () => {
    expect(running("explicit")).toBe("");
    expect(running()).toBe("");
    expect(running("trim")).toBe("");
    expect(running("report-all")).toBe(whole(defaults()));
    expect(running("report-all-tagged")).toBe(whole(defaults(` ${TAG}`)));
  });

  test("of a leaf that was set to its default: explicitly set data, which only trim leaves out (2.3.1)", () => {
    configure("<colour>white</colour><lamp><id>1</id><watts>60</watts></lamp><lamp><id>2</id></lamp>");
    const filter = [node("colour"), node("lamp")];
    expect(running("explicit", ...filter)).toBe(
      inRoom("<colour>white</colour><lamp><id>1</id><watts>60</watts></lamp><lamp><id>2</id></lamp>"),
    );
    expect(running("trim", ...filter)).toBe(inRoom("<lamp><id>1</id></lamp><lamp><id>2</id></lamp>"));
    expect(running("report-all", ...filter)).toBe(
      inRoom("<colour>white</colour><lamp><id>1</id><watts>60</watts></lamp><lamp><id>2</id><watts>60</watts></lamp>"),
    );
    expect(running("report-all-tagged", ...filter)).toBe(
      inRoom(
        `<colour>white</colour><lamp><id>1</id><watts>60</watts></lamp><lamp><id>2</id><watts ${TAG}>60</watts></lamp>`,
      ),
    );
  });

  test("of containers: presence is data, without it there is nothing to show (RFC 7950 7.5.1)", () => {
    configure("<dimmer><level>100</level></dimmer><timer/>");
    expect(running("trim")).toBe(inRoom("<timer/>"));
    expect(running("explicit")).toBe(inRoom("<dimmer><level>100</level></dimmer><timer/>"));
    expect(running("report-all", node("timer"))).toBe(inRoom("<timer><minutes>30</minutes></timer>"));
  });

  test("of leaf-lists: their default is all entries, in their order where the user orders (RFC 7950 7.7.2)", () => {
    configure("<scene>night</scene><queue>second</queue><queue>first</queue>");
    expect(running("trim")).toBe(inRoom("<scene>night</scene><queue>second</queue><queue>first</queue>"));
    expect(running("report-all-tagged", node("scene"), node("queue"))).toBe(
      inRoom("<scene>night</scene><queue>second</queue><queue>first</queue>"),
    );
    configure("<scene>day</scene>");
    expect(running("trim", node("scene"))).toBe("");
    expect(running("explicit", node("scene"))).toBe(inRoom("<scene>day</scene><scene>night</scene>"));
    configure("<scene>dusk</scene>");
    expect(running("trim", node("scene"))).toBe(inRoom("<scene>day</scene><scene>dusk</scene><scene>night</scene>"));
    engine.editCandidate(
      edit(room('<queue xmlns:yang="urn:ietf:params:xml:ns:yang:1" yang:insert="last">second</queue>')),
    );
    commit(engine);
    expect(running("trim", node("queue"))).toBe("");
  });

  test("of defaults that depend on others: a case, a when", () => {
    configure("<bulb>E27</bulb><dimmer><level>50</level></dimmer>");
    expect(running("report-all", node("dimmer"), node("shade"), node("glass"), node("bulb"))).toBe(
      inRoom("<dimmer><level>50</level></dimmer><glass>clear</glass><bulb>E27</bulb>"),
    );
  });

  test("of state: what equals its default is shown, but with trim (3.2, 3.3)", () => {
    configure("<lamp><id>1</id></lamp>");
    const state = [JSON.stringify({ "lamps:room": { lamp: [{ id: 1, state: { lit: false, hours: 7 } }] } })];
    const get = (mode?: DefaultsMode) => engine.get(state, ofRoom(node("lamp")), mode);
    const shown = (inLamp: string) => inRoom(`<lamp><id>1</id>${inLamp}</lamp>`);
    expect(get()).toBe(shown("<state><lit>false</lit><hours>7</hours></state>"));
    expect(get("trim")).toBe(shown("<state><hours>7</hours></state>"));
    expect(get("report-all")).toBe(shown("<watts>60</watts><state><lit>false</lit><hours>7</hours></state>"));
    expect(get("report-all-tagged")).toBe(
      shown(`<watts ${TAG}>60</watts><state><lit>false</lit><hours>7</hours></state>`),
    );
  });
});

describe("subtree filters", () => {
  test("select a default leaf, and match one by its content, where defaults are shown", () => {
    configure("<lamp><id>1</id></lamp><lamp><id>2</id><watts>5</watts></lamp>");
    expect(running("report-all", node("lamp", [node("watts")]))).toBe(
      inRoom("<lamp><id>1</id><watts>60</watts></lamp><lamp><id>2</id><watts>5</watts></lamp>"),
    );
    expect(running("report-all", node("lamp", [node("watts", "60")]))).toBe(
      inRoom("<lamp><id>1</id><watts>60</watts></lamp>"),
    );
    expect(running("report-all-tagged", node("scene", "night"), node("colour"))).toBe(
      inRoom(`<colour ${TAG}>white</colour><scene ${TAG}>night</scene>`),
    );
    expect(running("report-all", node("scene", "noon"), node("colour"))).toBe("");
    expect(running("report-all", node("dimmer", [node("step", "10"), node("level")]))).toBe(
      inRoom("<dimmer><level>100</level><step>10</step></dimmer>"),
    );
  });
});

describe("other datastores than running", () => {
  test("the candidate shows the defaults that it would have, and stays as it is", () => {
    engine.editCandidate(edit(room("<lamp><id>1</id></lamp><dimmer><level>7</level></dimmer>")));
    const before = engine.candidateChanges();
    const candidate = engine.getConfig("candidate", ofRoom(node("lamp"), node("dimmer")), "report-all");
    expect(candidate).toBe(inRoom("<dimmer><level>7</level></dimmer><lamp><id>1</id><watts>60</watts></lamp>"));
    expect(engine.candidateChanges()).toBe(before);
    engine.discardCandidate();
    expect(engine.getConfig("candidate", [node("room")], "report-all")).toBe(whole(defaults()));
  });

  test("what makes the candidate invalid does not keep it from being read", () => {
    engine.editCandidate(edit(room("<dimmer><level>7</level><step>3</step></dimmer>")));
    expect(engine.getConfig("candidate", ofRoom(node("dimmer")), "report-all")).toBe(
      inRoom("<dimmer><level>7</level><step>3</step></dimmer>"),
    );
  });

  test("startup", () => {
    history.startup = Buffer.from(inRoom("<lamp><id>1</id></lamp>"));
    expect(engine.getConfig("startup", ofRoom(node("lamp")), "report-all-tagged")).toBe(
      inRoom(`<lamp><id>1</id><watts ${TAG}>60</watts></lamp>`),
    );
    expect(engine.getConfig("startup", ofRoom(node("lamp")), "trim")).toBe(inRoom("<lamp><id>1</id></lamp>"));
  });
});

describe("copy-config (section 4.5.1)", () => {
  test("between datastores copies what was set, also where it is the default", () => {
    configure("<colour>white</colour><lamp><id>1</id></lamp>");
    const set = inRoom("<colour>white</colour><lamp><id>1</id></lamp>");
    engine.copyToStartup("running");
    expect(engine.getConfig("startup", [node("room")])).toBe(set);
    engine.editCandidate(edit(room('<colour nc:operation="delete"/>')));
    engine.copyToCandidate("startup");
    expect(engine.getConfig("candidate", [node("room")])).toBe(set);
    engine.stage({ kind: "copy", source: edit(room("<name>hall</name><timer/>")) });
    engine.finish({ id: 2, time: "2026-11-25T10:00:00Z", username: "admin", sessionId: 1 });
    expect(running()).toBe(inRoom("<name>hall</name><timer/>"));
  });
});

describe("the default attribute in what is sent (section 4.5.2)", () => {
  const tagged = (name: string, value: string, attributes = "") =>
    `<${name} ncwd:default="true"${attributes}>${value}</${name}>`;

  test.each(["merge", "replace"])("%s: what was set is set no longer", (operation) => {
    configure("<colour>red</colour><name>hall</name><lamp><id>1</id><watts>5</watts></lamp>");
    const own = ` nc:operation="${operation}"`;
    configure(`${tagged("colour", "white", own)}<lamp><id>1</id>${tagged("watts", "60")}</lamp>`);
    expect(running()).toBe(inRoom("<name>hall</name><lamp><id>1</id></lamp>"));
    expect(running("report-all", node("colour"), node("lamp"))).toBe(
      inRoom("<colour>white</colour><lamp><id>1</id><watts>60</watts></lamp>"),
    );
  });

  test("the attributes may come in any order", () => {
    configure("<colour>red</colour>");
    configure('<colour nc:operation="merge" ncwd:default="true">white</colour>');
    expect(running()).toBe("");
  });

  test("what is sent back as it was read changes nothing", () => {
    configure("<colour>white</colour><lamp><id>1</id></lamp><timer/>");
    const before = engine.getConfig("running");
    const read = engine.getConfig("running", [node("room")], "report-all-tagged");
    engine.editCandidate(edit(read, { defaultOperation: "replace" }));
    commit(engine);
    expect(engine.getConfig("running")).toBe(before);
    expect(history.changes.length).toBe(1);
  });

  test("a new list entry with a tagged leaf in it", () => {
    configure(`<lamp><id>1</id>${tagged("watts", "60")}<note>new</note></lamp>`);
    expect(running()).toBe(inRoom("<lamp><id>1</id><note>new</note></lamp>"));
  });

  test("1 is true, and what is false is no tag", () => {
    configure('<colour>red</colour><lamp><id>1</id><watts ncwd:default="0">60</watts></lamp>');
    expect(running()).toBe(inRoom("<colour>red</colour><lamp><id>1</id><watts>60</watts></lamp>"));
    configure('<colour ncwd:default="&#49;">white</colour><lamp><id>1</id><watts ncwd:default="1">60</watts></lamp>');
    expect(running()).toBe(inRoom("<lamp><id>1</id></lamp>"));
  });

  test("create of a default that was set is an error, of one that was not it is none", () => {
    engine.editCandidate(edit(room(tagged("colour", "white", ' nc:operation="create"'))));
    expect(engine.isCandidateModified()).toBe(false);
    configure("<colour>white</colour>");
    const create = edit(room(tagged("colour", "white", ' nc:operation="create"')));
    expect(refusal(() => engine.editCandidate(create))).toMatchObject([
      { tag: "data-exists", path: { text: "/l:room/l:colour", namespaces: { l: LAMPS } } },
    ]);
  });

  test.each([
    ["delete", tagged("colour", "white", ' nc:operation="delete"'), "/l:room/l:colour"],
    ["remove", tagged("colour", "white", ' nc:operation="remove"'), "/l:room/l:colour"],
    [
      "delete",
      `<lamp nc:operation="delete"><id>1</id>${tagged("watts", "60")}</lamp>`,
      "/l:room/l:lamp[l:id='1']/l:watts",
    ],
    [
      "delete",
      `<lamp><id>1</id><watts ncwd:default="true" nc:operation="delete"/></lamp>`,
      "/l:room/l:lamp[l:id='1']/l:watts",
    ],
  ])("goes with create, merge and replace only, not with %s: %s", (operation, children, path) => {
    configure("<colour>white</colour><lamp><id>1</id><watts>60</watts></lamp>");
    const before = engine.getConfig("candidate");
    const name = path.slice(path.lastIndexOf(":") + 1);
    expect(refusal(() => engine.editCandidate(edit(room(children))))).toEqual([
      {
        type: "application",
        tag: "invalid-value",
        path: { text: path, namespaces: { l: LAMPS } },
        message:
          `'${name}' is tagged as a default, which goes with create, merge and replace, but the operation is ` +
          `${operation}. Leave the tag out.`,
      },
    ]);
    expect(engine.getConfig("candidate")).toBe(before);
  });

  test("nor with no operation at all", () => {
    const nothing = edit(room(tagged("colour", "white")), { defaultOperation: "none" });
    expect(refusal(() => engine.editCandidate(nothing))).toMatchObject([
      { tag: "invalid-value", message: expect.stringContaining("but the operation is none.") },
    ]);
    const named = tagged("colour", "white", ' nc:operation="merge"');
    configure("<colour>red</colour>");
    engine.editCandidate(
      edit(`<room xmlns="${LAMPS}" xmlns:ncwd="${TAGS}">${named}</room>`, { defaultOperation: "none" }),
    );
    commit(engine);
    expect(running()).toBe("");
  });

  test("a leaf-list is a default as a whole", () => {
    configure("<scene>dusk</scene><queue>x</queue>");
    configure(tagged("scene", "night") + tagged("scene", "day") + tagged("queue", "first") + tagged("queue", "second"));
    expect(running()).toBe("");
    expect(running("report-all", node("scene"))).toBe(inRoom("<scene>day</scene><scene>night</scene>"));
  });

  test.each([
    [
      "a leaf",
      tagged("colour", "red"),
      "/l:room/l:colour",
      "'colour' is tagged as a default, and 'red' is not its default.",
    ],
    ["one without default", tagged("name", "hall"), "/l:room/l:name", "'name' is tagged"],
    ["a key", `<lamp>${tagged("id", "1")}</lamp>`, "/l:room/l:lamp[l:id='1']/l:id", "'id' is tagged"],
    [
      "a part of a leaf-list",
      tagged("scene", "day"),
      "/l:room/l:scene[.='day']",
      "'scene' is tagged as a default, and",
    ],
  ])("another value than the default is an invalid-value: %s", (_, children, path, message) => {
    expect(refusal(() => engine.editCandidate(edit(room(children))))).toMatchObject([
      { type: "application", tag: "invalid-value", path: { text: path }, message: expect.stringContaining(message) },
    ]);
    expect(engine.isCandidateModified()).toBe(false);
  });

  test.each([
    ["a list entry", '<lamp ncwd:default="true"><id>1</id></lamp>', "lamp"],
    ["a presence container", '<timer ncwd:default="true"/>', "timer"],
    ["a container with something that was set", '<dimmer ncwd:default="true"><level>3</level></dimmer>', "dimmer"],
    ["anydata", '<notes ncwd:default="true"/>', "notes"],
  ])("what is no leaf has no default: %s", (_, children, badElement) => {
    expect(refusal(() => engine.editCandidate(edit(room(children))))).toMatchObject([
      { type: "application", tag: "unknown-attribute", info: { badAttribute: "default", badElement } },
    ]);
  });

  test("another value than true and false is a bad attribute", () => {
    const wrong = edit(room('<colour ncwd:default="maybe">white</colour>'));
    expect(refusal(() => engine.editCandidate(wrong))).toMatchObject([
      { tag: "bad-attribute", info: { badAttribute: "default", badElement: "colour" } },
    ]);
  });

  test("in copy-config", () => {
    engine.copyToCandidate(edit(room(`${tagged("colour", "white")}<name>hall</name>`)));
    commit(engine);
    expect(running()).toBe(inRoom("<name>hall</name>"));
    const wrong = edit(room(tagged("colour", "red")));
    expect(refusal(() => engine.copyToCandidate(wrong))).toMatchObject([{ tag: "invalid-value" }]);
  });
});
