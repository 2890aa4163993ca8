import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ConstraintTable } from "../../../src/yang/constraints/constraint-table.ts";
import { Model, moduleText, printDependency, printTable } from "./model.ts";

const tableLines = (...texts: string[]): string[] => {
  const model = new Model(...texts);
  return printTable(new ConstraintTable(model.topLevel), model);
};

test("a must depends on what its expression looks at, in its own entry only", () => {
  expect(
    tableLines(
      moduleText(`list l { key k; leaf k { type string; } must "count(v) < 3 or w = 'x'";
        leaf-list v { type string; } leaf w { type string; } leaf other { type string; } }`),
    ),
  ).toEqual(["/m:l/v: existence -> must of /m:l within /m:l", "/m:l/w: value -> must of /m:l within /m:l"]);
});

test("several constraints of one kind on a node are one, with the widest scope and the stronger aspect", () => {
  const list = (musts: string) =>
    moduleText(`list l { key k; leaf k { type string; } leaf v { type string; } ${musts} }`);
  const existence = "/m:l/v: existence -> must of /m:l within ";
  const value = "/m:l/v: value -> must of /m:l within ";
  const own = (line: string) => line.startsWith("/m:l/v");
  expect(tableLines(list('must "v"; must "v = 1";')).filter(own)).toEqual([`${value}/m:l`]);
  expect(tableLines(list('must "v = 1"; must "v";')).filter(own)).toEqual([`${value}/m:l`]);
  expect(tableLines(list('must "v"; must "/l/v";')).filter(own)).toEqual([`${existence}/`]);
  expect(tableLines(list('must "/l/v"; must "v";')).filter(own)).toEqual([`${existence}/`]);
  expect(tableLines(list('must "v = 1"; must "/l/v";')).filter(own)).toEqual([`${value}/m:l`, `${existence}/`]);
  expect(tableLines(list('must "/l/v = 1"; must "v";')).filter(own)).toEqual([`${value}/`]);
});

test("a when is one of the data nodes it decides on, wherever it is written", () => {
  const group = "grouping g { leaf u { type string; } }";
  expect(
    tableLines(
      moduleText(`${group} container c { leaf x { type string; }
        leaf own { when "../x = 'own'"; type string; }
        uses g { when "x = 'uses'"; }
        choice ch { when "x = 'choice'"; case ca { when "x = 'case'"; leaf p { type string; } container q; } leaf r { type string; } } }
        augment /c { when "x = 'augment'"; leaf y { type string; } }`),
    ),
  ).toEqual(["own", "u", "p", "q", "r", "y"].map((owner) => `/m:c/x: value -> when of /m:c/${owner} within /m:c`));
});

test("a leafref depends on its target and on what its path compares, alone or in a union", () => {
  expect(
    tableLines(
      moduleText(`
        list l { key k; leaf k { type string; } leaf v { type string; } }
        list r { key n; leaf n { type string; } leaf k { type leafref { path /l/k; } }
          leaf v { type union { type leafref { path "/l[k = current()/../k]/v"; } type leafref { path ../n; } type empty; } }
          leaf loose { type leafref { path /l/k; require-instance false; } } }`),
    ),
  ).toEqual([
    "/m:l/k: value -> leafref of /m:r/k within /",
    "/m:l/k: value -> leafref of /m:r/v within /",
    "/m:l/v: value -> leafref of /m:r/v within /",
    "/m:r/n: value -> leafref of /m:r/v within /m:r",
    "/m:r/k: value -> leafref of /m:r/k within /m:r/k",
    "/m:r/k: value -> leafref of /m:r/v within /m:r",
    "/m:r/v: value -> leafref of /m:r/v within /m:r/v",
  ]);
});

test("what cannot be bounded is listed with the reason, and nowhere else", () => {
  expect(
    tableLines(
      moduleText(`container c { leaf x { type string; }
        leaf i { type instance-identifier; }
        leaf-list j { type union { type instance-identifier; type int8; } }
        leaf loose { type instance-identifier { require-instance false; } }
        leaf y { type string; must "../x"; must "deref(../i)/../x"; } }`),
    ),
  ).toEqual([
    "unbounded: instance-identifier of /m:c/i: its data say what it depends on",
    "unbounded: instance-identifier of /m:c/j: its data say what it depends on",
    "unbounded: must of /m:c/y: it calls deref() where the type does not tell the target",
  ]);
});

