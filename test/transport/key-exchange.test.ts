import { describe, expect, test } from "vitest";
import { closed, internalsOf, login, openNetconf, readToEnd, startListener } from "./harness.ts";

const DATA = Buffer.alloc(4 * 1024 * 1024, "0123456789abcdef");

describe("key re-exchange (RFC 4253 section 9)", () => {
  test("the server begins one after so many bytes, and no byte is lost", async () => {
    const { port } = await startListener({ limits: { rekeyBytes: 1024 * 1024 } });
    const client = await login(port);
    let exchanges = 0;
    client.on("handshake", () => exchanges++);
    const channel = await openNetconf(client);
    const read = readToEnd(channel);
    channel.end(DATA);
    expect(Buffer.from((await read).text).equals(DATA)).toBe(true);
    expect(exchanges).toBeGreaterThanOrEqual(2);
  });

  test("the server begins one after so much time, again and again", async () => {
    const { port } = await startListener({ limits: { rekeyS: 0.05 } });
    const client = await login(port);
    await openNetconf(client);
    let exchanges = 0;
    await new Promise<void>((resolve) => {
      client.on("handshake", () => {
        if (++exchanges === 3) resolve();
      });
    });
  });

  test("the client begins one under load, and no byte is lost", async () => {
    const { port } = await startListener();
    const client = await login(port);
    const channel = await openNetconf(client);
    const read = readToEnd(channel);
    channel.write(DATA.subarray(0, DATA.length / 2));
    internalsOf(client)._protocol.rekey();
    channel.end(DATA.subarray(DATA.length / 2));
    expect(Buffer.from((await read).text).equals(DATA)).toBe(true);
  });

  test("one that the client does not go on with drops the connection", async () => {
    const { port } = await startListener({ limits: { rekeyS: 0.05, keyExchangeS: 1 } });
    const client = await login(port);
    await openNetconf(client);
    const { _sock } = internalsOf(client);
    const gone = new Promise<void>((resolve) => {
      _sock.removeAllListeners("data");
      _sock.on("close", () => resolve());
    });
    _sock.resume();
    await gone;
  });

  test("requests whose answers wait for one drop the connection before they fill the memory", async () => {
    const { port, lines } = await startListener({
      limits: { rekeyS: 0.05, keyExchangeS: 60, maxPacketsHeldByKeyExchange: 100 },
    });
    const client = await login(port);
    await openNetconf(client);
    const { _sock, _protocol } = internalsOf(client);
    _sock.removeAllListeners("data"); // never sees the server's KEXINIT
    _sock.resume();
    const timer = setInterval(() => _protocol.ping(), 1);
    await new Promise<void>((resolve) => {
      _sock.on("close", () => resolve());
    });
    clearInterval(timer);
    expect(lines.map((line) => line.message)).toContain("too many packets held by a key exchange");
  });

  test("a session that sends meanwhile is held back, and gets through afterwards", async () => {
    const { port } = await startListener({
      limits: { rekeyS: 0.05, keyExchangeS: 60 },
      accept: (channel) => {
        void channel.write(DATA).then(() => channel.close());
        return { received: () => {}, closed: () => {} };
      },
    });
    const client = await login(port);
    expect((await readToEnd(await openNetconf(client))).text.length).toBe(DATA.length);
    await closed(client.end());
  });
});

describe("keepalive", () => {
  test("a client that does not answer is dropped", async () => {
    const { port, lines } = await startListener({ limits: { keepaliveS: 0.05, maxKeepalivesUnanswered: 2 } });
    const client = await login(port);
    await openNetconf(client);
    const { _sock } = internalsOf(client);
    _sock.removeAllListeners("data");
    _sock.resume();
    await new Promise<void>((resolve) => {
      _sock.on("close", () => resolve());
    });
    expect(lines.at(-1)).toMatchObject({ level: "warn", fields: { reason: "Keepalive timeout" } });
  });
});
