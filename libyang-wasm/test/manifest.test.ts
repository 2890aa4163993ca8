import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Component {
  name: string;
  version: string;
  sha256: string;
  isIn: string;
  licence: string;
  licenceFiles: string[];
}

interface Manifest {
  libyang: string;
  toolchain: string;
  wasm: { file: string; bytes: number; sha256: string };
  components: Component[];
  modules: { file: string; sha256: string }[];
}

const PACKAGE = new URL("../", import.meta.url);
const DIST = new URL("dist/", PACKAGE);
const SHA256 = /^[0-9a-f]{64}$/;
const manifest = JSON.parse(readFileSync(new URL("manifest.json", DIST), "utf8")) as Manifest;
const hashOf = (file: URL): string => createHash("sha256").update(readFileSync(file)).digest("hex");

test("the manifest has the hash and the size of libyang.wasm", () => {
  const wasm = new URL(manifest.wasm.file, DIST);
  expect({ sha256: hashOf(wasm), bytes: readFileSync(wasm).length }).toEqual({
    sha256: manifest.wasm.sha256,
    bytes: manifest.wasm.bytes,
  });
});

test("the manifest has the hash of each packaged YANG module", () => {
  const dir = new URL("modules/", PACKAGE);
  const packaged = readdirSync(dir).map((file) => ({ file, sha256: hashOf(new URL(file, dir)) }));
  expect(packaged).toEqual(manifest.modules);
});

test("the manifest names all that is linked into libyang.wasm, and its licence", () => {
  const linked = manifest.components.filter(({ isIn }) => isIn === "libyang.wasm");
  expect(Object.fromEntries(linked.map(({ name, licence }) => [name, licence]))).toEqual({
    libyang: "BSD-3-Clause",
    pcre2: "BSD-3-Clause WITH PCRE2-exception",
    "wasi-libc": "CC0-1.0 AND MIT AND BSD-2-Clause AND BSD-3-Clause",
    "compiler-rt": "Apache-2.0 WITH LLVM-exception",
    "libyang-wasm": "UNLICENSED",
  });
});

test.each(manifest.components)("$name has a version, a hash and its licence's text", (component) => {
  expect(component.version).toMatch(/^[0-9]/);
  expect(component.sha256).toMatch(SHA256);
  // Our own says in its package.json what may be done with it.
  expect(component.licenceFiles.length > 0).toBe(component.licence !== "UNLICENSED");
  for (const file of component.licenceFiles) expect(readFileSync(new URL(file, DIST), "utf8")).not.toBe("");
});

test("each licence's text belongs to a component", () => {
  const named = new Set(manifest.components.flatMap(({ licenceFiles }) => licenceFiles));
  const packed = readdirSync(new URL("licences/", DIST)).map((file) => `licences/${file}`);
  expect(packed.sort()).toEqual([...named].sort());
});

test.each([
  ["libyang.txt", "Redistribution and use in source and binary forms"],
  ["pcre2.md", "EXEMPTION FOR BINARY LIBRARY-LIKE PACKAGES"],
  ["wasi-libc.txt", "Rich Felker"],
  ["llvm.txt", "LLVM Exceptions to the Apache 2.0 License"],
  ["CC0-1.0.txt", "CC0 1.0 Universal"],
  ["Apache-2.0.txt", "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"],
])("%s is that licence's text", (file, words) => {
  expect(readFileSync(new URL(`licences/${file}`, DIST), "utf8")).toContain(words);
});
