import type { Context } from "libyang-wasm";
import { expect, test } from "vitest";
import { toErrorPath } from "../../src/yang/error-path.ts";

/** Two modules that chose the same prefix, and one that did not. */
const modules: Record<string, { prefix: string; namespace: string }> = {
  alpha: { prefix: "a", namespace: "urn:alpha" },
  again: { prefix: "a", namespace: "urn:again" },
  beta: { prefix: "b", namespace: "urn:beta" },
};
const context = { module: (name: string) => modules[name] } as unknown as Context;

test("every name gets a prefix that is declared", () => {
  expect(toErrorPath(context, "/alpha:top/list[key='1']/leaf")).toEqual({
    text: "/a:top/a:list[a:key='1']/a:leaf",
    namespaces: { a: "urn:alpha" },
  });
});

test("a name of another module changes the prefix of what follows", () => {
  expect(toErrorPath(context, "/alpha:top/beta:inner/leaf")).toEqual({
    text: "/a:top/b:inner/b:leaf",
    namespaces: { a: "urn:alpha", b: "urn:beta" },
  });
});

test("two modules with one prefix are told apart", () => {
  expect(toErrorPath(context, "/alpha:top/again:inner")).toEqual({
    text: "/a:top/a2:inner",
    namespaces: { a: "urn:alpha", a2: "urn:again" },
  });
});

test("key values are left as they are, whatever they look like", () => {
  expect(toErrorPath(context, `/alpha:top/list[key="it's alpha:x/y[z]"]`).text).toBe(
    `/a:top/a:list[a:key="it's alpha:x/y[z]"]`,
  );
});

test("positions of keyless lists and leaf-list values stay", () => {
  expect(toErrorPath(context, "/alpha:top/list[2]/values[.='alpha:x']").text).toBe(
    "/a:top/a:list[2]/a:values[.='alpha:x']",
  );
});
