import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { runToEnd } from "./harness/daemon.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { scratchFolder } from "./harness/scratch.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";

enterPrivateNetwork();

const MODULES = join(import.meta.dirname, "../yang/modules");
const EXTRA = ["kiosk", "kiosk-rules"].flatMap((name) => ["--yang", join(MODULES, `${name}.yang`)]);

interface Seen {
  readonly capabilities: readonly string[];
  readonly "state-capabilities": readonly string[];
  readonly "session-id": string;
  readonly sessions: readonly string[];
  readonly files: readonly string[];
  readonly [name: string]: unknown;
}

let folder: string;
let seen: Seen;

beforeAll(async () => {
  const server = await ServerProcess.start({ args: EXTRA });
  folder = scratchFolder("schemas");
  const script = join(import.meta.dirname, "ncclient-monitoring.py");
  const args = ["127.0.0.1", String(server.netconfPort), USER, PASSWORD, folder];
  const { stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", [script, ...args]);
  expect(stderr).toBe("");
  seen = JSON.parse(stdout) as Seen;
});
afterAll(cleanUp);

/** Without submodules, which are no files of their own to yanglint. */
const modulesIn = (format: string): string[] =>
  readdirSync(join(folder, format))
    .map((file) => join(folder, format, file))
    .filter((file) => !/^<?submodule /.test(readFileSync(file, "utf8")));

test("ncclient sees its own session, its lock, and the capabilities of the hello (RFC 6022)", () => {
  expect(seen["state-capabilities"].toSorted()).toEqual(seen.capabilities.toSorted());
  expect(seen).toMatchObject({
    sessions: [seen["session-id"]],
    username: [USER],
    "source-host": ["127.0.0.1"],
    "locked-by": [seen["session-id"]],
    "in-rpcs": ["2"],
    unknown: "invalid-value",
    "default-is-yang": true,
  });
});

test("the hello announces the library that ncclient reads (RFC 7950 section 5.6.4, RFC 8526 section 2)", () => {
  const [id] = seen["content-id"] as string[];
  expect(seen["module-set-id"]).toEqual([id]);
  const library = "urn:ietf:params:netconf:capability:yang-library";
  expect(seen.capabilities).toEqual(
    expect.arrayContaining([
      `${library}:1.0?revision=2019-01-04&module-set-id=${id}`,
      `${library}:1.1?revision=2019-01-04&content-id=${id}`,
      "urn:example:kiosk?module=kiosk&deviations=kiosk-rules",
    ]),
  );
});

/**
 * What yanglint has to say, but for what it says of a `when` in ietf-netconf-notifications (RFC 6470), which looks for
 * its leaf in the wrong place.
 */
const complaints = (stderr: string): string[] =>
  stderr.split("\n").filter((line) => line !== "" && !line.includes('in expr "../confirm-event"'));

test.each(["state", "library", "legacy"])("yanglint finds the reply with the %s valid", async (name) => {
  // As the library says: all are implemented but for those with types only.
  const implemented = modulesIn("yang").filter((file) => !file.includes("-types@"));
  const args = ["-D", "-p", join(folder, "yang"), "-t", "get", ...implemented, join(folder, `${name}.xml`)];
  const { code, stderr } = await runToEnd("yanglint", "yanglint", args);
  expect([code, complaints(stderr)]).toEqual([0, []]);
});

describe.each(["yang", "yin"])("what get-schema gives in %s", (format) => {
  test("is all that is listed", () => {
    expect(readdirSync(join(folder, format)).toSorted()).toEqual(
      seen.files.filter((file) => file.endsWith(`.${format}`)).toSorted(),
    );
    expect(seen.files.length).toBeGreaterThan(20);
  });

  test("is all that yanglint needs to parse each module", async () => {
    const modules = modulesIn(format);
    expect(modules.length).toBeGreaterThan(10);
    for (const file of modules) {
      const { code, stderr } = await runToEnd("yanglint", "yanglint", ["-D", "-p", join(folder, format), file]);
      expect([file, code, complaints(stderr)]).toEqual([file, 0, []]);
    }
  });
});
