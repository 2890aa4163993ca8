import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { SystemState } from "../../src/system/system-state.ts";
import { engineFixture, schemaFixture } from "../datastore/engine-fixture.ts";

const NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-system";
const uname = (option: string) => execFileSync("uname", [option], { encoding: "utf8" }).trim();
const element = (name: string) => ({ name, namespace: NAMESPACE, attributes: [], text: "", children: [] });

test("/system-state tells of the operating system and its clock (RFC 7317 section 3.6)", async () => {
  const engine = engineFixture(await schemaFixture());
  const start = Date.now();
  const data = engine.get(await new SystemState().state(), [element("system-state")]);
  const times = [...data.matchAll(/-datetime>([^<]+)</g)].map(([, text]) => text as string);
  expect(data).toBe(
    `<system-state xmlns="${NAMESPACE}"><platform><os-name>${uname("-s")}</os-name><os-release>${uname("-r")}</os-release>` +
      `<os-version>${uname("-v")}</os-version><machine>${uname("-m")}</machine></platform>` +
      `<clock><current-datetime>${times[0]}</current-datetime><boot-datetime>${times[1]}</boot-datetime></clock></system-state>`,
  );
  const [now, booted] = times.map((time) => Date.parse(time)) as [number, number];
  expect(Math.abs(now - start)).toBeLessThan(5_000);
  const uptimeS = Number(execFileSync("cat", ["/proc/uptime"], { encoding: "utf8" }).split(" ")[0]);
  expect(Math.abs(Date.now() - booted - uptimeS * 1000)).toBeLessThan(5_000);
});

test("nothing is read where a filter cannot select it; boot time stays the same", async () => {
  const state = new SystemState();
  expect(await state.state([element("bmp")])).toEqual([]);
  const booted = (document: string | undefined) => /"boot-datetime":"[^"]+"/.exec(document ?? "")?.[0];
  const [first] = await state.state([element("bmp"), element("system-state")]);
  const [second] = await state.state(undefined);
  expect(booted(first)).toBeDefined();
  expect(booted(second)).toBe(booted(first));
});
