import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { differences, SHOWN_LEAVES } from "../../src/status/differences.ts";

const linesOf = (content: string): string[] =>
  [...differences(Buffer.from(`<config xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0">${content}</config>`))].map(
    ({ operation, path, value }) => `${operation} ${path}${value === undefined ? "" : ` = ${value}`}`,
  );
const bmp = (content: string) => `<bmp xmlns="urn:bmpconfd:yang:bmp">${content}</bmp>`;
const KEY = "<vpn-instance>_public_</vpn-instance><address>192.0.2.1</address><alias>a</alias>";
const PATH = "/bmp/bmp-session[vpn-instance='_public_'][address='192.0.2.1'][alias='a']";

test.each([
  ["a new entry", `<bmp-session>${KEY}</bmp-session>`, [`create ${PATH}`]],
  [
    "a new entry with leaves",
    `<bmp-session nc:operation="create">${KEY}<port>5001</port><connect-retry><initial>3</initial></connect-retry></bmp-session>`,
    [`create ${PATH}`, `set ${PATH}/port = 5001`, `set ${PATH}/connect-retry/initial = 3`],
  ],
  [
    "a changed leaf",
    `<bmp-session>${KEY}<port nc:operation="replace">5002</port></bmp-session>`,
    [`set ${PATH}/port = 5002`],
  ],
  [
    "a leaf that goes",
    `<bmp-session>${KEY}<port nc:operation="delete">5002</port></bmp-session>`,
    [`delete ${PATH}/port = 5002`],
  ],
  ["an entry that goes", `<bmp-session nc:operation="delete">${KEY}</bmp-session>`, [`delete ${PATH}`]],
  ["an empty leaf", "<system-name/>", ["set /bmp/system-name"]],
  [
    "entries in entries",
    `<bmp-session>${KEY}<monitor><peer><vpn-instance>red</vpn-instance><address>::1</address></peer></monitor></bmp-session>`,
    [`create ${PATH}/monitor/peer[vpn-instance='red'][address='::1']`],
  ],
])("%s", (_, content, lines) => {
  expect(linesOf(bmp(content))).toEqual(lines);
});

test("secrets, free text and leaves that are not known have changed, and no more is said", () => {
  const leaves = ["tcp-md5", "system-description", "description", "leaf-of-next-year"].map(
    (name) => `<${name}>s3cret</${name}>`,
  );
  const tls = "<tls><private-key>s3cret</private-key><certificate>s3cret</certificate></tls>";
  const lines = linesOf(bmp(`<bmp-session>${KEY}${leaves.join("")}${tls}</bmp-session>`));
  expect(lines).toEqual([
    `set ${PATH}/tcp-md5`,
    `set ${PATH}/system-description`,
    `set ${PATH}/description`,
    `set ${PATH}/leaf-of-next-year`,
    `set ${PATH}/tls/private-key`,
    `set ${PATH}/tls/certificate`,
  ]);
});

test("of other modules it is said only that something has changed", () => {
  const user = "<user><name>bob</name><password>s3cret</password></user>";
  const lines = linesOf(
    `<system xmlns="urn:ietf:params:xml:ns:yang:ietf-system"><authentication>${user}</authentication></system>` +
      '<bmp xmlns="urn:example:other"><port>s3cret</port></bmp>',
  );
  expect(lines).toEqual(["set /system", "set /bmp"]);
});

test("neither is more said of what they add to ours, whatever its name", () => {
  const added =
    '<port xmlns="urn:example:other">s3cret</port>' +
    '<peer xmlns="urn:example:other"><address>s3cret</address><count>5</count></peer>';
  expect(linesOf(bmp(`<bmp-session>${KEY}<port>1</port>${added}</bmp-session>`))).toEqual([
    `set ${PATH}/port = 1`,
    `set ${PATH}/port`,
    `set ${PATH}/peer`,
  ]);
});

test("no leaf that the model hides is shown", () => {
  const folder = join(import.meta.dirname, "../../yang");
  const text = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
  const hidden = [...text.matchAll(/leaf ([a-z0-9-]+) \{\s*nacm:default-deny-all;/g)].map(([, name]) => name ?? "");
  expect(hidden).toContain("private-key");
  expect(hidden).toContain("tcp-md5");
  expect(hidden.filter((name) => SHOWN_LEAVES.has(name))).toEqual([]);
  expect(text.match(/nacm:default-deny-all/g)).toHaveLength(hidden.length);
});
