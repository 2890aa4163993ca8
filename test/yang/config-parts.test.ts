import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { configParts } from "../../src/yang/config-parts.ts";
import { yangLimits } from "../../src/yang/limits.ts";
import type { Schema } from "../../src/yang/schema.ts";
import {
  bmp,
  type EngineFixture,
  edit,
  engineFixture,
  refusal,
  schemaFixture,
  session,
} from "../datastore/engine-fixture.ts";

const filler = `<x>${"y".repeat(1_000)}</x>`;
const always = () => true;
const parts = (config: string, mayCut: (name: string) => boolean = always) => [...configParts(config, mayCut)];

let schema: Schema;
beforeAll(async () => {
  schema = await schemaFixture();
});

test("a small <config> is one part, as it is", () => {
  const config = `<nc:config xmlns:nc="urn:n"><a b:c='1'/><!-- <z> --><d>1 &lt; 2</d></nc:config>`;
  expect(parts(config)).toEqual([config]);
});

test("a large one is cut between the children of top-level elements; each part has the tags around it", () => {
  const config = `<c:config xmlns:c="urn:n"><t:a xmlns:t='urn:t'>${filler.repeat(100)}</t:a></c:config>`;
  const found = parts(config);
  expect(found.length).toBe(Math.ceil(100_000 / yangLimits.configPartCharacters));
  for (const part of found)
    expect(part).toMatch(/^<c:config xmlns:c="urn:n"><t:a xmlns:t='urn:t'>(<x>y+<\/x>)*<\/t:a><\/c:config>$/);
  const content = found.map((part) => part.slice(part.indexOf("<x>"), part.lastIndexOf("</t:a>"))).join("");
  expect(content).toBe(filler.repeat(100));
});

test("an element that the caller wants whole, or that has attributes of its own, is not cut inside", () => {
  const inner = filler.repeat(100);
  expect(parts(`<config><a>${inner}</a></config>`, () => false)).toHaveLength(1);
  expect(parts(`<config><a xmlns:n="u" n:operation="create">${inner}</a></config>`)).toHaveLength(1);
  expect(parts(`<config><a xmlns:n="u" n:operation="merge" n:insert="last">${inner}</a></config>`)).toHaveLength(1);
  expect(parts(`<config><a>${inner}</a><b>${inner}</b></config>`, () => false)).toHaveLength(2);
});

test.each(['"', "'"])("of one that is replaced the later parts are merged: %s", (quote) => {
  const operation = (value: string) => `n:operation = ${quote}${value}${quote}`;
  const config = `<config xmlns:n="u"><a ${operation("replace")} xmlns="v">${filler.repeat(100)}</a></config>`;
  const [first, ...others] = parts(config);
  expect(first).toContain(`<a ${operation("replace")} xmlns="v"><x>`);
  expect(others.length).toBeGreaterThan(1);
  for (const other of others) expect(other).toContain(`<config xmlns:n="u"><a ${operation("merge")} xmlns="v"><x>`);
});

test("what looks like tags in comments, CDATA sections, instructions and attribute values is none", () => {
  const tricky = `<!-- </a></config> --><?p </a>?><x n="</a>"><![CDATA[</a></config>]]></x>`.replace(
    ' n="',
    ' xmlns:n="',
  );
  const config = `<config><a>${(tricky + filler).repeat(100)}</a></config>`;
  const found = parts(config);
  expect(found.length).toBeGreaterThan(2);
  for (const part of found) expect(part.match(/<!--/g)?.length).toBe(part.match(/<x>y/g)?.length);
});

test("an edit in parts does what it does as a whole, and fails as a whole", () => {
  const entries = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => session(`2001:db8::${(from + n).toString(16)}`)).join("");
  const whole = (children: string): EngineFixture => {
    const engine = engineFixture(schema);
    engine.editCandidate(edit(children));
    return engine;
  };
  const large = whole(bmp(entries(0, 2_000)));
  expect(large.getConfig("candidate").match(/<bmp-session>/g)).toHaveLength(2_000);
  const before = large.getConfig("candidate");
  // The last part holds what is wrong, once with the edit itself and once with what is there.
  const bad = [
    `${entries(2_000, 3_000)}<nothing/>`,
    `${entries(2_000, 3_000)}${session("2001:db8::1", "", ' nc:operation="create"')}`,
  ];
  for (const children of bad) {
    expect(refusal(() => large.editCandidate(edit(bmp(children))))).toHaveLength(1);
    expect(large.getConfig("candidate")).toBe(before);
  }
  large.editCandidate(edit(bmp(entries(10, 1_500)), { defaultOperation: "replace" }));
  expect(large.getConfig("candidate")).toBe(whole(bmp(entries(10, 1_500))).getConfig("candidate"));
  large.editCandidate(edit(bmp(entries(500, 2_500)).replace("<bmp", '<bmp nc:operation="replace"')));
  expect(large.getConfig("candidate")).toBe(whole(bmp(entries(500, 2_500))).getConfig("candidate"));
});

test("nothing is lost or doubled, wherever it is cut", () => {
  const element = fc.constantFrom("<x/>", "<x></x>", filler, "<!-- c -->", "text", "<y><z/></y>", "<![CDATA[<x>]]>");
  const top = fc.tuple(fc.constantFrom("a", "b"), fc.array(element, { maxLength: 120 }));
  fc.assert(
    fc.property(fc.array(top, { maxLength: 4 }), (tops) => {
      const content = tops.map(([name, inner]) => `<${name}>${inner.join("")}</${name}>`);
      const joined = parts(`<config>${content.join("")}</config>`)
        .map((part) => part.replace(/^<config>/, "").replace(/<\/config>$/, ""))
        .join("");
      // Where it was cut inside an element, that was closed and opened again.
      expect(joined.replaceAll(/<\/([ab])><\1>/g, "")).toBe(content.join("").replaceAll(/<\/([ab])><\1>/g, ""));
    }),
  );
});
