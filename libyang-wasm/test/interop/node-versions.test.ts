import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeBinary, npm } from "./node-binary.ts";

/** The package as it would be published, installed in a project of its own, in the oldest Node.js it is for and newer ones. */
const VERSIONS = ["20.19.0", "22.23.3", "24.21.0", "26.9.0"];
/** Of those, the ones that have `using` as a syntax. */
const WITH_USING = ["24.21.0", "26.9.0"];

const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));
const CONSUMER = fileURLToPath(new URL("./consumer/", import.meta.url));
const DOWNLOAD_MS = 180_000;

let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "consumer-"));
  npm(["pack", PACKAGE, "--pack-destination", project]);
  const tarball = readdirSync(project).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack made no tarball");
  writeFileSync(join(project, "package.json"), '{ "name": "consumer", "private": true }');
  npm(["install", "--prefix", project, "--offline", join(project, tarball)]);
  for (const name of readdirSync(CONSUMER)) copyFileSync(join(CONSUMER, name), join(project, name));
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** What a script of the consumer's prints. Warnings count as failures. */
const output = (version: string, script: string): unknown =>
  JSON.parse(execFileSync(nodeBinary(version), ["--throw-deprecation", script], { cwd: project, encoding: "utf8" }));

const INTERFACE = "/ietf-interfaces:interfaces/interface[name='eth0']";

describe.each(VERSIONS)("Node.js %s", (version) => {
  beforeAll(() => void nodeBinary(version), DOWNLOAD_MS);

  test("is what it says", () => {
    expect(execFileSync(nodeBinary(version), ["--version"], { encoding: "utf8" })).toBe(`v${version}\n`);
  });

  test("parses, validates, finds, changes, compares, prints and disposes", () => {
    expect(output(version, "main-job.mjs")).toEqual({
      libyang: "3.12.2",
      refused: [{ dataPath: INTERFACE, message: 'Mandatory node "type" instance does not exist.' }],
      json: {
        "ietf-interfaces:interfaces": {
          interface: [{ name: "eth0", description: "Käthe 🍎", type: "iana-if-type:ethernetCsmacd", enabled: true }],
        },
      },
      found: ["true"],
      diff: expect.stringMatching(/^<interfaces .* yang:operation="none".*orig-value="true".*>false<\/enabled>/),
      isSameAfterDiff: true,
      isSameAfterReverse: true,
      afterDisposal: "StaleHandleError",
      liveOwners: 0,
      liveContexts: 0,
      afterTrap: "LibyangTrap",
    });
  });

  test("loads it from CommonJS", () => {
    expect(output(version, "require.cjs")).toEqual({ libyang: "3.12.2" });
  });
});

test.each(WITH_USING)("Node.js %s disposes what `using` declares", { timeout: DOWNLOAD_MS }, (version) => {
  expect(output(version, "using.mjs")).toEqual({ during: [1, 1], after: [0, 0] });
});
