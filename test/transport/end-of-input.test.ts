import { execFile, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { AcceptChannel } from "../../src/netconf/channel.ts";
import { hasOpenSsh, startListener, temporaryFolder } from "./harness.ts";

const ATTEMPTS = 10;

/** Answers some turns of the event loop after it was asked, as an operation does that waits for the datastore. */
const slowEcho: AcceptChannel = (channel) => ({
  received: async (bytes) => {
    for (let turns = 0; turns < 50; turns++) await turn();
    await channel.write(bytes);
  },
  closed: () => {},
});

test.skipIf(!hasOpenSsh)("a client that sends its request and the end of its input at once is answered", async () => {
  const { port } = await startListener({ accept: slowEcho });
  const folder = temporaryFolder();
  const key = join(folder, "id");
  await promisify(execFile)("ssh-keygen", ["-q", "-N", "", "-t", "ed25519", "-f", key]);
  const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes", "LogLevel=ERROR"];
  const args = [
    "-F",
    "none",
    "-i",
    key,
    "-p",
    String(port),
    "-l",
    "bob",
    ...options.flatMap((option) => ["-o", option]),
  ];
  const input = join(folder, "input");
  writeFileSync(input, "request");
  // From a file, so that request and end may follow the subsystem request in one packet: it is the kernel's choice.
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stdio: StdioOptions = [openSync(input, "r"), "pipe", "inherit"];
    const client = spawn("ssh", [...args, "-s", "127.0.0.1", "netconf"], { stdio });
    const answer = client.stdout as Readable;
    const [output, [status]] = await Promise.all([answer.toArray(), once(client, "close")]);
    expect([Buffer.concat(output as Buffer[]).toString(), status]).toEqual(["request", 0]);
  }
});
