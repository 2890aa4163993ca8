import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { hostname } from "node:os";
import { afterEach, describe, expect, test } from "vitest";
import { type HttpLimits, httpLimits } from "../../src/observe/http-limits.ts";
import { HttpListener, type HttpResource } from "../../src/observe/http-listener.ts";
import type { Log } from "../../src/observe/log.ts";

const resource = (body: string, more: Partial<HttpResource> = {}): HttpResource => ({
  get: () => Promise.resolve({ headers: { "Content-Type": "text/plain" }, body }),
  ...more,
});
const silent: Log = () => {};

const NOT_FOUND = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n";

let listener: HttpListener | undefined;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await listener?.stop();
  listener = undefined;
});

async function start(
  limits: Partial<HttpLimits> = {},
  metrics = resource("numbers é\n", { hasAnyName: true }),
  log = silent,
) {
  const resources = new Map([
    ["/", resource("page")],
    ["/metrics", metrics],
  ]);
  listener = new HttpListener(resources, log, { ...httpLimits, ...limits });
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

describe("HttpListener", () => {
  test("GET answers with the resource; nobody may keep it, and no other origin may have it", async () => {
    const { address, port } = await start();
    expect(address).toBe("127.0.0.1");
    for (const path of ["/metrics", "/metrics?collect=all"]) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      expect([response.status, await response.text()]).toEqual([200, "numbers é\n"]);
      const wanted = ["content-type", "content-length", "cache-control", "x-content-type-options"];
      expect(wanted.map((name) => response.headers.get(name))).toEqual(["text/plain", "11", "no-store", "nosniff"]);
      expect(response.headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(response.headers.get("access-control-allow-origin")).toBe(null);
    }
  });

  test("HEAD answers as GET does, without the body", async () => {
    const { port } = await start();
    const answer = await answerTo(port, "HEAD /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.*\r\n)*Content-Length: 11\r\n(?:.*\r\n)*\r\n$/);
  });

  test.each(["/metrics/", "/metrics2", "//metrics", "/favicon.ico", "/../etc/passwd"])(
    "%s is not found",
    async (path) => {
      const { port } = await start();
      const answer = await answerTo(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer).toMatch(/There is only \/, \/metrics here\.\n/);
    },
  );

  test.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])("%s is not allowed", async (method) => {
    const { port } = await start();
    for (const path of ["/", "/metrics"]) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    }
  });

  const statusFor = async (port: number, path: string, host: string) =>
    Number((await answerTo(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).slice(9, 12));

  test.each(["localhost", "LOCALHOST:9", "127.0.0.1:9", "[::1]:9", "192.0.2.1", hostname(), `${hostname()}:80`])(
    "the name %s is none of a website",
    async (host) => {
      const { port } = await start();
      expect([await statusFor(port, "/", host), await statusFor(port, "/metrics", host)]).toEqual([200, 200]);
    },
  );

  test.each([
    "evil.example",
    "localhost.evil.example:80",
    "127.0.0.1.evil.example",
    "[::1].evil.example",
    "a@127.0.0.1",
  ])("a website at the name %s cannot read what is on loopback", async (host) => {
    const { port } = await start();
    expect([await statusFor(port, "/", host), await statusFor(port, "/metrics", host)]).toEqual([421, 421]);
  });

  test("a request without a name is refused", async () => {
    const { port } = await start();
    expect(await answerTo(port, "GET / HTTP/1.1\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    expect(await answerTo(port, "GET / HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1\.1 421 /);
  });

  test("a request with too long a header is answered with 431", async () => {
    const { port } = await start({ headerBytes: 1024 });
    const answer = await answerTo(port, `GET /metrics HTTP/1.1\r\nHost: localhost\r\nA: ${"a".repeat(2048)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  test("a request that does not arrive in time is answered with 408, even one that never begins", async () => {
    const { port } = await start({ requestMs: 50 });
    expect(await answerTo(port, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n")).toMatch(/^HTTP\/1\.1 408 /);
    expect(await answerTo(port, "")).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("a connection that idles is closed", async () => {
    const { port } = await start({ idleMs: 50 });
    const answer = await answerTo(port, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("a client that does not read the answer is closed, too", async () => {
    const { port } = await start({ connections: 1, idleMs: 100 }, resource("x".repeat(8 * 1024 * 1024)));
    const socket = await open(port);
    socket.pause();
    socket.write("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    // There is room for another one as soon as it is closed.
    await expect.poll(() => answerTo(port, NOT_FOUND), { timeout: 20_000 }).toMatch(/^HTTP\/1\.1 404 /);
  });

  test("connections beyond the limit are closed at once, and room is made again", async () => {
    const { port } = await start({ connections: 1 });
    const first = await open(port);
    expect(await answerTo(port, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")).toBe("");
    first.end("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
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
    const failing = { get: () => Promise.reject(new Error("no such number")) };
    const { port } = await start({}, failing, log);
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect([response.status, await response.text()]).toEqual([500, "This cannot be shown; the log says why.\n"]);
    expect(lines).toEqual([["error", "What was asked for over HTTP cannot be shown"]]);
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
