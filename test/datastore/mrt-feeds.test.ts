import { beforeAll, expect, test } from "vitest";
import type { Schema } from "../../src/yang/schema.ts";
import { commit, edit, engineFixture, refusal, schemaFixture } from "./engine-fixture.ts";

let schema: Schema;
beforeAll(async () => {
  schema = await schemaFixture();
});

const mrt = (...feeds: string[]): string => `<mrt xmlns="urn:bmpconfd:yang:mrt">${feeds.join("")}</mrt>`;
const feed = (name: string, file: string, more = ""): string =>
  `<feed><name>${name}</name><file>${file}</file>${more}</feed>`;
const speed = (value: string): string => mrt(feed("a", "rib", `<replay-speed>${value}</replay-speed>`));

const NAME_OR_FOLDER = "Name a file in the folder for MRT files: NAME or FOLDER/NAME.";
const NO_DOTS = "The path of an MRT file must not have '.' or '..' in it.";

test.each<[string, string, string]>([
  ["a path from the root", mrt(feed("a", "/etc/passwd")), NAME_OR_FOLDER],
  ["a folder", mrt(feed("a", "2026/")), NAME_OR_FOLDER],
  ["a folder without a name", mrt(feed("a", "2026//rib")), NAME_OR_FOLDER],
  ["the folder above", mrt(feed("a", "../rib")), NO_DOTS],
  ["the folder above, by a folder in it", mrt(feed("a", "2026/../../rib")), NO_DOTS],
  ["the folder itself", mrt(feed("a", ".")), NO_DOTS],
  ["no path", mrt(feed("a", "")), "The path of an MRT file has 1 to 255 characters."],
  ["a long path", mrt(feed("a", "r".repeat(256))), "The path of an MRT file has 1 to 255 characters."],
  ["no name", mrt(feed("", "rib")), "A feed's name has 1 to 64 characters."],
  ["standing still", speed("0"), "no matching subtype found"],
  ["going back", speed("-1"), "no matching subtype found"],
  ["a peer's address with a zone", mrt(feed("a", "rib", "<peer>fe80::1%eth0</peer>")), ""],
])("refused: %s", (_, config, message) => {
  const entries = refusal(() => engineFixture(schema).editCandidate(edit(config)));
  expect(entries).toMatchObject([{ tag: "invalid-value", message: expect.stringContaining(message) }]);
});

test.each([
  ["a file in a folder", mrt(feed("a", "2026.01/rib.20260101.0000.bz2"))],
  ["a name of dots and more", mrt(feed("a", "..rib/...gz"))],
  ["a speed in thousandths", speed("0.001")],
  ["no waiting", speed("maximum")],
])("taken: %s", (_, config) => {
  const engine = engineFixture(schema);
  engine.editCandidate(edit(config));
  commit(engine);
  expect(engine.getConfig("running")).toContain("<name>a</name>");
});

test("a feed needs a file, and there are at most 64", () => {
  const engine = engineFixture(schema);
  engine.editCandidate(edit(mrt("<feed><name>a</name></feed>")));
  expect(refusal(() => commit(engine))).toMatchObject([{ tag: "data-missing" }]);
  const full = engineFixture(schema);
  const many = Array.from({ length: 65 }, (_, number) => feed(`feed${number}`, "rib"));
  full.editCandidate(edit(mrt(...many.slice(1))));
  commit(full);
  full.editCandidate(edit(mrt(...many)));
  expect(refusal(() => commit(full))).toMatchObject([{ appTag: "too-many-elements" }]);
});
