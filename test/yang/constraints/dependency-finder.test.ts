import { expect, test } from "vitest";
import { DataSchema } from "../../../src/yang/constraints/data-schema.ts";
import { findDependencies } from "../../../src/yang/constraints/dependency-finder.ts";
import { constraintLimits } from "../../../src/yang/constraints/limits.ts";
import { Model, moduleText } from "./model.ts";

const OTHER = 'module o { yang-version 1.1; namespace "urn:o"; prefix o; container b { leaf k { type string; } } }';

const model = new Model(
  OTHER,
  moduleText(`
    import o { prefix o; }
    container a {
      list b {
        key k;
        leaf k { type string; }
        leaf c { type string; }
        leaf ref { type leafref { path "../../b[k = current()/../c]/d/e"; } }
        leaf inst { type instance-identifier; }
        leaf either { type union { type leafref { path "../k"; } type string; } }
        container d { leaf e { type string; } choice f { case g { leaf h { type string; } } leaf i { type string; } } }
        list l { key m; leaf m { type string; } leaf n { type string; } }
        leaf state { config false; type string; }
        action act { input { leaf c { type string; } } }
      }
      leaf x { type string; }
    }
    container z { leaf x { type string; } leaf-list y { type string; } }
    augment "/o:b" { leaf c { type string; } }`),
);
const schema = new DataSchema(model.topLevel);

/** Dependencies in the context of the leaf /a/b/c, as `path scope aspect`, shortened. */
function dependencies(expression: string, as: "existence" | "value" = "existence", context = "/m:a/b/c"): string[] {
  const found = findDependencies(
    schema,
    {
      expression,
      prefixes: new Map([
        ["m", "m"],
        ["o", "o"],
      ]),
      defaultModule: "m",
      context: model.node(context),
    },
    as,
  );
  if (found.dependencies === undefined) return [found.unbounded];
  const short = (path: string | undefined) => path?.replace(/^\/m:/, "/") ?? "/";
  return found.dependencies.map(({ node, scope, on }) => `${short(node.path)} ${short(scope?.path)} ${on}`).sort();
}

const B = "/a/b";
const NONE: string[] = [];
const SIBLINGS_OF_L = ["c", "d", "either", "inst", "k", "l", "ref"].map((name) => `/a/b/${name} /a/b existence`);
/** All of an entry of b. */
const ALL_OF_B = ["", "/c", "/d", "/d/e", "/d/h", "/d/i", "/either", "/inst", "/k", "/l", "/l/m", "/l/n", "/ref"];

