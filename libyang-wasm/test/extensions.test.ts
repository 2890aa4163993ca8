import { expect, test } from "vitest";
import { createContext } from "./orchard.ts";

const MODULE = `module safe {
  yang-version 1.1;
  namespace "urn:example:safe";
  prefix s;
  import ietf-netconf-acm { prefix nacm; }
  extension colour { argument name; }
  container safe {
    nacm:default-deny-all;
    container shelf { leaf key { type string; s:colour "red"; } }
  }
  leaf door { nacm:default-deny-write; type string; }
  leaf wall { type string; }
  rpc open { nacm:default-deny-all; }
}`;

const context = createContext();
const module = context.parseModule(MODULE);
const extensionsOf = (path: string) => context.findSchema(path)[0]?.extensions();
const DENY_ALL = { moduleName: "ietf-netconf-acm", name: "default-deny-all" };

test("a node knows its extension statements", () => {
  expect(extensionsOf("/safe:door")).toEqual([{ moduleName: "ietf-netconf-acm", name: "default-deny-write" }]);
  expect(extensionsOf("/safe:wall")).toEqual([]);
});

test("those of ietf-netconf-acm are inherited (RFC 8341 section 3.4.5)", () => {
  expect(extensionsOf("/safe:safe")).toEqual([DENY_ALL]);
  expect(extensionsOf("/safe:safe/shelf")).toEqual([DENY_ALL]);
});

test("an extension of the module's own comes with its argument", () => {
  expect(extensionsOf("/safe:safe/shelf/key")).toContainEqual({ moduleName: "safe", name: "colour", argument: "red" });
  expect(extensionsOf("/safe:safe/shelf/key")).toContainEqual(DENY_ALL);
});

test("an operation has extensions too", () => {
  const open = module.topLevelSchema().find(({ kind }) => kind === "rpc");
  expect(open?.extensions()).toEqual([DENY_ALL]);
});
