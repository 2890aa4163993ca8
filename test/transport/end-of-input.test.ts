import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { AcceptChannel } from "../../src/netconf/channel.ts";
import { startListener, temporaryFolder } from "./harness.ts";

/** Answers some turns of the event loop after it was asked, as an operation does that waits for the datastore. */
const slowEcho: AcceptChannel = (channel) => ({
  received: async (bytes) => {
    for (let turns = 0; turns < 50; turns++) await turn();
    await channel.write(bytes);
  },
  closed: () => {},
});

test("a client that sends its request and the end of its input at once is answered", async () => {
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
  // From a file, so that request and end follow the subsystem request in one packet.
  const input = join(folder, "input");
  writeFileSync(input, "request");
  const client = spawn("ssh", [...args, "-s", "127.0.0.1", "netconf"], {
    stdio: [openSync(input, "r"), "pipe", "inherit"],
  });
  const answer = client.stdout as Readable;
  const [output, [status]] = await Promise.all([answer.toArray(), once(client, "close")]);
  expect(Buffer.concat(output as Buffer[]).toString()).toBe("request");
  expect(status).toBe(0);
});