test.each<[string, string[]]>([
  // Paths: the scope is as high as the path goes up.
  [".", NONE],
  ["..", NONE],
  ["../k", ["/a/b/k /a/b existence"]],
  ["../d/e", ["/a/b/d/e /a/b existence"]],
  ["../../x", ["/a/x /a existence"]],
  ["../../b/c", ["/a/b/c /a existence"]],
  ["/a/x", ["/a/x / existence"]],
  ["/m:a/m:x", ["/a/x / existence"]],
  ["../../../z/x", ["/z/x / existence"]],
  ["/z/x | ../k", ["/a/b/k /a/b existence", "/z/x / existence"]],
  ["current()/../k", ["/a/b/k /a/b existence"]],
  ["../..", NONE],
  ["/", NONE],
  ["../../..", NONE],
  ["../../../..", NONE],
  // What goes down and up again: that it was there matters.
  ["../d/..", ["/a/b/d /a/b existence"]],
  ["../d/../l", ["/a/b/d /a/b existence", "/a/b/l /a/b existence"]],
  ["../d/../../x", ["/a/b/d /a/b existence", "/a/x /a existence"]],
  // Names.
  ["/o:b/o:k", ["/o:b/k / existence"]],
  ["/o:b/c", ["/o:b/m:c / existence"]],
  ["/o:b/o:c", NONE],
  ["/o:b/*", ["/o:b/k / existence", "/o:b/m:c / existence"]],
  ["/o:b/m:*", ["/o:b/m:c / existence"]],
  ["/b/k", NONE],
  ["nothing", NONE],
  ["../d/h", ["/a/b/d/h /a/b existence"]],
  ["../d/f", NONE],
  ["../state", NONE],
  ["../act/input/c", NONE],
  ["../d/*", ["/a/b/d/e /a/b existence", "/a/b/d/h /a/b existence", "/a/b/d/i /a/b existence"]],
  // Node types.
  ["node()", ["/a/b/c /a/b/c value"]],
  ["text()", ["/a/b/c /a/b/c value"]],
  ["../k/text()", ["/a/b/k /a/b value"]],
  ["../k/text()/../../c", ["/a/b/c /a/b existence", "/a/b/k /a/b value"]],
  ["../d/text()", NONE],
  ["../comment()", NONE],
  ["../processing-instruction()", NONE],
  // Axes.
  ["self::c", NONE],
  ["self::k", NONE],
  ["child::*", NONE],
  ["parent::b/k", ["/a/b/k /a/b existence"]],
  ["parent::a/x", NONE],
  ["ancestor::a/x", ["/a/x /a existence"]],
  ["ancestor::*/x", ["/a/x /a existence"]],
  // libyang: the root is an element without a name.
  ["ancestor::*/z", ["/z / existence"]],
  ["ancestor::m:*/z", NONE],
  ["ancestor-or-self::c", NONE],
  ["ancestor-or-self::*/n", NONE],
  ["../descendant::n", ["/a/b/l/n /a/b existence"]],
  ["../descendant-or-self::b", NONE],
  ["..//n", ["/a/b/l/n /a/b existence"]],
  ["//x", ["/a/x / existence", "/z/x / existence"]],
  ["//l/descendant::n", ["/a/b/l/n / existence"]],
  ["following-sibling::k", ["/a/b/k /a/b existence"]],
  ["preceding-sibling::l/n", ["/a/b/l/n /a/b existence"]],
  ["../preceding-sibling::b/c", ["/a/b/c /a existence"]],
  ["../l/following-sibling::l", ["/a/b/l /a/b existence"]],
  // libyang: the siblings of where it starts matter too, as it goes by them.
  ["../l/following::x", ["/a/x / existence", "/z/x / existence", ...SIBLINGS_OF_L].sort()],
  ["../l/preceding::b/k", ["/a/b/k / existence", ...SIBLINGS_OF_L].sort()],
  // Predicates.
  ["/a/b[k = current()/../c]/d/e", ["/a/b/c /a/b value", "/a/b/d/e / existence", "/a/b/k / value"]],
  ["/a/b[d/e]/c", ["/a/b/c / existence", "/a/b/d/e / existence"]],
  ["/a/b[not(d/e)]", ["/a/b / existence", "/a/b/d/e / existence"]],
  ["../l[../../x = n]/m", ["/a/b/l/m /a/b existence", "/a/b/l/n /a/b value", "/a/x /a value"]],
  ["/a/b/l[../../x = ../d/../c]/m", ["/a/b/c / value", "/a/b/d / existence", "/a/b/l/m / existence", "/a/x / value"]],
  ["/a/b/l[preceding-sibling::l/n]/m", ["/a/b/l/m / existence", "/a/b/l/n / existence"]],
  ["../l[. = 'x']/m", ["/a/b/l /a/b value", "/a/b/l/m /a/b value", "/a/b/l/n /a/b value"]],
  ["../../b[c][k]/d/e", ["/a/b/c /a existence", "/a/b/d/e /a existence", "/a/b/k /a existence"]],
  ["/z[x]", ["/z / existence", "/z/x / existence"]],
  ["..[k]", ["unexpected [ at 2"]],
  // Positions: that others of the same name are there matters.
  ["/a/b[1]/c", ["/a/b / existence", "/a/b/c / existence"]],
  ["/a/b[last()]/c", ["/a/b / existence", "/a/b/c / existence"]],
  ["/a/b[position() < 3]/c", ["/a/b / existence", "/a/b/c / existence"]],
  ["/a/b[string(position()) = '3']/c", ["/a/b / existence", "/a/b/c / existence"]],
  ["/a/b[-(-1)]/c", ["/a/b / existence", "/a/b/c / existence"]],
  ["/a/b[count(l)]/c", ["/a/b / existence", "/a/b/c / existence", "/a/b/l / existence"]],
  ["/a/b[l[1]]/c", ["/a/b/c / existence", "/a/b/l / existence"]],
  ["(/a/b)[1]/c", ["/a/b / existence", "/a/b/c / existence"]],
  ["(/a/b/c)[. = 'x']", ["/a/b/c / value"]],
  ["ancestor::*[2]/x", ["/a/x /a existence"]],
  ["position() = last()", NONE],
  // What is made of what a path selects.
  [". = 'x'", ["/a/b/c /a/b/c value"]],
  ["../k = ../../x", ["/a/b/k /a/b value", "/a/x /a value"]],
  ["../k or ../../x", ["/a/b/k /a/b existence", "/a/x /a existence"]],
  ["../k and not(../../x)", ["/a/b/k /a/b existence", "/a/x /a existence"]],
  ["boolean(../k)", ["/a/b/k /a/b existence"]],
  ["count(../l) < 3", ["/a/b/l /a/b existence"]],
  ["count(../l/n) + ../k", ["/a/b/k /a/b value", "/a/b/l/n /a/b existence"]],
  ["sum(../l/n) > 3", ["/a/b/l/n /a/b value"]],
  ["name(../*) = 'k'", SIBLINGS_OF_L],
  ["-../k", ["/a/b/k /a/b value"]],
  ["contains(../k, ../../x)", ["/a/b/k /a/b value", "/a/x /a value"]],
  ["string-length() > 3", ["/a/b/c /a/b/c value"]],
  ["normalize-space() = string()", ["/a/b/c /a/b/c value"]],
  ["number() > 3", ["/a/b/c /a/b/c value"]],
  ["ceiling(../k) > 3", ["/a/b/k /a/b value"]],
  ["floor(../k) > 3", ["/a/b/c /a/b/c value", "/a/b/k /a/b value"]],
  ["/a/b[string() = 'x']", ALL_OF_B.map((path) => `${B}${path} / value`)],
  ["re-match(../k, 'x')", ["/a/b/k /a/b value"]],
  ["derived-from(../k, 'x')", ["/a/b/k /a/b value"]],
  ["derived-from-or-self(../k, 'x')", ["/a/b/k /a/b value"]],
  ["enum-value(../k) = 3", ["/a/b/k /a/b value"]],
  ["bit-is-set(../k, 'x')", ["/a/b/k /a/b value"]],
  ["true() or 1 = 1 or 'x' = \"x\"", NONE],
  ["../d = 'x'", ["", "/e", "/h", "/i"].map((path) => `/a/b/d${path} /a/b value`)],
  ["/a = 'x'", [...ALL_OF_B.map((path) => `${B}${path} / value`), "/a / value", "/a/x / value"].sort()],
  // deref() follows the leafref, with current() being the leaf.
  [
    "deref(../ref)/../h",
    ["/a/b/c /a/b value", "/a/b/d/e /a value", "/a/b/d/h /a existence", "/a/b/k /a value", "/a/b/ref /a/b value"],
  ],
  ["deref(../k)/../h", ["/a/b/k /a/b value"]],
])("%s", (expression, expected) => {
  expect(dependencies(expression)).toEqual(expected);
});

