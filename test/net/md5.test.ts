import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { dial } from "../../src/net/dial.ts";
import { setListenerMd5Key } from "../../src/net/linux-socket.ts";
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

test("a key that is too long is refused, not cut", () => {
  expect(() => md5Signature(4, { address: "127.0.0.1", key: `${KEY}!` })).toThrow("has at most 80 octets");
});
