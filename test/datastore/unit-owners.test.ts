import { beforeAll, expect, test } from "vitest";
import { checkOwners } from "../../src/datastore/unit-owners.ts";
import { unitPaths } from "../../src/plane/unit-paths.ts";
import type { Schema } from "../../src/yang/schema.ts";
import { allUnitPaths as all } from "./all-unit-paths.ts";
import { schemaFixture } from "./engine-fixture.ts";

let schema: Schema;
beforeAll(async () => {
  schema = await schemaFixture();
});

test("every writable node of our modules is acted on by somebody", () => {
  checkOwners(schema, new Set(all));
});

test("a list that nobody acts on is named: the container it is in does not own it", () => {
  expect(() => checkOwners(schema, new Set(all.filter((path) => path !== unitPaths.neighbor)))).toThrow(
    "Writable, but acted on by nobody: /bmpconfd-bgp:bgp/neighbor, /bmpconfd-bgp:bgp/neighbor/address,",
  );
});

test("a unit that is in no module is named", () => {
  expect(() => checkOwners(schema, new Set([...all, "/bmpconfd-bmp:bmp/nothing"]))).toThrow(
    "Acted on, but not in the modules: /bmpconfd-bmp:bmp/nothing.",
  );
});
