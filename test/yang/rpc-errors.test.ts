import { YangError } from "libyang-wasm";
import { expect, test } from "vitest";
import { toRpcError } from "../../src/yang/rpc-errors.ts";
import { schemaFixture } from "../datastore/engine-fixture.ts";

const schema = await schemaFixture();

test.each(["ELIMIT", "EMEM"] as const)("a bound of libyang's (%s) is resource-denied (RFC 6241 appendix A)", (code) => {
  const error = new YangError(code, [{ code, validationCode: "OTHER", message: "Too much." }], "parse");
  expect(toRpcError(schema.context, error).entries).toMatchObject([{ tag: "resource-denied", message: "Too much." }]);
});