test("state data, operations and notifications have no part in it", () => {
  expect(
    tableLines(
      moduleText(`container c { leaf x { type string; }
        leaf s { config false; type leafref { path ../x; } must "../x"; }
        action a { input { leaf i { type leafref { path ../../x; } must "../../x"; } } }
        notification n { leaf i { type leafref { path ../../x; } } } }
        rpc r { input { leaf i { type leafref { path /c/x; } } } }
        notification t { leaf i { type leafref { path /c/x; } } }`),
    ),
  ).toEqual([]);
});

test("names of a grouping are of the module that uses it; an augmenting module's are its own", () => {
  const g = `module g { yang-version 1.1; namespace "urn:g"; prefix g;
    grouping gg { leaf a { type string; must "../b"; } leaf b { type string; } } }`;
  const n = `module n { yang-version 1.1; namespace "urn:n"; prefix n; import m { prefix mm; }
    augment /mm:c { leaf b { type string; } leaf d { type string; must "../b = ../mm:b"; } } }`;
  expect(tableLines(g, moduleText("import g { prefix g; } container c { uses g:gg; }"), n)).toEqual([
    "/m:c/b: existence -> must of /m:c/a within /m:c",
    "/m:c/b: value -> must of /m:c/n:d within /m:c",
    "/m:c/n:b: value -> must of /m:c/n:d within /m:c",
  ]);
});

test("what goes with all that is below it affects only what is outside", () => {
  const model = new Model(
    moduleText(`container c { must "l"; must "count(l/deep/n) < 9";
      list l { key k; leaf k { type string; } must "deep/n"; must "../l/deep/n = 1";
        container deep { leaf n { type int8; must ". < ../../k"; } } } }
      leaf far { type leafref { path /c/l/k; } }`),
  );
  const table = new ConstraintTable(model.topLevel);
  const below = (path: string) => table.dependentsBelow(model.node(path)).map(printDependency);
  expect(below("/m:c/l/deep/n")).toEqual([
    "existence -> must of /m:c within /m:c",
    "existence -> must of /m:c/l within /m:c",
  ]);
  expect(below("/m:c/l/deep")).toEqual(below("/m:c/l/deep/n"));
  expect(below("/m:c/l")).toEqual([
    "existence -> must of /m:c within /m:c",
    "existence -> leafref of /m:far within /",
    "existence -> must of /m:c/l within /m:c",
  ]);
  expect(below("/m:c")).toEqual(["existence -> leafref of /m:far within /"]);
  expect(table.dependentsBelow(model.node("/m:c"))).toBe(table.dependentsBelow(model.node("/m:c")));
});

