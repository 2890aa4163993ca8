import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { UrlLimits } from "../../src/url/limits.ts";
import { UrlStores } from "../../src/url/url-stores.ts";
import { refusalOf } from "../refusal.ts";

let data: string;
let folder: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "bmpconfd-url-"));
  folder = join(data, "files");
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
});

const storesWith = (limits: Partial<UrlLimits> = {}) =>
  new UrlStores({ schemes: ["file"], filesFolder: folder, limits });

async function* pieces(...texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

const readText = async (url: string) => Buffer.from(await storesWith().read(url)).toString();

test("what is written is read, replaced and removed, for the owner's eyes", async () => {
  const stores = storesWith();
  await stores.write("file:///a.xml", pieces("<a", "/>"));
  expect(await readText("file:///a.xml")).toBe("<a/>");
  expect(await readText("file://localhost/a.xml")).toBe("<a/>");
  expect(execFileSync("stat", ["-c", "%a", folder, join(folder, "a.xml")]).toString()).toBe("700\n600\n");
  await stores.write("file:///a.xml", pieces("<b/>"));
  expect(await readText("file:///a.xml")).toBe("<b/>");
  await stores.remove("file:///a.xml");
  expect(readdirSync(folder)).toEqual([]);
});

test("a folder that somebody made can be used, and names may have any characters", async () => {
  mkdirSync(join(folder, "old"), { recursive: true });
  await storesWith().write("file:///old/%C3%A4%20b.xml", pieces("<a/>"));
  expect(readdirSync(join(folder, "old"))).toEqual(["ä b.xml"]);
  expect(await readText("file:///old/ä%20b.xml")).toBe("<a/>");
});

test("what breaks off leaves what was there, and no rest", async () => {
  const stores = storesWith({ urlBytes: 8 });
  await stores.write("file:///a", pieces("12345678"));
  await expect(stores.write("file:///a", pieces("1234", "56789"))).rejects.toThrow("more than 8 bytes");
  async function* breaking() {
    yield Buffer.from("x");
    throw new Error("the datastore is gone");
  }
  await expect(stores.write("file:///a", breaking())).rejects.toThrow("the datastore is gone");
  expect(readdirSync(folder)).toEqual(["a"]);
  expect(await readText("file:///a")).toBe("12345678");
});

test("what a process left that was killed goes with the next write", async () => {
  const stores = storesWith();
  await stores.write("file:///a", pieces("a"));
  writeFileSync(join(folder, ".draft-1-0"), "half");
  await stores.write("file:///b", pieces("b"));
  expect(readdirSync(folder)).toEqual(["a", "b"]);
});

test("there is room for so many files, and for another version of any of them", async () => {
  const stores = storesWith({ urlFiles: 2 });
  for (const name of ["a", "b", "a"]) await stores.write(`file:///${name}`, pieces(name));
  expect(await refusalOf(stores.write("file:///c", pieces("c")))).toMatchObject([{ tag: "resource-denied" }]);
});

test("a file that is too long is not read", async () => {
  await storesWith().write("file:///a", pieces("123456789"));
  expect(await refusalOf(storesWith({ urlBytes: 8 }).read("file:///a"))).toMatchObject([{ tag: "resource-denied" }]);
});

test.each([
  ["file:///none", "data-missing", "There is no file file:///none."],
  ["file:///none/a", "data-missing", "There is no file file:///none/a."],
  ["file:///", "invalid-value", "names no file"],
  ["file:///a/", "invalid-value", "names no file"],
  ["file:///%2E%2E%2Fusers", "invalid-value", "names no file"],
  ["file:///a%00b", "invalid-value", "names no file"],
  ["file:///%ff", "invalid-value", "names no file"],
  ["file:///.draft-1-0", "invalid-value", "names no file"],
  ["file:///a?b", "invalid-value", "has more than a path"],
  ["file://elsewhere/a", "invalid-value", "names another host"],
  ["https://localhost/a", "invalid-value", '"https:" is no URL of a scheme that this server serves; use file:.'],
  ["a.xml", "invalid-value", '"a.xml" is no URL of a scheme'],
  [`file:///${"a".repeat(3000)}`, "invalid-value", "at most 2048 characters"],
])("%s is refused", async (url, tag, message) => {
  const stores = storesWith();
  for (const ask of [() => stores.read(url), () => stores.remove(url)])
    expect(await refusalOf(ask())).toMatchObject([{ tag, message: expect.stringContaining(message) }]);
  expect(existsSync(join(data, "users"))).toBe(false);
});

test("nothing outside of the folder can be had, whatever leads there", async () => {
  writeFileSync(join(data, "secret"), "s");
  mkdirSync(folder);
  symlinkSync("../secret", join(folder, "link"));
  symlinkSync("..", join(folder, "up"));
  mkdirSync(join(folder, "sub"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const stores = storesWith();
  for (const name of ["link", "sub", "pipe"]) {
    expect(await refusalOf(stores.read(`file:///${name}`))).toMatchObject([{ tag: "invalid-value" }]);
    expect(await refusalOf(stores.remove(`file:///${name}`))).toMatchObject([{ tag: "invalid-value" }]);
  }
  const up = "file:///up/secret";
  for (const ask of [() => stores.read(up), () => stores.write(up, pieces("x"))])
    expect(await refusalOf(ask())).toMatchObject([{ message: expect.stringContaining("leads out of the folder") }]);
  expect(await refusalOf(stores.read("file:///../secret"))).toMatchObject([{ tag: "data-missing" }]);
  // A link that is written to is replaced, and what it led to is as it was.
  await stores.write("file:///link", pieces("mine"));
  expect(readFileSync(join(data, "secret"), "utf8")).toBe("s");
  expect(await readText("file:///link")).toBe("mine");
});
