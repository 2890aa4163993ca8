import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, noSession, session } from "./harness/configuration.ts";
import { runToEnd } from "./harness/daemon.ts";
import { eventually } from "./harness/eventually.ts";
import type { Base } from "./harness/netconf-client.ts";
import { sessionState } from "./harness/operational-state.ts";
import { COLLECTOR_V4, COLLECTOR_V6, enterPrivateNetwork } from "./harness/private-network.ts";
import { INITIATION, RecordingSink, TERMINATION } from "./harness/recording-sink.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";
import { SshSubsystem } from "./harness/ssh-subsystem.ts";

enterPrivateNetwork();

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.start();
  const client = await server.connect();
  await client.configure(bgp() + bmp());
  await client.close();
});
afterAll(cleanUp);

test("ncclient puts a BMP session in service under a lock, reads its state, and takes it out again", async () => {
  const sink = await RecordingSink.listen(COLLECTOR_V4, 1790);
  const script = join(import.meta.dirname, "ncclient-dialogue.py");
  const args = ["127.0.0.1", String(server.netconfPort), USER, PASSWORD, COLLECTOR_V4, "1790"];
  // Debian's own python3: the module is one of its packages.
  const { code, stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", [script, ...args]);

  expect(stderr).toBe("");
  expect(code).toBe(0);
  const { capabilities, ...seen } = JSON.parse(stdout) as { capabilities: string[] };
  expect(capabilities).toEqual(
    expect.arrayContaining([
      "urn:ietf:params:netconf:base:1.0",
      "urn:ietf:params:netconf:base:1.1",
      "urn:ietf:params:netconf:capability:candidate:1.0",
      "urn:ietf:params:netconf:capability:validate:1.1",
    ]),
  );
  expect(seen).toEqual({
    "running-before-commit": [],
    "running-after-commit": [COLLECTOR_V4],
    "oper-state": ["up"],
    initiations: ["1"],
    "running-after-undo": [],
    "state-after-undo": [],
    "deleted-twice": "data-missing",
  });
  await eventually("Termination", () => sink.latest.types().includes(TERMINATION));
  expect(sink.connections).toHaveLength(1);
  await sink.close();
});

test.each<{ base: Base; type: "ed25519" | "ecdsa" | "rsa" }>([
  { base: "1.0", type: "ed25519" },
  { base: "1.1", type: "ecdsa" },
  { base: "1.1", type: "rsa" },
])("OpenSSH's ssh -s has the same dialogue over base:$base with an $type key", async ({ base, type }) => {
  const login = await server.sshLogin("engineer", type);
  const sink = await RecordingSink.listen(COLLECTOR_V6);

  const { client, program } = await SshSubsystem.open(login, base);
  await client.rpc("<lock><target><candidate/></target></lock>");
  await client.editConfig(bmp(session(COLLECTOR_V6)));
  await client.rpc("<validate><source><candidate/></source></validate>");
  expect(await client.getConfig()).not.toContain(COLLECTOR_V6);
  await client.commit();
  expect(await client.getConfig()).toContain(COLLECTOR_V6);
  await eventually("session up", async () => (await sessionState(client, COLLECTOR_V6))?.["oper-state"] === "up");
  await client.editConfig(noSession(COLLECTOR_V6));
  await client.commit();
  expect(await client.getConfig()).not.toContain(COLLECTOR_V6);
  expect(await sessionState(client, COLLECTOR_V6)).toBeUndefined();
  await client.rpc("<unlock><target><candidate/></target></unlock>");
  await client.close();

  expect(await program.exited).toEqual({ code: 0, signal: null });
  await eventually("connection closed", () => sink.latest.ended);
  expect(sink.latest.types()).toEqual([INITIATION, TERMINATION]);
  await sink.close();
});