test("the server's own modules", () => {
  const folder = new URL("../../../yang/", import.meta.url);
  // Each after those that it imports.
  const rank = (file: string): number => ["vpn-instance", "bgp", "bmp"].findIndex((name) => file.includes(`-${name}@`));
  const files = readdirSync(folder)
    .sort()
    .sort((one, other) => ((rank(one) + 4) % 4) - ((rank(other) + 4) % 4));
  const model = new Model(...files.map((file) => readFileSync(new URL(file, folder), "utf8")));
  const table = new ConstraintTable(model.topLevel);
  const within = (path: string) => ` within ${path}`;
  const session = "/bmpconfd-bmp:bmp/bmp-session";
  const monitored = `${session}/monitor`;
  const listen = "/bmpconfd-bmp:bmp/listen";
  const neighbor = "/bmpconfd-bgp:bgp/neighbor";
  const instance = "/bmpconfd-vpn-instance:vpn-instances/vpn-instance";
  const ownMust = (path: string) => `${path}: value -> must of ${path}${within(path)}`;
  const listenOfLocalPort = `must of ${session}/local-port${within("/bmpconfd-bmp:bmp")}`;
  expect(printTable(table, model)).toEqual([
    `${instance}/name: value -> leafref of ${neighbor}/vpn-instance${within("/")}`,
    `${instance}/name: value -> leafref of ${listen}/vpn-instance${within("/")}`,
    `${instance}/name: value -> leafref of ${session}/vpn-instance${within("/")}`,
    `${instance}/name: value -> leafref of ${monitored}/vpn-instance/name${within("/")}`,
    `${instance}/name: value -> leafref of ${monitored}/peer/vpn-instance${within("/")}`,
    ownMust(`${instance}/route-distinguisher`),
    ownMust("/bmpconfd-bgp:bgp/local-as"),
    ownMust("/bmpconfd-bgp:bgp/router-id"),
    ownMust(`${neighbor}/address`),
    `${neighbor}/address: value -> must of ${neighbor}/local-address${within(neighbor)}`,
    `${neighbor}/vpn-instance: value -> leafref of ${neighbor}/vpn-instance${within(`${neighbor}/vpn-instance`)}`,
    ownMust(`${neighbor}/local-address`),
    `${neighbor}/address-family: value -> must of ${neighbor}/add-path-receive${within(neighbor)}`,
    `${neighbor}/address-family: value -> must of ${neighbor}/family-maximum-prefixes/address-family${within(neighbor)}`,
    ownMust(`${neighbor}/add-path-receive`),
    ownMust(`${neighbor}/family-maximum-prefixes/address-family`),
    `${listen}: existence -> ${listenOfLocalPort}`,
    `${listen}/vpn-instance: value -> leafref of ${listen}/vpn-instance${within(`${listen}/vpn-instance`)}`,
    `${listen}/vpn-instance: value -> ${listenOfLocalPort}`,
    ownMust(`${listen}/address`),
    `${listen}/port: value -> ${listenOfLocalPort}`,
    `${session}/vpn-instance: value -> leafref of ${session}/vpn-instance${within(`${session}/vpn-instance`)}`,
    `${session}/vpn-instance: value -> must of ${session}/local-port${within(session)}`,
    `${session}/vpn-instance: value -> must of ${session}/source-interface${within(session)}`,
    ownMust(`${session}/address`),
    `${session}/address: value -> must of ${session}/source-address${within(session)}`,
    ownMust(`${session}/connection-mode`),
    `${session}/connection-mode: value -> when of ${session}/local-port${within(session)}`,
    ...["source-address", "source-interface", "tls"].map(
      (name) => `${session}/connection-mode: value -> must of ${session}/${name}${within(session)}`,
    ),
    `${session}/local-port: existence -> must of ${session}/connection-mode${within(session)}`,
    ownMust(`${session}/local-port`),
    ownMust(`${session}/source-address`),
    `${session}/tls/certificate: existence -> must of ${session}/tls${within(`${session}/tls`)}`,
    `${session}/tls/private-key: existence -> must of ${session}/tls${within(`${session}/tls`)}`,
    `${session}/connect-retry/initial: value -> must of ${session}/connect-retry${within(`${session}/connect-retry`)}`,
    `${session}/connect-retry/maximum: value -> must of ${session}/connect-retry${within(`${session}/connect-retry`)}`,
    `${monitored}/vpn-instance/name: value -> leafref of ${monitored}/vpn-instance/name${within(`${monitored}/vpn-instance/name`)}`,
    `${monitored}/peer/vpn-instance: value -> leafref of ${monitored}/peer/vpn-instance${within(`${monitored}/peer/vpn-instance`)}`,
    ownMust("/bmpconfd-relay:relay/router/address"),
  ]);
  const outside = (path: string) => table.dependentsBelow(model.node(path)).map(printDependency);
  expect(outside(instance)).toEqual(
    [
      `${neighbor}/vpn-instance`,
      `${listen}/vpn-instance`,
      `${session}/vpn-instance`,
      `${monitored}/vpn-instance/name`,
      `${monitored}/peer/vpn-instance`,
    ].map((reference) => `existence -> leafref of ${reference} within /`),
  );
  for (const child of model.node(session).children()) {
    if (child.isConfig) expect(outside(child.path).filter((line) => !line.endsWith(within(session)))).toEqual([]);
  }
  expect(outside(`${session}/port`)).toEqual([]);
  expect(outside(session)).toEqual([]);
  expect(outside(neighbor)).toEqual([]);
});
