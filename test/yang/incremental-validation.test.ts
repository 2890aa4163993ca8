import { type DataTree, YangError } from "libyang-wasm";
import { expect, test } from "vitest";
import { WorkingPair } from "../../src/datastore/working-pair.ts";
import { finishJob } from "../../src/job.ts";
import { Schema } from "../../src/yang/schema.ts";
import { Model, moduleText } from "./constraints/model.ts";

const NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0";

/** What is wrong with a candidate, one line an error; told by both ways of validation. */
interface Verdicts {
  readonly ofChanges: readonly string[];
  readonly ofWhole: readonly string[];
}

function verdicts(body: string, running: string, edit: string): Verdicts {
  const { context, modules } = new Model(moduleText(body));
  const netconf = context.loadModule("ietf-netconf", { features: ["writable-running", "candidate"] });
  const schema = new Schema(context, [netconf], modules, []);
  const start = context.parseData(running);
  schema.validate(start);
  const pair = WorkingPair.of(schema, start, function* () {});
  const config = `<config xmlns="${NETCONF}" xmlns:nc="${NETCONF}">${edit}</config>`;
  finishJob(pair.edit({ config, defaultOperation: "merge" }));
  using whole = pair.candidate.duplicate();
  const ofChanges = errorsOf(() => finishJob(pair.validate()));
  expect(schema.fullValidations).toBe(0);
  const ofWhole = errorsOf(() => schema.validate(whole));
  if (ofWhole.length === 0) expect(print(pair.candidate)).toBe(print(whole));
  return { ofChanges, ofWhole };
}

const print = (tree: DataTree): string => tree.print({ withDefaults: "report-all-tagged" });

function errorsOf(work: () => void): string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof YangError)) throw error;
    return error.items.map(({ message, dataPath }) => `${dataPath}: ${message}`).sort();
  }
}

const both = (errors: readonly string[]): Verdicts => ({ ofChanges: errors, ofWhole: errors });

const m = (name: string, content = ""): string => `<${name} xmlns="urn:m">${content}</${name}>`;

const removed = (name: string): string => `<${name} xmlns="urn:m" nc:operation="delete"/>`;

test("a when sees no default that the default's own when takes away", () => {
  const body = `
    container c {
      leaf given { when "../on"; type boolean; default "true"; }
      leaf on { type empty; }
      list e { key k; leaf k { type string; } leaf x { when "1 != ../../given"; type string; } }
    }`;
  const entry = "<e><k>b</k><x>1</x></e>";
  expect(verdicts(body, m("c"), m("c", entry))).toEqual(
    both([`/m:c/e[k='b']/x: When condition "1 != ../../given" not satisfied.`]),
  );
  expect(verdicts(body, m("c"), m("c", `<on/>${entry}`))).toEqual(both([]));
});

test("all whens about what is in a default container that goes are false, not only those that come after it", () => {
  const body = `
    list f {
      key k;
      leaf k { type uint8; }
      leaf x { when "/m:f/e/b"; type string; }
      container e { when "../on"; container b; leaf y { type string; } }
      leaf on { type empty; }
    }`;
  const entries = (rest: string): string => m("f", `<k>1</k><x>1</x>${rest}`) + m("f", "<k>2</k><x>1</x>");
  const refusal = (k: number): string => `/m:f[k='${k}']/x: When condition "/m:f/e/b" not satisfied.`;
  expect(verdicts(body, m("f", "<k>0</k>"), entries(""))).toEqual(both([refusal(1), refusal(2)]));
  expect(verdicts(body, m("f", "<k>0</k>"), entries("<on/>"))).toEqual(both([]));
});

