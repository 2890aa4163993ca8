import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { Log } from "../../src/observe/log.ts";
import { MetricsListener } from "../../src/observe/metrics-http.ts";
import { type MetricsLimits, metricsLimits } from "../../src/observe/metrics-limits.ts";
import type { MetricsSource } from "../../src/observe/metrics-source.ts";

const source: MetricsSource = {
  netconfSessions: () => 2,
  lostSubscribers: () => 3,
  commitId: () => Promise.resolve(7),
  planeState: () => Promise.resolve([]),
};
const silent: Log = () => {};

const NOT_FOUND = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

let listener: MetricsListener | undefined;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await listener?.stop();
  listener = undefined;
});

async function start(limits: Partial<MetricsLimits> = {}, from: Partial<MetricsSource> = {}, log = silent) {
  listener = new MetricsListener({ ...source, ...from }, log, { ...metricsLimits, ...limits });
  return listener.listen({ address: "127.0.0.1", port: 0 });
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port });
  sockets.push(socket);
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** All that comes until the server closes the connection. */
async function answerTo(port: number, request: string): Promise<string> {
  const socket = await open(port);
  let text = "";
  socket.on("data", (bytes) => {
    text += bytes.toString("latin1");
  });
  socket.write(request);
  await once(socket, "close");
  return text;
}

describe("MetricsListener", () => {
  test("GET /metrics answers in Prometheus' text format", async () => {
    const { address, port } = await start();
    expect(address).toBe("127.0.0.1");
    for (const path of ["/metrics", "/metrics?collect=all"]) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
      const lines = (await response.text()).split("\n");
      expect(lines.filter((line) => /^(bmpconfd_netconf_sessions|bmpconfd_commit_id) /.test(line))).toEqual([
        "bmpconfd_netconf_sessions 2",
        "bmpconfd_commit_id 7",
      ]);
      expect(lines.filter((line) => line.startsWith("# TYPE process_cpu_seconds_total"))).toHaveLength(1);
    }
  });

  test.each(["/", "/metrics/", "/metrics2", "//metrics", "/favicon.ico"])("%s is not found", async (path) => {
    const { port } = await start();
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    expect([response.status, await response.text()]).toEqual([404, "There is only /metrics here.\n"]);
  });

  test.each(["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])("%s is not allowed", async (method) => {
    const { port } = await start();
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET"]);
  });

  test("a request with too long a header is answered with 431", async () => {
    const { port } = await start({ headerBytes: 1024 });
    const answer = await answerTo(port, `GET /metrics HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(2048)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  test("a request that does not arrive in time is answered with 408, even one that never begins", async () => {
    const { port } = await start({ requestMs: 50 });
    expect(await answerTo(port, "GET /metrics HTTP/1.1\r\nHost: x\r\n")).toMatch(/^HTTP\/1\.1 408 /);
    expect(await answerTo(port, "")).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("a connection that idles is closed", async () => {
    const { port } = await start({ idleMs: 50 });
    const answer = await answerTo(port, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("a client that does not read the answer is closed, too", async () => {
    const sessions = Array.from({ length: 1000 }, (_, index) => ({
      "vpn-instance": "_public_",
      address: `2001:db8::${index.toString(16)}`,
      alias: "x".repeat(4096),
    }));
    const state = [JSON.stringify({ "bmpconfd-bmp:bmp": { "bmp-session": sessions } })];
    const planeState = () => Promise.resolve(state);
    const { port } = await start({ connections: 1, idleMs: 100 }, { planeState });
    const socket = await open(port);
    socket.pause();
    socket.write("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    // There is room for another one as soon as it is closed.
    await expect.poll(() => answerTo(port, NOT_FOUND), { timeout: 20_000 }).toMatch(/^HTTP\/1\.1 404 /);
  });

  test("connections beyond the limit are closed at once, and room is made again", async () => {
    const { port } = await start({ connections: 1 });
    const first = await open(port);
    expect(await answerTo(port, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")).toBe("");
    first.end("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    first.resume();
    await once(first, "close");
    expect(await answerTo(port, NOT_FOUND)).toMatch(/^HTTP\/1\.1 404 /);
  });

  test("what is not HTTP is answered with 400", async () => {
    const { port } = await start();
    expect(await answerTo(port, "\u0000\u0001\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("a failure of our own is answered with 500 and told in the log", async () => {
    const lines: unknown[] = [];
    const log: Log = (level, message) => lines.push([level, message]);
    const fail = () => {
      throw new Error("no such number");
    };
    const { port } = await start({}, { netconfSessions: fail }, log);
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect([response.status, await response.text()]).toEqual([500, "The metrics cannot be shown; the log says why.\n"]);
    expect(lines).toEqual([["error", "The metrics cannot be shown"]]);
  });

  test("an address in use is an error", async () => {
    const { port } = await start();
    await expect(listener?.listen({ address: "127.0.0.1", port })).rejects.toThrow("EADDRINUSE");
  });

  test("several addresses are served; stop closes all connections", async () => {
    const first = await start();
    const second = await listener?.listen({ address: "::1", port: 0 });
    const response = await fetch(`http://[::1]:${second?.port}/metrics`);
    expect(response.status).toBe(200);
    await response.text();
    const socket = await open(first.port);
    const closed = once(socket, "close");
    await listener?.stop();
    await closed;
    await expect(fetch(`http://127.0.0.1:${first.port}/metrics`)).rejects.toThrow("fetch failed");
  });
});
