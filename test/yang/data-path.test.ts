import { expect, test } from "vitest";
import { allInstances, withoutPredicates } from "../../src/yang/data-path.ts";

test.each([
  ["/m:a/b", "/m:a/b", "/m:a/b"],
  ["/m:a/b[k='1']", "/m:a/b", "/m:a/b"],
  ["/m:a[k='1'][l='2']/b[.='x']", "/m:a/b", "/m:a[k='1'][l='2']/b"],
  [`/m:a[k="it's]['"]/b[k='[1]'][l="]"]`, "/m:a/b", `/m:a[k="it's]['"]/b`],
  ["/m:a[k='1']/leaf", "/m:a/leaf", "/m:a[k='1']/leaf"],
  ["/m:a[1]", "/m:a", "/m:a"],
])("%s: its schema node, and all its instances", (path, schemaPath, list) => {
  expect(withoutPredicates(path)).toBe(schemaPath);
  expect(allInstances(path)).toBe(list);
});
