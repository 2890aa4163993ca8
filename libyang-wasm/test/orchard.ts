import { readFileSync } from "node:fs";
import { afterAll, expect, onTestFinished } from "vitest";
import { type Context, type DataTree, Libyang, loadLibyangModule, readPackagedYangModule } from "../src/index.ts";

/** The module under test: without a build this throws, and every test fails. */
export const wasm = await loadLibyangModule();

const FIXTURES = new URL("./yang/", import.meta.url);

/** Modules and submodules of test/yang, then the modules that come with the package. */
export function importModule(name: string, revision?: string, submodule?: string): string | undefined {
  try {
    return readFileSync(new URL(`${submodule ?? name}.yang`, FIXTURES), "utf8");
  } catch {
    return readPackagedYangModule(name, revision, submodule);
  }
}

export const start = (): Libyang => Libyang.instantiate(wasm, { importModule });

/** A context that is disposed when the test that asks for it ends, or else the file. */
export function createContext(libyang = start()): Context {
  const context = libyang.createContext();
  const dispose = (): void => context.dispose();
  if (expect.getState().currentTestName === undefined) afterAll(dispose);
  else onTestFinished(dispose);
  return context;
}

/** An instance of libyang and a context with the orchard model in it, disposed as in createContext. */
export function orchardContext(...others: string[]): { libyang: Libyang; context: Context } {
  const libyang = start();
  const context = createContext(libyang);
  context.loadModule("orchard", { features: ["bees"] });
  for (const name of others) {
    context.loadModule(name, name === "ietf-netconf" ? { features: NETCONF_FEATURES } : {});
  }
  return { libyang, context };
}

const NETCONF_FEATURES = [
  "writable-running",
  "candidate",
  "confirmed-commit",
  "rollback-on-error",
  "validate",
  "startup",
  "url",
  "xpath",
];

export const ORCHARD = "urn:example:orchard";
export const NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0";

/** `<orchard>` with the usual prefixes declared. */
export const orchard = (content: string): string =>
  `<orchard xmlns="${ORCHARD}" xmlns:nc="${NETCONF}" xmlns:yang="urn:ietf:params:xml:ns:yang:1">${content}</orchard>`;

/** As libyang prints it: without unused prefixes. */
export const printed = (content: string): string => `<orchard xmlns="${ORCHARD}">${content}</orchard>`;

export const field = (name: string): string => `<field><name>${name}</name></field>`;

export const tree = (number: number, content = "", fieldName = "north"): string =>
  `<tree><field>${fieldName}</field><number>${number}</number>${content}</tree>`;

export const rpc = (operation: string): string => `<rpc xmlns="${NETCONF}" message-id="101">${operation}</rpc>`;

export const editConfig = (config: string): string =>
  rpc(`<edit-config><target><running/></target><config>${config}</config></edit-config>`);

/** Parses and validates, as a datastore would. */
export function valid(context: Context, xml: string): DataTree {
  const parsed = context.parseData(xml);
  context.validate(parsed);
  return parsed;
}
