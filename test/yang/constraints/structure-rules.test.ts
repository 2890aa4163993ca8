import { expect, test } from "vitest";
import { ConstraintTable } from "../../../src/yang/constraints/constraint-table.ts";
import { hasElementLimits } from "../../../src/yang/constraints/structure-rules.ts";
import { Model, moduleText } from "./model.ts";

const model = new Model(
  moduleText(`
    leaf must-be { type string; mandatory true; }
    container c {
      list l {
        key k;
        unique "a in/b";
        unique in/deeper/d;
        leaf k { type string; }
        leaf a { type string; }
        container in { leaf b { type string; } container deeper { leaf d { type string; } } leaf not { type string; } }
        list inner { key k; unique u; leaf k { type string; } leaf u { type string; } }
      }
      leaf-list some { type string; min-elements 1; }
      leaf-list few { type string; max-elements 3; }
      leaf-list any { type string; }
      leaf needed { type string; mandatory true; }
      leaf state { config false; type string; mandatory true; }
      container np { anydata x { mandatory true; } leaf y { type string; } }
      container present { presence "here"; leaf z { type string; mandatory true; } }
      choice optional {
        case first { leaf p { type string; mandatory true; } leaf q { type string; } }
        case second { choice nested { mandatory true; leaf r { type string; } } }
      }
      choice required { mandatory true; leaf s { type string; } leaf t { type string; } }
    }`),
);
const { structure } = new ConstraintTable(model.topLevel);

test.each([
  ["l", ["a,b", "d"]],
  ["l/k", []],
  ["l/a", ["a,b"]],
  ["l/in", ["a,b", "d"]],
  ["l/in/b", ["a,b"]],
  ["l/in/not", []],
  ["l/in/deeper", ["d"]],
  ["l/in/deeper/d", ["d"]],
  ["l/inner", ["u"]],
  ["l/inner/u", ["u"]],
  ["some", []],
])("a change of %s can break unique %s", (path, leaves) => {
  const uniques = structure.uniquesOf(model.node(`/m:c/${path}`));
  expect(uniques.map((unique) => unique.leaves.map(({ name }) => name).join(","))).toEqual(leaves);
  for (const { list } of uniques) expect(list.name).toBe(path.includes("inner") ? "inner" : "l");
});

test("mandatory are leaves, choices, lists with a minimum, and containers of such, in cases too (RFC 7950 §3)", () => {
  const names = (path: string | undefined) =>
    structure.mandatoryChildren(path === undefined ? undefined : model.node(path)).map(({ name }) => name);
  expect(names("/m:c")).toEqual(["some", "needed", "np", "p", "nested", "required"]);
  expect(names("/m:c/np")).toEqual(["x"]);
  expect(names("/m:c/present")).toEqual(["z"]);
  expect(names("/m:c/l/in")).toEqual([]);
  expect(names(undefined)).toEqual(["must-be", "c"]);
});

test("lists and leaf-lists may have a minimum or maximum of elements", () => {
  const limited = ["some", "few", "any", "l"].filter((name) => hasElementLimits(model.node(`/m:c/${name}`)));
  expect(limited).toEqual(["some", "few"]);
});
