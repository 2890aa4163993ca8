import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import koffi from "koffi";
import { afterEach, expect, test } from "vitest";
import { type DialOptions, dial, needsLinux, settle, USUAL_KEEPALIVE } from "../../src/net/dial.ts";
import { fdOf, timeoutProblem } from "../../src/net/linux-socket.ts";

const SOL_SOCKET = 1;
const IPPROTO_TCP = 6;
const libc = koffi.load(null);
const getsockopt = libc.func("int getsockopt(int, int, int, _Out_ int *, _Inout_ uint32_t *)");

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** The options that a socket has in the kernel, by linux/tcp.h. */
function optionsOf(socket: Socket): Record<string, number> {
  const fd = fdOf(socket);
  const read = (level: number, name: number): number => {
    const value = [0];
    if (getsockopt(fd, level, name, value, [4]) !== 0) throw new Error(`getsockopt ${name}: errno ${koffi.errno()}`);
    return value[0] ?? 0;
  };
  return {
    isOn: read(SOL_SOCKET, 9),
    idleS: read(IPPROTO_TCP, 4),
    intervalS: read(IPPROTO_TCP, 5),
    count: read(IPPROTO_TCP, 6),
    userTimeoutMs: read(IPPROTO_TCP, 18),
    noDelay: read(IPPROTO_TCP, 1),
  };
}

async function connected(options: Partial<DialOptions>): Promise<Socket> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = dial({ address: "127.0.0.1", port: (server.address() as AddressInfo).port, ...options });
  closing.push(() => {
    socket.destroy();
    server.close();
  });
  await once(socket, "connect");
  return socket;
}

test("a connection that was accepted gets its timeouts, and others later", async () => {
  const socket = await connected({});
  const keepalive = { idleS: 5, intervalS: 2, count: 3 };
  settle(socket, { keepalive, userTimeoutS: 9 });
  expect(optionsOf(socket)).toEqual({ isOn: 1, ...keepalive, userTimeoutMs: 9_000, noDelay: 1 });
  settle(socket, { keepalive });
  expect(optionsOf(socket)).toEqual({ isOn: 1, ...keepalive, userTimeoutMs: 0, noDelay: 1 });
});

test.each<[string, Partial<DialOptions>, object]>([
  ["by default, without koffi", {}, {}],
  ["after another silence, without koffi", { keepalive: { ...USUAL_KEEPALIVE, idleS: 600 } }, { idleS: 600 }],
  ["by default, with a device", { device: "lo" }, {}],
  [
    "at other intervals",
    { keepalive: { idleS: 32_767, intervalS: 32_767, count: 127 } },
    { idleS: 32_767, intervalS: 32_767, count: 127 },
  ],
  ["after a user timeout", { userTimeoutS: 3600 }, { userTimeoutMs: 3_600_000 }],
])("a connection is given up as it is to be: %s", async (_what, options, differences) => {
  const usual = { isOn: 1, idleS: 60, intervalS: 1, count: 10, userTimeoutMs: 0, noDelay: 1 };
  expect(optionsOf(await connected(options))).toEqual({ ...usual, ...differences });
});

test("only what Node cannot set needs Linux", () => {
  const { idleS, intervalS, count } = USUAL_KEEPALIVE;
  expect(needsLinux({ keepalive: { idleS: 1, intervalS, count } })).toBe(false);
  expect(needsLinux({ keepalive: { idleS, intervalS: 2, count } })).toBe(true);
  expect(needsLinux({ keepalive: { idleS, intervalS, count: 9 } })).toBe(true);
  expect(needsLinux({ keepalive: USUAL_KEEPALIVE, userTimeoutS: 1 })).toBe(true);
});

test("what the kernel does not take is a problem", () => {
  expect(timeoutProblem({ keepalive: { idleS: 1, intervalS: 1, count: 127 }, userTimeoutS: 1 })).toBeUndefined();
  expect(timeoutProblem({ keepalive: { idleS: 1, intervalS: 1, count: 128 } })).toBe(
    "cannot set socket option 6 to 128: EINVAL",
  );
});
