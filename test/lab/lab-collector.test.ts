import { once } from "node:events";
import { createServer, type Server, type Socket, connect as tcpConnect } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/bgp/clock.ts";
import { BMP_LIMITS } from "../../src/bmp/limits.ts";
import { LabCollector } from "../../src/lab/lab-collector.ts";
import { labLimits } from "../../src/lab/limits.ts";
import { Inbox } from "./inbox.ts";
import { ManualClock } from "./manual-clock.ts";
import { EXAMPLES } from "./messages.ts";

let printed: Inbox<string>;
let logged: Inbox<string>;
const cleanUp: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  printed = new Inbox();
  logged = new Inbox();
});

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function start(limits: Partial<typeof labLimits> = {}, clock = systemClock): Promise<number> {
  const collector = new LabCollector(printed.add, clock, { ...labLimits, ...limits }, (_level, message) =>
    logged.add(message),
  );
  cleanUp.push(() => collector.stop());
  return collector.start(0);
}

async function connect(host: string, port: number): Promise<Socket> {
  const socket = tcpConnect({ host, port });
  cleanUp.push(async () => socket.destroy());
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

test("it prints a line for each message, however the octets are cut", async () => {
  const port = await start();
  const socket = await connect("::1", port);
  const from = `[::1]:${socket.localPort}`;
  expect(await printed.next()).toBe(`BMP ${from} connected`);
  const stream = Buffer.concat(EXAMPLES.map(([bytes]) => bytes));
  const lines = EXAMPLES.map(([, line]) => `BMP ${line}`);

  socket.write(stream);
  expect(await printed.take(lines.length)).toEqual(lines);
  for (const octet of stream) socket.write(Uint8Array.of(octet));
  expect(await printed.take(lines.length)).toEqual(lines);
  socket.end();
  expect(await printed.next()).toBe(`BMP ${from} disconnected`);
});

test("it listens on 127.0.0.1, too, and serves several connections", async () => {
  const port = await start();
  const first = await connect("127.0.0.1", port);
  const second = await connect("::1", port);
  expect((await printed.take(2)).sort()).toEqual([
    `BMP 127.0.0.1:${first.localPort} connected`,
    `BMP [::1]:${second.localPort} connected`,
  ]);
  const [bytes, line] = EXAMPLES[0] as (typeof EXAMPLES)[number];
  first.write(bytes);
  expect(await printed.next()).toBe(`BMP ${line}`);
  second.write(bytes);
  expect(await printed.next()).toBe(`BMP ${line}`);
});

test.each([
  ["octets that are not BMP", Buffer.from("GET / HTTP/1.1\r\n\r\n"), "BMP version 71"],
  ["a message too long", Uint8Array.of(3, 0xff, 0xff, 0xff, 0xff, 0), "message of 4294967295 octets"],
  ["an unknown type", Uint8Array.of(3, 0, 0, 0, 6, 99), "message type 99"],
])("%s end the connection, and only that one (RFC 7854 4.1)", async (_name, octets, reason) => {
  expect(BMP_LIMITS.maxMessageBytes).toBeLessThan(0xffff_ffff);
  const port = await start();
  const good = await connect("::1", port);
  const bad = await connect("::1", port);
  await printed.take(2);
  bad.write(octets);
  expect(await printed.next()).toBe(`BMP [::1]:${bad.localPort} disconnected: ${reason}`);
  const [bytes, line] = EXAMPLES[0] as (typeof EXAMPLES)[number];
  good.write(bytes);
  expect(await printed.next()).toBe(`BMP ${line}`);
});

test("a burst beyond linesPerSecond is counted", async () => {
  const clock = new ManualClock();
  const port = await start({ linesPerSecond: 3 }, clock);
  const socket = await connect("::1", port);
  const [bytes, line] = EXAMPLES[0] as (typeof EXAMPLES)[number];
  socket.write(Buffer.concat(Array.from({ length: 10 }, () => bytes)));
  expect((await printed.take(3)).slice(1)).toEqual([`BMP ${line}`, `BMP ${line}`]);
  clock.advance(1000);
  expect(printed.rest).toEqual(["... 8 more lines left out"]);
});

test("connections beyond the limit are closed at once", async () => {
  const port = await start({ collectorConnections: 1 });
  const first = await connect("::1", port);
  await printed.next();
  const second = await connect("::1", port);
  await once(second, "close");
  expect(await logged.next()).toBe("The lab's collector has too many connections; one was refused");
  first.destroy();
  expect(await printed.next()).toMatch(/ disconnected$/);
  await connect("::1", port);
  expect(await printed.next()).toMatch(/ connected$/);
});

test.each(["::1", "127.0.0.1"])(
  "a port taken on %s is an error that says what to do; nothing listens then",
  async (taken) => {
    const server: Server = createServer().listen(0, taken);
    await once(server, "listening");
    cleanUp.push(async () => server.close());
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const collector = new LabCollector(printed.add, systemClock, labLimits, () => {});
    const where = taken === "::1" ? `[::1]:${port}` : `127.0.0.1:${port}`;
    await expect(collector.start(port)).rejects.toThrow(
      `The lab's collector cannot listen on ${where}: another program has the port. ` +
        `"ss -ltnp sport = :${port}" shows which; end it and start again.`,
    );
    const other = taken === "::1" ? "127.0.0.1" : "::1";
    const socket = tcpConnect({ host: other, port });
    const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNREFUSED");
  },
);

test("stop closes the connections", async () => {
  const collector = new LabCollector(printed.add, systemClock, labLimits, () => {});
  const port = await collector.start(0);
  const socket = await connect("::1", port);
  await printed.next();
  const closed = once(socket, "close");
  await collector.stop();
  await closed;
});