test("a path that is a value depends on values", () => {
  expect(dependencies("../../x", "value")).toEqual(["/a/x /a value"]);
  expect(dependencies(".", "value")).toEqual(["/a/b/c /a/b/c value"]);
  expect(dependencies("../../x | ../k", "value")).toEqual(["/a/b/k /a/b value", "/a/x /a value"]);
});

test("the root's value is made of everything", () => {
  expect(dependencies("/ = 'x'")).toEqual(
    model
      .nodes()
      .map(({ path }) => `${path.replace(/^\/m:/, "/")} / value`)
      .sort(),
  );
});

test("a context below a list within a list has the inner list's scope", () => {
  expect(dependencies("../n = 'x' and ../../k", "existence", "/m:a/b/l/m")).toEqual([
    "/a/b/k /a/b existence",
    "/a/b/l/n /a/b/l value",
  ]);
});

test.each([
  ["@x", "it has the axis attribute::"],
  ["namespace::x", "it has the axis namespace::"],
  ["$x", "it has a variable"],
  ["$x = 1", "it has a variable"],
  ["../l[$x]", "it has a variable"],
  ["id('x')", "it calls id()"],
  ["lang('en')", "it calls lang()"],
  ["x:extra(.)", "it calls x:extra()"],
  ["id('x')/c", "it takes as a node set what is none"],
  ["'x'/c", "it takes as a node set what is none"],
  ["p:x", "it has the unknown prefix p"],
  ["p:*", "it has the unknown prefix p"],
  ["deref()", "it calls deref() of nothing"],
  ["deref(../inst)/..", "it calls deref() where the type does not tell the target"],
  ["deref(../either)/..", "it calls deref() where the type does not tell the target"],
  ["../k ]", "unexpected ] at 5"],
])("%s depends on who knows what: %s", (expression, reason) => {
  expect(dependencies(expression)).toEqual([reason]);
});

test("an expression that leads to too many places is taken to depend on anything", () => {
  const everywhere = "//*";
  expect(dependencies(`${everywhere}[${everywhere}]`)).not.toContain("it goes to too many places");
  const levels = Math.ceil(Math.log(constraintLimits.expressionPlaces) / Math.log(20));
  expect(dependencies(`${`${everywhere}[`.repeat(levels)}.${"]".repeat(levels)}`)).toEqual([
    "it goes to too many places",
  ]);
});
