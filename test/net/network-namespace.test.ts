import { once } from "node:events";
import { readlinkSync, rmSync, writeFileSync } from "node:fs";
import type { Server, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer } from "node:tls";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, test } from "vitest";
import { type DialOptions, dial } from "../../src/net/dial.ts";
import { networkProblem, setListenerMd5Key } from "../../src/net/linux-socket.ts";
import { endpointOf, listen } from "../../src/net/listen.ts";
import { inNamespace } from "../../src/net/network-namespace.ts";
import { Authority } from "./certificates.ts";
import { namespaceWith } from "./namespace.ts";

const NAME = namespaceWith("192.0.2.1/32");
/** On loopback a SYN that is wanted is answered at once. */
const UNANSWERED_MS = 200;

const ownNetwork = () => readlinkSync("/proc/thread-self/ns/net");

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Tells each client where it comes from. */
async function greeter(address = "192.0.2.1"): Promise<Server> {
  const server = await listen({ address, port: 0 }, { namespace: NAME }, (socket) => {
    socket.on("error", () => {});
    socket.end(`from ${socket.remoteAddress}`);
    socket.resume();
  });
  closing.push(() => server.close());
  return server;
}

async function ask(server: Server, options: Partial<DialOptions> = {}): Promise<string> {
  const { port } = endpointOf(server);
  const socket = dial({ address: "192.0.2.1", port, namespace: NAME, ...options });
  closing.push(() => socket.destroy());
  const received = once(socket, "data").then(([bytes]) => String(bytes));
  return Promise.race([received, sleep(UNANSWERED_MS, "nothing")]);
}

describe("a socket in a network namespace", () => {
  test("is in that network and in no other", async () => {
    const server = await greeter();
    const before = ownNetwork();
    expect(await ask(server)).toBe("from 192.0.2.1");
    expect(ownNetwork()).toBe(before);
    const outside = dial({ address: "127.0.0.1", port: endpointOf(server).port });
    await expect(once(outside, "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("listens on all addresses, for IPv4 and IPv6", async () => {
    const server = await greeter("::");
    expect(await ask(server)).toBe("from ::ffff:192.0.2.1");
    expect(await ask(server, { address: "::1" })).toBe("from ::1");
  });

  test("has a source address, timeouts and a key like any other", async () => {
    const server = await greeter();
    setListenerMd5Key(server, { address: "127.0.0.5", key: "secret" });
    const options = {
      sourceAddress: "127.0.0.5",
      keepalive: { idleS: 5, intervalS: 2, count: 3 },
      userTimeoutS: 9,
    };
    expect(await ask(server, { ...options, md5Key: "other" })).toBe("nothing");
    expect(await ask(server, options)).toBe("nothing");
    expect(await ask(server, { ...options, md5Key: "secret" })).toBe("from 127.0.0.5");
  });

  test("with the key of its address is let in", async () => {
    const server = await greeter();
    setListenerMd5Key(server, { address: "192.0.2.1", key: "secret" });
    expect(await ask(server)).toBe("nothing");
    expect(await ask(server, { md5Key: "secret" })).toBe("from 192.0.2.1");
  });

  test("speaks TLS", async () => {
    const authority = new Authority();
    const { certificate, key } = authority.issue("IP:192.0.2.1");
    const secured = createServer({ cert: certificate, key }, (socket) => socket.end("secured"));
    const server = await listen({ address: "192.0.2.1", port: 0 }, { namespace: NAME }, (socket: Socket) => {
      secured.emit("connection", socket);
      socket.resume();
    });
    closing.push(() => server.close());
    expect(await ask(server, { tls: { caCertificates: authority.certificate } })).toBe("secured");
  });

  test("tells of a port in use like any other", async () => {
    const { port } = endpointOf(await greeter());
    const again = listen({ address: "192.0.2.1", port }, { namespace: NAME }, () => {});
    await expect(again).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});

describe("a network namespace", () => {
  test("that is there is no problem", () => {
    expect(networkProblem({ namespace: NAME })).toBeUndefined();
  });

  test.each([
    ["nosuch-namespace", "network namespace nosuch-namespace does not exist"],
    ["", '"" is not the name of a network namespace'],
    [".", '"." is not the name of a network namespace'],
    ["..", '".." is not the name of a network namespace'],
    ["../netns/x", '"../netns/x" is not the name of a network namespace'],
    ["x\0", '"x\0" is not the name of a network namespace'],
  ])("%j cannot be used, and the thread stays where it is", (namespace, problem) => {
    const before = ownNetwork();
    expect(networkProblem({ namespace })).toBe(problem);
    expect(() => dial({ address: "127.0.0.1", port: 1, namespace })).toThrow(problem);
    expect(ownNetwork()).toBe(before);
  });

  test("is left when what was done in it fails", () => {
    const before = ownNetwork();
    expect(() =>
      inNamespace(NAME, () => {
        expect(ownNetwork()).not.toBe(before);
        throw new Error("failed");
      }),
    ).toThrow("failed");
    expect(ownNetwork()).toBe(before);
  });

  test("that is a file of another kind cannot be entered", () => {
    writeFileSync(`/run/netns/${NAME}-2`, "");
    expect(networkProblem({ namespace: `${NAME}-2` })).toBe(`cannot enter network namespace ${NAME}-2: setns: EINVAL`);
    rmSync(`/run/netns/${NAME}-2`);
  });
});

test("a thread that cannot come back from a namespace ends, and says why; nothing runs in it any more", async () => {
  const dist = new URL("../../dist/net/network-namespace.js", import.meta.url).href;
  // The way back is a file descriptor of the thread's own namespace: closed behind its back.
  const code = `
    const { parentPort } = require("node:worker_threads");
    const { closeSync, readdirSync, readlinkSync } = require("node:fs");
    import(${JSON.stringify(dist)}).then(({ inNamespace, whenLost }) => {
      whenLost((error) => {
        parentPort.postMessage(error.message);
        return process.exit(1);
      });
      const own = readlinkSync("/proc/thread-self/ns/net");
      const isWayBack = (fd) => {
        try { return readlinkSync("/proc/self/fd/" + fd) === own; } catch { return false; }
      };
      try {
        inNamespace(${JSON.stringify(NAME)}, () => {
          for (const fd of readdirSync("/proc/self/fd").filter(isWayBack)) closeSync(Number(fd));
        });
      } finally {
        parentPort.postMessage("went on");
      }
    });`;
  const worker = new Worker(code, { eval: true });
  const messages: unknown[] = [];
  worker.on("message", (message) => messages.push(message));
  const [exitCode] = await once(worker, "exit");
  expect(messages).toEqual([`cannot leave network namespace ${NAME}: setns: EBADF`]);
  expect(exitCode).toBe(1);
});
