import { expect, test } from "vitest";
import * as constructors from "../../src/errors/constructors.ts";
import type { RpcError } from "../../src/errors/rpc-error.ts";

const ANY = ["transport", "rpc", "protocol", "application"];
const PROTOCOL = ["protocol", "application"];
const RPC = ["rpc", "protocol", "application"];
const ELEMENT = ["badElement"];
const ATTRIBUTE = ["badAttribute", "badElement"];

/** RFC 6241 appendix A: the types that an error may have, and what `<error-info>` says of it. */
const APPENDIX_A: Readonly<Record<string, readonly [types: readonly string[], info: readonly string[]]>> = {
  "in-use": [PROTOCOL, []],
  "invalid-value": [PROTOCOL, []],
  "too-big": [ANY, []],
  "missing-attribute": [RPC, ATTRIBUTE],
  "bad-attribute": [RPC, ATTRIBUTE],
  "unknown-attribute": [RPC, ATTRIBUTE],
  "missing-element": [PROTOCOL, ELEMENT],
  "bad-element": [PROTOCOL, ELEMENT],
  "unknown-element": [PROTOCOL, ELEMENT],
  "unknown-namespace": [PROTOCOL, ["badElement", "badNamespace"]],
  "access-denied": [PROTOCOL, []],
  "lock-denied": [["protocol"], ["sessionId"]],
  "resource-denied": [ANY, []],
  "data-exists": [["application"], []],
  "data-missing": [["application"], []],
  "operation-not-supported": [PROTOCOL, []],
  "operation-failed": [RPC, []],
  "malformed-message": [["rpc"], []],
};

test("every error has a type that its tag may have, and the information that it needs (RFC 6241 appendix A)", () => {
  const tags = Object.values(constructors).map((construct) => {
    // Names come first, then the message.
    const text = Array.from({ length: construct.length }, (_, at) => `text ${at}`);
    const [entry] = (construct as (...texts: readonly string[]) => RpcError)(...text).entries;
    const [types, info] = APPENDIX_A[entry?.tag ?? ""] ?? [[], []];
    expect(types, entry?.tag).toContain(entry?.type);
    expect(Object.keys(entry?.info ?? {}).toSorted(), entry?.tag).toEqual(info);
    return entry?.tag;
  });
  expect(new Set(tags)).toEqual(new Set(Object.keys(APPENDIX_A)));
});
