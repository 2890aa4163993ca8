import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bmp, session } from "./harness/configuration.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { ServerProcess } from "./harness/server-process.ts";
import { connectWithLibrary } from "./harness/ssh-library.ts";

enterPrivateNetwork();
afterAll(cleanUp);

const SESSIONS = 500;
const WRITERS = 50;
const READERS = 50;
const BUSY_MS = 3_000;
/** At most 32 connections of one source may be without a login (`maxUnauthenticatedPerSource`). */
const LOGINS_AT_ONCE = 24;
const SAMPLE_MS = 50;

/** SSH's state, both ways' buffers and what Node.js keeps for a socket: about 80 KiB each, and room for the collector. */
const SESSION_BYTES = 256 * 1024;
/** Requests and replies of the busy sessions, until the garbage collector comes. */
const WORK_BYTES = 64 * 1024 * 1024;

test(`${SESSIONS} sessions on a connection each, ${WRITERS + READERS} of them busy, in bounded memory`, async () => {
  const server = await ServerProcess.start();
  const { username, key } = await server.sshLogin("station");
  const credential = { privateKey: readFileSync(key.privateFile) };
  const memory = watchMemory(server.daemon.pid);

  const clients = await openAll(() => connectWithLibrary(server.netconfPort, username, credential));
  const ids = clients.map(({ hello }) => /<session-id>(\d+)</.exec(hello)?.[1]);
  expect(new Set(ids).size).toBe(SESSIONS);

  const until = performance.now() + BUSY_MS;
  const writers = clients.slice(0, WRITERS).map((client, index) => write(client, index, until));
  const readers = clients.slice(WRITERS, WRITERS + READERS).map((client, index) => read(client, index, until));
  const [written, seen] = await Promise.all([Promise.all(writers), Promise.all(readers)]);
  // Nobody was left out, and what was acknowledged last is what is there.
  expect(Math.min(...written)).toBeGreaterThan(0);
  expect(Math.min(...seen)).toBeGreaterThan(0);
  const running = (await clients.at(-1)?.getConfig()) ?? "";
  expect(new Set(descriptionsIn(running))).toEqual(new Set(written.map((times, index) => `${index}: ${times}`)));

  // All the others are still there.
  const replies = await Promise.all(clients.map((client) => client.get(bmp("<bmp-session><address/></bmp-session>"))));
  expect(new Set(replies.map((reply) => reply.split("<bmp-session>").length - 1))).toEqual(new Set([WRITERS]));
  expect(memory.grownBytes()).toBeLessThan(SESSIONS * SESSION_BYTES + WORK_BYTES);
  await Promise.all(clients.map((client) => client.close()));
  expect(server.daemon.isRunning).toBe(true);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  expect(server.daemon.stderr).not.toMatch(/"level":"(warn|error|fatal)"/);
});

async function openAll(open: () => Promise<NetconfClient>): Promise<NetconfClient[]> {
  const clients: NetconfClient[] = [];
  let begun = 0;
  const lane = async (): Promise<void> => {
    for (; begun < SESSIONS; ) {
      begun += 1;
      clients.push(await open());
    }
  };
  await Promise.all(Array.from({ length: LOGINS_AT_ONCE }, lane));
  return clients;
}

const addressOf = (index: number) => `2001:db8:6::${(index + 1).toString(16)}`;
const described = (index: number, description: string) =>
  bmp(session(addressOf(index), { enabled: false, description }));
const descriptionsIn = (reply: string) =>
  Array.from(reply.matchAll(/<description>([^<]*)<\/description>/g), ([, text]) => text);

/** Changes an entry of its own in running again and again; returns how often. */
async function write(client: NetconfClient, index: number, until: number): Promise<number> {
  let times = 0;
  do {
    times += 1;
    await client.editConfig(described(index, `${index}: ${times}`), "running");
  } while (performance.now() < until);
  return times;
}

/** Reads the entry that a writer changes: its values only ever grow. Returns how often it was read. */
async function read(client: NetconfClient, index: number, until: number): Promise<number> {
  let times = 0;
  let last = 0;
  do {
    times += 1;
    const reply = await client.get(bmp(`<bmp-session><address>${addressOf(index)}</address></bmp-session>`));
    const [found = `${index}: 0`] = descriptionsIn(reply);
    const value = Number(found.slice(`${index}: `.length));
    expect(value).toBeGreaterThanOrEqual(last);
    last = value;
  } while (performance.now() < until);
  return times;
}

/** How much the process's resident memory has grown at most since now. */
function watchMemory(pid: number): { grownBytes(): number } {
  const rssBytes = (): number =>
    Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
  const before = rssBytes();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, rssBytes());
  }, SAMPLE_MS);
  return {
    grownBytes() {
      clearInterval(timer);
      return Math.max(peak, rssBytes()) - before;
    },
  };
}
