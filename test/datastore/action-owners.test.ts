import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { checkActions } from "../../src/datastore/action-owners.ts";
import { actionPaths } from "../../src/plane/unit-paths.ts";
import type { Schema } from "../../src/yang/schema.ts";
import { schemaFixture } from "./engine-fixture.ts";

const all: readonly string[] = Object.values(actionPaths);
let schema: Schema;
beforeAll(async () => {
  schema = await schemaFixture([fileURLToPath(new URL("../yang/modules/farm.yang", import.meta.url))]);
});

test("every action of our modules is carried out by somebody; those of others need not be", () => {
  checkActions(schema, new Set(all));
  checkActions(schema, new Set([...all, "/farm:server/reset", "/farm:server/load/clear"]));
});

test("an action that nobody carries out is named", () => {
  expect(() => checkActions(schema, new Set(all.filter((path) => path !== actionPaths.resetNeighbor)))).toThrow(
    "Actions that nobody carries out: /bmpconfd-bgp:bgp/neighbor/reset. Carried out, but not in the modules: none.",
  );
});

test("one that is in no module is named", () => {
  expect(() => checkActions(schema, new Set([...all, "/bmpconfd-bmp:bmp/reset"]))).toThrow(
    "Carried out, but not in the modules: /bmpconfd-bmp:bmp/reset.",
  );
});
