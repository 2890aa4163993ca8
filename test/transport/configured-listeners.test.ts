import { createServer, type Server } from "node:net";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { ConfigChange, UnitChange } from "../../src/datastore/subscriber.ts";
import { ConfiguredListeners } from "../../src/transport/configured-listeners.ts";
import { refusalOf } from "../refusal.ts";
import { closed, connectTcp, login, openNetconf, type RunningListener, startListener } from "./harness.ts";

let running: RunningListener;
let listeners: ConfiguredListeners;
beforeEach(async () => {
  running = await startListener();
  listeners = new ConfiguredListeners({
    listener: running.listener,
    log: (level, message, fields = {}) => void (running.lines as unknown[]).push({ level, message, fields }),
    retryS: 0.05,
  });
  onTestFinished(() => listeners.stop());
});

const listen = (name: string, port: number, address = "127.0.0.1"): UnitChange => ({
  path: "/bmpconfd-server:netconf-server/listen",
  keys: [name],
  after: { name, address, port: String(port) },
});
const gone = (name: string): UnitChange => ({ ...listen(name, 0), after: undefined });
/** As a client reads it. */
async function state(): Promise<unknown> {
  const [document] = await listeners.state();
  if (document === undefined) return undefined;
  return JSON.parse(document)["bmpconfd-server:netconf-server"].listen;
}
const commit = async (...change: ConfigChange) => (await listeners.prepare(change)).apply();

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const { server, port } = await occupyPort();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function occupyPort(wanted = 0): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(wanted, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as { port: number }).port };
}

const isRefused = (port: number) =>
  connectTcp(port).then(
    () => false,
    ({ code }) => code === "ECONNREFUSED",
  );

test("a commit binds an address, and another one gives it up; a connection that came by it goes on", async () => {
  const port = await freePort();
  expect(await isRefused(port)).toBe(true);
  await commit(listen("lan", port));
  const client = await login(port);
  await commit(gone("lan"));
  expect(await isRefused(port)).toBe(true);
  await openNetconf(client);
  // The address can be had again at once.
  await commit(listen("again", port));
  await login(port);
});

test("an address that moves to another name stays bound; one that is changed is bound anew", async () => {
  const [one, two] = [await freePort(), await freePort()];
  await commit(listen("a", one));
  await commit(gone("a"), listen("b", one));
  await login(one);
  await commit(listen("b", two));
  await login(two);
  expect(await isRefused(one)).toBe(true);
});

test("what cannot be bound is refused, and what the same commit could bind is free again", async () => {
  const port = await freePort();
  const { port: taken } = await occupyPort();
  await commit(listen("before", await freePort()));
  expect(
    await refusalOf(listeners.prepare([listen("x", port), listen("it's", taken), listen("y", 830, "192.0.2.1")])),
  ).toEqual([
    {
      type: "application",
      tag: "in-use",
      path: {
        text: `/server:netconf-server/server:listen[server:name="it's"]`,
        namespaces: { server: "urn:bmpconfd:yang:server" },
      },
      message:
        `Cannot listen on 127.0.0.1 port ${taken}: listen EADDRINUSE: address already in use 127.0.0.1:${taken}. ` +
        "Stop what uses the address, or give another one.",
    },
    {
      type: "application",
      tag: "operation-failed",
      path: {
        text: "/server:netconf-server/server:listen[server:name='y']",
        namespaces: { server: "urn:bmpconfd:yang:server" },
      },
      message:
        "Cannot listen on 192.0.2.1 port 830: listen EADDRNOTAVAIL: address not available 192.0.2.1:830. " +
        "Give one that this server may use.",
    },
  ]);
  expect(await isRefused(port)).toBe(true);
});