test("a when is evaluated that waits for a default whose when is about a refused node", () => {
  const body = `
    leaf on { type empty; }
    leaf refused { when "/m:on"; type empty; }
    container waiting { when "count(/m:refused) < 0"; leaf y { type string; } }
    container other { leaf x { when "/m:*/m:y"; type string; } leaf y { type string; } }`;
  expect(verdicts(body, m("other"), m("refused") + m("other", "<x>1</x>"))).toEqual(
    both(['/m:other/x: When condition "/m:*/m:y" not satisfied.', '/m:refused: When condition "/m:on" not satisfied.']),
  );
  expect(verdicts(body, m("other"), m("on") + m("refused") + m("other", "<x>1</x><y>1</y>"))).toEqual(both([]));
});

test.each(["a", "z"])(
  "a default that its when takes away is there for no other when, also when that waits: %s",
  (x) => {
    const body = `
    leaf on { type empty; }
    leaf refused { when "/m:on"; type empty; }
    container f { leaf given { when "count(/m:refused) < 0"; type string; default "1"; } leaf y { type string; } }
    container ${x} { container c { leaf x { when "/m:f/given"; type string; } } }`;
    const added = m("refused") + m(x, "<c><x>1</x></c>") + m("f", "<y>1</y>");
    expect(verdicts(body, m("f"), added)).toEqual(
      both(
        [
          '/m:refused: When condition "/m:on" not satisfied.',
          `/m:${x}/c/x: When condition "/m:f/given" not satisfied.`,
        ].sort(),
      ),
    );
  },
);

test.each(["a", "z"])("a default goes first where two whens depend on each other: %s", (x) => {
  // RFC 7950 §7.21.5 forbids it, but libyang does not see that the value of a container depends on what is in it.
  const body = `
    container ${x} { leaf k { type uint8; } leaf d { when "/m:f/given"; type string; } }
    container f { leaf given { when "contains(/m:${x}, '9')"; type string; default "1"; } leaf y { type string; } }`;
  const added = (k: number): string => m(x, `<k>${k}</k><d>1</d>`) + m("f", "<y>1</y>");
  expect(verdicts(body, m("f"), added(1))).toEqual(both([`/m:${x}/d: When condition "/m:f/given" not satisfied.`]));
  expect(verdicts(body, m("f"), added(9))).toEqual(both([]));
});

test("a when that fails by its data ends validation", () => {
  const body =
    'leaf pattern { type string; } leaf s { type string; } leaf x { when "re-match(/m:s, /m:pattern)"; type string; }';
  const { ofChanges, ofWhole } = verdicts(body, m("s", "a"), m("pattern", "[") + m("x", "1"));
  expect(ofChanges.length).toBeGreaterThan(0);
  expect(new Set(ofChanges)).toEqual(new Set(ofWhole));
});

test.each(["a", "z"])("a when with // waits for what it selects, not for what else it passes: %s", (x) => {
  // To libyang d was in the way to k, so that each of the two defaults waited for the other.
  const body = `
    container ${x} {
      list c {
        key k;
        leaf k { type uint8; }
        leaf d { when "/m:f/y"; type string; default "1"; }
        leaf x { when "../d"; type string; }
      }
    }
    container f { when "/m:${x}/c//m:k = 9"; leaf y { type string; default "1"; } }`;
  const entry = (k: number): string => m(x, `<c><k>${k}</k><x>1</x></c>`);
  expect(verdicts(body, "", entry(1))).toEqual(both([`/m:${x}/c[k='1']/x: When condition "../d" not satisfied.`]));
  expect(verdicts(body, "", entry(9))).toEqual(both([]));
});

test.each(["a", "z"])("a when waits for what the nodes are in that it selects: %s", (x) => {
  const body = `
    leaf off { type empty; }
    container f { container w { when "not(/m:off)"; leaf y { type string; default "1"; } } }
    container ${x} { leaf x { when "/m:f//m:y"; type string; } leaf z { when "/descendant::m:y"; type string; } }`;
  const added = m(x, "<x>1</x><z>1</z>");
  expect(verdicts(body, "", m("off") + added)).toEqual(
    both([
      `/m:${x}/x: When condition "/m:f//m:y" not satisfied.`,
      `/m:${x}/z: When condition "/descendant::m:y" not satisfied.`,
    ]),
  );
  expect(verdicts(body, "", added)).toEqual(both([]));
});

