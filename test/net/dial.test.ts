import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type DialOptions, dial } from "../../src/net/dial.ts";
import { networkProblem } from "../../src/net/linux-socket.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Answers "hello" with "hello, ADDRESS". */
async function listen(host: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on("data", (bytes) => socket.end(`${bytes.toString()}, ${socket.remoteAddress}`));
  }).listen(0, host);
  closing.push(async () => {
    server.close();
    await once(server, "close");
  });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function ask(options: DialOptions): Promise<string> {
  const socket: Socket = dial(options);
  await once(socket, "connect");
  socket.write("hello");
  const [answer] = (await once(socket, "data")) as [Buffer];
  await once(socket, "close");
  return answer.toString();
}

describe.each<[string, { readonly device?: string }]>([
  ["a socket of the public network", {}],
  ["a socket bound to a device", { device: "lo" }],
])("%s", (_what, where) => {
  test("connects over IPv4 and IPv6", async () => {
    expect(await ask({ ...where, address: "127.0.0.1", port: await listen("127.0.0.1") })).toBe("hello, 127.0.0.1");
    expect(await ask({ ...where, address: "::1", port: await listen("::1") })).toBe("hello, ::1");
  });

  test("has the source address asked for", async () => {
    const port = await listen("127.0.0.1");
    expect(await ask({ ...where, address: "127.0.0.1", port, sourceAddress: "127.0.0.9" })).toBe("hello, 127.0.0.9");
  });

  test("tells of a source address that is not here by error, not by throwing", async () => {
    const socket = dial({ ...where, address: "127.0.0.1", port: 1, sourceAddress: "192.0.2.1" });
    await expect(once(socket, "connect")).rejects.toMatchObject({ code: "EADDRNOTAVAIL" });
  });

  test("tells of a refusal by error", async () => {
    const socket = dial({ ...where, address: "127.0.0.1", port: 1 });
    await expect(once(socket, "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("may be given up before it is connected", async () => {
    const socket = dial({ ...where, address: "127.0.0.1", port: await listen("127.0.0.1") });
    socket.destroy();
    await once(socket, "close");
    expect(socket.destroyed).toBe(true);
  });
});

describe("a device", () => {
  test("that is there is no problem", () => {
    expect(networkProblem({ device: "lo" })).toBeUndefined();
  });

  test.each([
    ["nodevice0", "device nodevice0 does not exist"],
    ["", '"" is not the name of a device: 1 to 15 bytes'],
    ["a-name-too-long-", '"a-name-too-long-" is not the name of a device: 1 to 15 bytes'],
    ["lo\0", '"lo\0" is not the name of a device: 1 to 15 bytes'],
  ])("%j cannot be used, and nothing is opened", (device, problem) => {
    expect(networkProblem({ device })).toBe(problem);
    expect(() => dial({ address: "127.0.0.1", port: 1, device })).toThrow(problem);
  });
});
