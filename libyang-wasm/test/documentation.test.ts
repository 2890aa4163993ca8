import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** What TypeScript made of the sources: what is public, without what is marked as internal, and with its comments. */
const DECLARATIONS = new URL("../dist/", import.meta.url);
const DECLARATION = /^export (?:declare )?(?:abstract )?(?:class|interface|type|function|const) (\w+)/;
/** Members that other declarations speak for: SchemaType says what tells its types apart. */
const EXEMPT = new Set(["base"]);
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

/** `Name` or `Name.member` of all that is public in a file and has no comment of its own before it. */
function undocumented(file: string, names: ReadonlySet<string>): string[] {
  const found: string[] = [];
  let owner: string | undefined;
  let isDocumented = false;
  let previous = "";
  for (const line of linesOf(file)) {
    const declared = DECLARATION.exec(line)?.[1];
    const word = MEMBER.exec(line)?.[1];
    const member = word === undefined || EXEMPT.has(word) ? undefined : word;
    if (declared !== undefined) owner = names.has(declared) ? declared : undefined;
    const name = declared ?? (member === undefined || owner === undefined ? undefined : `${owner}.${member}`);
    // The first of several signatures speaks for all.
    const isPublic = owner !== undefined && name !== undefined && name !== previous;
    if (isPublic && !isDocumented) found.push(name);
    if (name !== undefined) previous = name;
    isDocumented = line.trimEnd().endsWith("*/");
  }
  return found;
}

const files = [...exportsOf("index.d.ts")];

test("the package's declarations are found", () => {
  const names = files.flatMap(([, exported]) => [...exported]);
  expect(names).toEqual(expect.arrayContaining(["Context", "DataNode", "DataTree", "Libyang", "Module", "SchemaNode"]));
});

test.each(files)("all that %s makes public is documented", (file, names) => {
  expect(undocumented(file, names)).toEqual([]);
});
