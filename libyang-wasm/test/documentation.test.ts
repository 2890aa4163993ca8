import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** What TypeScript made of the sources: what is public, without what is marked as internal, and with its comments. */
const DECLARATIONS = new URL("../dist/", import.meta.url);
const DECLARATION = /^export (?:declare )?(?:abstract )?(?:class|interface|type|function|const) (\w+)/;
/** Members that other declarations speak for: SchemaType says what tells its types apart. */
const EXEMPT = /\.base$/;
const MEMBER = /^ {4}(?:static |readonly |get )*([\w$]+)[?<(:]/;

const linesOf = (file: string): string[] => readFileSync(new URL(file, DECLARATIONS), "utf8").split("\n");

/** The files that declare what a file exports, with the names exported; the file itself with all it declares. */
function exportsOf(file: string): Map<string, Set<string>> {
  const text = linesOf(file).join("\n");
  const found = new Map<string, Set<string>>();
  for (const [, names = "", from = ""] of text.matchAll(
    /^export (?:type )?(\*|\{[^}]*\}) from "\.\/(.+)\.[jt]s";$/gm,
  )) {
    if (names === "*") for (const [inner, exported] of exportsOf(`${from}.d.ts`)) found.set(inner, exported);
    else found.set(`${from}.d.ts`, new Set(names.replace(/[{}]|\btype\b/g, "").match(/\w+/g)));
  }
  const own = [...text.matchAll(new RegExp(DECLARATION, "gm"))].map(([, name = ""]) => name);
  if (own.length > 0) found.set(file, new Set(own));
  return found;
}

interface PublicName {
  /** `Name` or `Name.member`. */
  readonly name: string;
  readonly isDocumented: boolean;
  /** Of a class or a function, or itself one: something to call, and no mere shape. */
  readonly isCode: boolean;
}

/** All that is public in a file. The first of several signatures speaks for all. */
function publicNames(file: string, exported: ReadonlySet<string>): PublicName[] {
  const found = new Map<string, PublicName>();
  let owner: string | undefined;
  let isCode = false;
  let isDocumented = false;
  for (const line of linesOf(file)) {
    const declared = DECLARATION.exec(line)?.[1];
    const member = MEMBER.exec(line)?.[1];
    if (declared !== undefined) {
      owner = exported.has(declared) ? declared : undefined;
      isCode = /\b(?:class|function)\b/.test(line);
    }
    const name = declared ?? (member === undefined ? undefined : `${owner}.${member}`);
    if (owner !== undefined && name !== undefined && !found.has(name)) found.set(name, { name, isDocumented, isCode });
    isDocumented = line.trimEnd().endsWith("*/");
  }
  return [...found.values()].filter(({ name }) => !EXEMPT.test(name));
}

const files = [...exportsOf("index.d.ts")];
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const wordsOfReadme = new Set(readme.match(/\w+/g));

test("the package's declarations are found", () => {
  const names = files.flatMap(([, exported]) => [...exported]);
  expect(names).toEqual(expect.arrayContaining(["Context", "DataNode", "DataTree", "Libyang", "Module", "SchemaNode"]));
});

test.each(files)("all that %s makes public is documented", (file, exported) => {
  const undocumented = publicNames(file, exported).filter(({ isDocumented }) => !isDocumented);
  expect(undocumented.map(({ name }) => name)).toEqual([]);
});

test.each(files)("the README names all of %s that can be called", (file, exported) => {
  const code = publicNames(file, exported).filter(({ name, isCode }) => isCode && !name.endsWith(".constructor"));
  const unnamed = code.filter(({ name }) => !wordsOfReadme.has(name.replace(/^.*\./, "")));
  expect(unnamed.map(({ name }) => name)).toEqual([]);
});