test.each(["a", "z"])("a when waits for all that the value of an inner node is made of: %s", (x) => {
  const body = `
    leaf off { type empty; }
    container f { leaf y { when "not(/m:off)"; type string; default "1"; } }
    container ${x} { leaf x { when "contains(/m:f, '1')"; type string; } }`;
  const added = m(x, "<x>1</x>");
  expect(verdicts(body, "", m("off") + added)).toEqual(
    both([`/m:${x}/x: When condition "contains(/m:f, '1')" not satisfied.`]),
  );
  expect(verdicts(body, "", added)).toEqual(both([]));
});

test.each(["a", "z"])("a when waits for what deref() leads to: %s", (x) => {
  const body = `
    leaf off { type empty; }
    container f { leaf y { when "not(/m:off)"; type string; default "1"; } }
    leaf r { type leafref { path "/m:f/y"; require-instance false; } }
    container ${x} { leaf x { when "deref(/m:r)"; type string; } }`;
  const added = m("r", "1") + m(x, "<x>1</x>");
  const { ofChanges, ofWhole } = verdicts(body, "", m("off") + added);
  expect(ofChanges.length).toBeGreaterThan(0);
  expect(new Set(ofChanges)).toEqual(new Set(ofWhole));
  expect(verdicts(body, "", added)).toEqual(both([]));
});

test("a when is evaluated after all that decide it, through others that no change is about", () => {
  const body = `
    leaf a { type empty; }
    leaf b { when "/m:a"; type empty; }
    leaf c { when "/m:b"; type empty; }
    leaf d { when "not(/m:b)"; type string; default "1"; }
    leaf x { when "not(/m:c)"; type empty; }
    leaf y { when "/m:a or /m:d"; type empty; }`;
  const start = m("a") + m("b") + m("c") + m("y");
  expect(verdicts(body, start, m("x"))).toEqual(both(['/m:x: When condition "not(/m:c)" not satisfied.']));
  expect(verdicts(body, start, removed("a") + m("x"))).toEqual(both([]));
});

test.each(["l", "in"])("a when is evaluated after those that a default of another case decides: %s", (gone) => {
  const body = `
    choice choice {
      default c1;
      case c1 { leaf d { type string; default "1"; } }
      case c2 { leaf l { type string; } container in { leaf i { type string; } } }
    }
    leaf e { when "not(/m:d)"; type string; default "1"; }
    leaf x { when "not(/m:e)"; type string; }`;
  const start = gone === "l" ? m("l", "1") : m("in", "<i>1</i>");
  const edit = gone === "l" ? removed("l") : m("in", '<i nc:operation="delete"/>');
  expect(verdicts(body, start, m("x", "1"))).toEqual(both(['/m:x: When condition "not(/m:e)" not satisfied.']));
  expect(verdicts(body, start, edit + m("x", "1"))).toEqual(both([]));
});

test.each([true, false])(
  "what goes with the node it is in is not refused, whatever is evaluated first: %s",
  (isLast) => {
    const other = 'leaf y { when "/m:q"; type empty; }';
    const body = `
    leaf a { type empty; }
    leaf q { type empty; }
    ${isLast ? "" : other}
    container w { when "/m:a"; leaf x { when "/m:y"; type empty; } leaf z { when "/m:off"; type empty; } leaf t { type empty; } }
    leaf off { type empty; }
    ${isLast ? other : ""}`;
    const start = m("a") + m("q") + m("y") + m("w", "<t/>");
    expect(verdicts(body, start, removed("a") + removed("q") + m("w", "<x/><z/>"))).toEqual(both([]));
    const refusal = (name: string): string =>
      `/m:w/${name}: When condition "/m:${name === "x" ? "y" : "off"}" not satisfied.`;
    expect(verdicts(body, start, removed("q") + m("w", "<x/><z/>"))).toEqual(both([refusal("x"), refusal("z")]));
  },
);
