import { constants } from "node:os";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.resetModules();
  vi.doUnmock("node:module");
});

/** linux-socket with what `load` makes of the package koffi. */
async function linuxSocket(load: () => unknown): Promise<typeof import("../../src/net/linux-socket.ts")> {
  vi.doMock("node:module", () => ({ createRequire: () => load }));
  return import("../../src/net/linux-socket.ts");
}

test("without koffi a device or a key is a problem, not a crash", async () => {
  const { networkProblem, md5Problem } = await linuxSocket(() => {
    throw new Error("Cannot find module 'koffi'");
  });
  expect(networkProblem({ device: "lo" })).toBe("this needs the optional package koffi, which cannot be loaded here");
  expect(md5Problem()).toBe("this needs the optional package koffi, which cannot be loaded here");
});

test.each([
  [constants.errno.ENOPROTOOPT, "this kernel has no TCP MD5 (CONFIG_TCP_MD5SIG)"],
  [constants.errno.ENOMEM, "cannot set a TCP MD5 key: ENOMEM"],
])("a kernel that does not take a key (%s) is a problem, and the socket is closed", async (errno, problem) => {
  const open = new Set<unknown>();
  const calls: Record<string, (fd: unknown) => number> = {
    socket: () => open.add(7).size + 6,
    setsockopt: () => -1,
    close: (fd) => (open.delete(fd) ? 0 : -1),
  };
  const func = (prototype: string) => calls[/(\w+)\(/.exec(prototype)?.[1] ?? ""];
  const { md5Problem } = await linuxSocket(() => ({ load: () => ({ func }), errno: () => errno }));
  expect(md5Problem()).toBe(problem);
  expect(open.size).toBe(0);
});