test("one that overlaps with another address of this server is refused: that one has to go before", async () => {
  const port = await freePort();
  await commit(listen("all", port, "0.0.0.0"));
  const refused = (address: string, at: number, own: string) => [
    {
      type: "application",
      tag: "in-use",
      path: expect.objectContaining({ text: "/server:netconf-server/server:listen[server:name='x']" }),
      message:
        `Cannot listen on ${address} port ${at}: it overlaps with ${own}, where this ` +
        "server listens. Give another port, or first remove that address: by a commit before this one, or from the " +
        "command line.",
    },
  ];
  const one = listen("x", port);
  expect(await refusalOf(listeners.prepare([gone("all"), one]))).toEqual(
    refused("127.0.0.1", port, `0.0.0.0 port ${port}`),
  );
  const given = listen("x", running.port, "0.0.0.0");
  expect(await refusalOf(listeners.prepare([given]))).toEqual(
    refused("0.0.0.0", running.port, `127.0.0.1 port ${running.port}`),
  );
  await login(port);
  await commit(gone("all"));
  await commit(one);
  await login(port);
});

test("until the commit is on disk nobody is served; when it is given up the address is free again", async () => {
  const port = await freePort();
  const prepared = await listeners.prepare([listen("lan", port)]);
  const socket = await connectTcp(port);
  await new Promise((resolve) => socket.once("close", resolve));
  expect(socket.bytesRead).toBe(0);
  prepared.abort();
  expect(await isRefused(port)).toBe(true);
});

test("what is configured is bound at the start; what cannot be is logged, and bound when it can", async () => {
  const port = await freePort();
  const { server, port: taken } = await occupyPort();
  listeners.adopt([listen("free", port), listen("taken", taken)]);
  expect(await listeners.start()).toEqual([{ address: "127.0.0.1", port }]);
  await login(port);
  expect(await state()).toEqual([
    { name: "free", state: { "oper-state": "listening" } },
    {
      name: "taken",
      state: {
        "oper-state": "not-bound",
        "last-error": `listen EADDRINUSE: address already in use 127.0.0.1:${taken}`,
      },
    },
  ]);
  expect(running.lines).toContainEqual({
    level: "error",
    message: "configured address not bound; tried again",
    fields: { address: "127.0.0.1", port: taken, error: expect.objectContaining({ code: "EADDRINUSE" }) },
  });
  await new Promise((resolve) => server.close(resolve));
  await expect.poll(() => running.lines.filter(({ message }) => message === "listening").length).toBe(2);
  await login(taken);
});

test("undoing a confirmed commit does what can be done, and the rest as soon as it can", async () => {
  const port = await freePort();
  const { server, port: taken } = await occupyPort();
  await listeners.start();
  await commit(listen("new", port));
  // What the datastores do where `prepare` has refused what has to be.
  listeners.adopt([gone("new"), listen("old", taken)]);
  expect(await isRefused(port)).toBe(true);
  await expect
    .poll(() => state())
    .toEqual([
      { name: "old", state: { "oper-state": "not-bound", "last-error": expect.stringContaining("EADDRINUSE") } },
    ]);
  await new Promise((resolve) => server.close(resolve));
  await expect.poll(() => state()).toEqual([{ name: "old", state: { "oper-state": "listening" } }]);
  await login(taken);
  const failures = running.lines.filter(({ message }) => message.startsWith("configured address not bound"));
  expect(failures).toHaveLength(1);
  // Its place may be taken by what is to be back: this is free by then.
  listeners.adopt([gone("old"), listen("older", taken, "0.0.0.0")]);
  await expect.poll(() => state()).toEqual([{ name: "older", state: { "oper-state": "listening" } }]);
  await login(taken);
});

test("an address that is waited for no longer concerns anybody once a commit has removed it", async () => {
  const { server, port } = await occupyPort();
  listeners.adopt([listen("taken", port)]);
  await listeners.start();
  await commit(gone("taken"));
  await new Promise((resolve) => server.close(resolve));
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(await isRefused(port)).toBe(true);
});

test("stopping ends connections of configured addresses as well", async () => {
  const port = await freePort();
  await commit(listen("lan", port));
  const client = await login(port);
  const isClosed = closed(client);
  listeners.stop();
  await running.listener.stop();
  await isClosed;
  expect(await isRefused(port)).toBe(true);
});
