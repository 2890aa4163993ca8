import { once } from "node:events";
import { readlinkSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { dial } from "../../src/net/dial.ts";
import { fdOf, md5Capacity, setListenerMd5Key } from "../../src/net/linux-socket.ts";
import { ListenerKeys } from "../../src/net/listener-keys.ts";
import { md5Signature } from "../../src/net/md5-signature.ts";

const KEY = "a key of 80 octets: ".padEnd(80, "~");
/** On loopback a SYN that is wanted is answered at once. */
const UNANSWERED_MS = 200;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listen(host: string): Promise<Server> {
  const server = createServer((socket) => socket.end("welcome")).listen(0, host);
  closing.push(() => server.close());
  await once(server, "listening");
  return server;
}

/** What a connection to `server` with that key brings. */
async function answer(server: Server, address: string, md5Key?: string): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const socket = dial({ address, port, ...(md5Key !== undefined && { md5Key }) });
  closing.push(() => socket.destroy());
  const received = once(socket, "data").then(([bytes]) => String(bytes));
  return Promise.race([received, sleep(UNANSWERED_MS, "nothing")]);
}

describe.each([
  ["127.0.0.1", "127.0.0.1"],
  ["::1", "::1"],
  ["::", "127.0.0.1"],
  ["::", "::1"],
])("a listener on %s and a client to %s", (host, address) => {
  test("meet with the same key only", async () => {
    const server = await listen(host);
    setListenerMd5Key(server, { address, key: KEY });
    const answers = [answer(server, address, KEY), answer(server, address, "another"), answer(server, address)];
    expect(await Promise.all(answers)).toEqual(["welcome", "nothing", "nothing"]);
    setListenerMd5Key(server, { address, key: "another" });
    expect(await answer(server, address, "another")).toBe("welcome");
    setListenerMd5Key(server, { address, key: "" });
    setListenerMd5Key(server, { address, key: "" });
    expect(await Promise.all([answer(server, address), answer(server, address, KEY)])).toEqual(["welcome", "nothing"]);
  });
});

test("the key of one address is no other's", async () => {
  const server = await listen("::");
  setListenerMd5Key(server, { address: "127.0.0.2", key: KEY });
  expect(await answer(server, "127.0.0.1")).toBe("welcome");
});

test("there are as many keys on a listener as was said there can be", async () => {
  const capacity = md5Capacity(100_000);
  expect(capacity).toBeGreaterThan(50);
  expect(capacity).toBeLessThan(100_000);
  expect(md5Capacity(capacity - 1)).toBe(capacity - 1);
  const server = await listen("::");
  const address = (index: number) => `10.0.${index >>> 8}.${index & 0xff}`;
  for (let index = 0; index < capacity; index++) setListenerMd5Key(server, { address: address(index), key: KEY });
  const oneMore = { address: address(capacity), key: KEY };
  expect(() => setListenerMd5Key(server, oneMore)).toThrow("cannot set a TCP MD5 key: ENOMEM");
  setListenerMd5Key(server, { address: address(0), key: "" });
  setListenerMd5Key(server, oneMore);
});

test("this Node.js tells the file descriptors of servers and sockets; of what has none nobody gets a number", async () => {
  const server = await listen("127.0.0.1");
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const socket = dial({ address: "127.0.0.1", port });
  const isSocket = (owner: Server | Socket) => readlinkSync(`/proc/self/fd/${fdOf(owner)}`).startsWith("socket:");
  await once(socket, "connect");
  const [peer] = await accepted;
  peer.on("error", () => {});
  expect([server, socket, peer].map(isSocket)).toEqual([true, true, true]);
  expect(new Set([server, socket, peer].map(fdOf)).size).toBe(3);
  socket.destroy();
  expect(() => fdOf(socket)).toThrow(`Node.js ${process.version} does not tell a file descriptor`);
});

test("a key that found no room is set when there is some, and nobody is let in without it before", async () => {
  const problems: string[] = [];
  const keys = new ListenerKeys((address, problem) => problems.push(`${address} ${problem}`));
  const server = await listen("::");
  keys.addListener(server);
  const capacity = md5Capacity(100_000);
  for (let index = 0; index < capacity; index++) keys.set(`10.0.${index >>> 8}.${index & 0xff}`, KEY);
  keys.set("127.0.0.1", KEY);
  expect(problems).toEqual(["127.0.0.1 cannot set a TCP MD5 key: ENOMEM"]);
  expect(keys.isGuarded(server, "127.0.0.1")).toBe(false);
  keys.set("10.0.0.1", undefined);
  expect(keys.isGuarded(server, "127.0.0.1")).toBe(true);
  expect(await answer(server, "127.0.0.1")).toBe("nothing");
  expect(await answer(server, "127.0.0.1", KEY)).toBe("welcome");
});

test("a key that is too long is refused, not cut", () => {
  expect(() => md5Signature(4, { address: "127.0.0.1", key: `${KEY}!` })).toThrow("has at most 80 octets");
});
