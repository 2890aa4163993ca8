import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { asked, ExampleServer, OK } from "./example-server.ts";
import { rpc } from "./harness.ts";

let server: ExampleServer;
beforeEach(async () => {
  server = await ExampleServer.start();
});
afterEach(() => server.stop());

/** What an example that begins with an entry is in. */
const AROUND: Readonly<Record<string, readonly [before: string, after: string]>> = {
  neighbor: ['<bgp xmlns="urn:bmpconfd:yang:bgp">', "</bgp>"],
  "bmp-session": ['<bmp xmlns="urn:bmpconfd:yang:bmp">', "</bmp>"],
};

test.each([
  ["README.md", 2],
  ["docs/CONFIGURATION.md", 8],
])("what %s configures fits the model", async (name, count) => {
  const text = readFileSync(join(import.meta.dirname, "../..", name), "utf8");
  const blocks = [...text.matchAll(/^```xml\n(<(config|bgp|bmp-session|bmp|mrt|relay|neighbor)\b.*?)^```$/gms)];
  expect(blocks).toHaveLength(count);
  const netconf = await server.open();
  for (const [, block = "", root = ""] of blocks) {
    const [before, after] = AROUND[root] ?? ["", ""];
    // "…" stands for the rest of a key.
    const whole = block.replaceAll("…", "AAA");
    const config = root === "config" ? whole : `<config>${before}${whole}${after}</config>`;
    const edit = `<edit-config><target><candidate/></target>${config}</edit-config>`;
    expect([block, await asked(netconf, rpc(edit))]).toEqual([block, OK]);
  }
});
