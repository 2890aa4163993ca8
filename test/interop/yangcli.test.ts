import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { runToEnd } from "./harness/daemon.ts";
import { eventually } from "./harness/eventually.ts";
import { COLLECTOR_V4, COLLECTOR_V6, enterPrivateNetwork } from "./harness/private-network.ts";
import { RecordingSink, TERMINATION } from "./harness/recording-sink.ts";
import { scratchFile, scratchFolder } from "./harness/scratch.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";

enterPrivateNetwork();

const YANG = join(import.meta.dirname, "../../yang");
const STANDARD_MODULES = "/usr/share/yuma/modules";

let server: ServerProcess;
let modules: string;

beforeAll(async () => {
  server = await ServerProcess.start();
  modules = modulesOfYang1_0();
});
afterAll(cleanUp);

/** yangcli knows little of YANG 1.1: its copy of our modules lacks what is beyond it. */
function modulesOfYang1_0(): string {
  const folder = scratchFolder("modules");
  for (const name of readdirSync(YANG)) {
    const text = readFileSync(join(YANG, name), "utf8")
      .replace(/pattern '[^']*' \{\s*modifier "invert-match";/g, "pattern '.*' {")
      .replace(/type leafref \{[^}]*\}/g, "type string;")
      // It is built without numbers that have a fraction.
      .replace(/type decimal64 \{[^}]*\}/g, "type string;")
      // Notifications in data.
      .replace(/^ {4}notification .*?^ {4}\}\n/gms, "");
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Runs commands; the first one that fails ends yangcli. Returns what it prints once it is connected. */
async function yangcli(login: readonly string[], ...commands: string[]): Promise<string> {
  const script = scratchFile("script", [...commands, "quit", ""].join("\n"));
  const place = ["--server=127.0.0.1", `--ncport=${server.netconfPort}`, `--home=${scratchFolder("home")}`];
  const options = [
    "--batch-mode",
    "--autoaliases=false",
    "--autouservars=false",
    `--modpath=${modules}:${STANDARD_MODULES}`,
  ];
  const args = [...place, ...login, ...options, `--run-script=${script}`];
  const { code, stdout, stderr } = await runToEnd("yangcli", "yangcli", args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const [, work] = stdout.split("Checking Server Modules...");
  if (work === undefined) throw new Error(stdout);
  return work.trim().replace(SURPRISE, "");
}

const withPassword = [`--user=${USER}`, `--password=${PASSWORD}`];
/** It fetches a module of deviations as a module and as deviations, and is surprised at the second time. */
const SURPRISE =
  /^Error: cannot create temp file 'bmpconfd-system-deviations@[^']+', duplicate entry\s+Error: save <get-schema> .* \(entry exists\)\s+/;
const session = (address: string) => `/bmp/bmp-session[vpn-instance='_public_'][address='${address}'][alias='']`;
const RUNNING = "sget-config /bmp source=running";

test("yangcli creates, merges, replaces and deletes, each node by its path", async () => {
  const sink = await RecordingSink.listen(COLLECTOR_V4, 1790);
  const one = session(COLLECTOR_V4);

  const created = await yangcli(
    withPassword,
    "get-locks",
    `create ${one} -- enabled=true port=1789`,
    `replace ${one}/port value=1790`,
    `merge ${one}/description value=noc`,
    "validate source=candidate",
    "commit",
    "release-locks",
    RUNNING,
    `${RUNNING.replace("/bmp", `${one}/port`)}`,
    "save",
  );
  expect(created).not.toMatch(/[Ee]rror/);
  expect(created).toContain("get-locks finished OK");
  expect(created.match(/RPC OK Reply/g)).toHaveLength(6);
  expect(created).toMatch(
    new RegExp(
      [
        `bmp-session _public_ ${COLLECTOR_V4}  {`,
        "vpn-instance _public_",
        `address ${COLLECTOR_V4}`,
        "alias",
        "description noc",
        "enabled true",
        "port 1790",
        "}",
      ].join("\\s+"),
    ),
  );
  await eventually("connected", () => sink.connections.length === 1);

  const client = await server.connect();
  expect(await client.getConfig("startup")).toContain("<description>noc</description>");
  await client.close();

  const deleted = await yangcli(
    withPassword,
    `delete ${one}`,
    "discard-changes",
    // To delete a mere leaf makes it crash, before it has sent anything.
    `delete ${one}`,
    "commit",
    RUNNING,
  );
  expect(deleted.match(/RPC OK Reply/g)).toHaveLength(4);
  expect(deleted).not.toMatch(/[Ee]rror/);
  expect(deleted).not.toContain(COLLECTOR_V4);
  await eventually("Termination", () => sink.latest.types().includes(TERMINATION));
  await sink.close();
});

test.each(["ed25519", "ecdsa"] as const)(
  "yangcli works over base:1.0 with an %s key, and shows an error whole",
  async (type) => {
    const { key } = await server.sshLogin(type, type);
    const keys = [`--private-key=${key.privateFile}`, `--public-key=${key.publicFile}`];
    // Without a password it would ask for one.
    const login = [`--user=${type}`, ...keys, "--password=none", "--protocols=netconf1.0"];

    const one = session(COLLECTOR_V6);
    const path = `/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='${COLLECTOR_V6}'][bmp:alias='']`;
    const twice = await yangcli(
      login,
      `create ${one} -- enabled=false`,
      "commit",
      `create ${one} -- enabled=false`,
      "close-session",
    );
    expect(twice.match(/RPC OK Reply/g)).toHaveLength(2);
    expect(twice.match(/error-\w+ .*/g)).toEqual([
      "error-type application",
      "error-tag data-exists",
      "error-severity error",
      `error-path ${path}`,
      "error-message ''bmp-session' exists already in the target datastore. Use merge or replace to change it.'",
    ]);
    expect(await yangcli(login, `delete ${one}`, "commit", "close-session")).not.toMatch(/[Ee]rror/);
  },
);
