import { execFile } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import {
  closed,
  connectTcp,
  hasOpenSsh,
  internalsOf,
  login,
  openNetconf,
  startClient,
  startListener,
} from "./harness.ts";

const run = promisify(execFile);

describe("clients that have not logged in", () => {
  test("a silent TCP client is cut off after the login grace time", async () => {
    const { port, lines } = await startListener({ limits: { loginGraceS: 0.2 } });
    const socket = await connectTcp(port);
    socket.resume();
    await once(socket, "close");
    expect(lines.map((line) => line.message)).toEqual(["no login in time"]);
  });

  test("a client that stops after the version lines is cut off after the login grace time", async () => {
    const { port, lines } = await startListener({ limits: { loginGraceS: 0.2 } });
    const socket = await connectTcp(port);
    socket.resume();
    socket.write("SSH-2.0-test\r\n");
    await once(socket, "close");
    expect(lines.map((line) => line.message)).toEqual(["no login in time"]);
  });

  test.each([
    ["a line that is not SSH's", "GET / HTTP/1.1\r\n\r\n"],
    ["an endless line", "x".repeat(10_000)],
    ["garbage after the version line", `SSH-2.0-test\r\n${"\xff".repeat(200)}`],
    ["a packet of a wrong length", "SSH-2.0-test\r\n\0\0\0\x01\0\0\0\0\0\0\0\0"],
    ["SSH 1", "SSH-1.5-test\r\n"],
  ])("%s ends that connection and nothing else", async (_, bytes) => {
    const { port, lines } = await startListener();
    const socket = await connectTcp(port);
    socket.resume();
    socket.write(Buffer.from(bytes, "latin1"));
    await once(socket, "close");
    await openNetconf(await login(port));
    expect(lines.filter((line) => line.level !== "debug").map((line) => line.message)).toEqual(["login"]);
  });

  test("a client that resets the connection in the middle of the handshake ends nothing else", async () => {
    const { port } = await startListener();
    for (const bytes of ["", "SSH-2.0-te", "SSH-2.0-test\r\n", "SSH-2.0-test\r\n\0\0"]) {
      const socket = await connectTcp(port);
      if (bytes !== "") await new Promise((resolve) => socket.write(bytes, resolve));
      socket.resetAndDestroy();
    }
    await openNetconf(await login(port));
  });

  test.skipIf(!hasOpenSsh)("ssh-keyscan gets the host key and ends nothing else", async () => {
    const { port } = await startListener();
    const { stdout } = await run("ssh-keyscan", ["-p", String(port), "127.0.0.1"]);
    expect(stdout).toMatch(new RegExp(`^\\[127\\.0\\.0\\.1\\]:${port} ssh-ed25519 [A-Za-z0-9+/=]+\\n$`));
    await openNetconf(await login(port));
  });

  test("connections beyond the limit for one source are closed at once; those that have logged in do not count", async () => {
    const { port, lines } = await startListener({ limits: { maxUnauthenticatedPerSource: 2 } });
    const client = await login(port);
    await connectTcp(port);
    await connectTcp(port);
    const third = await connectTcp(port);
    await once(third, "close");
    expect(lines.filter((line) => line.level === "warn").map((line) => line.message)).toEqual([
      "too many connections: refused",
    ]);
    await openNetconf(client);
  });

  test("a place is free again when its connection has closed", async () => {
    const { port } = await startListener({ limits: { maxUnauthenticatedPerSource: 1 } });
    (await connectTcp(port)).destroy();
    await vi.waitFor(() => login(port), { timeout: 10_000 });
  });

  test("connections beyond the total are closed at once, whoever has logged in", async () => {
    const { port } = await startListener({ limits: { maxConnections: 1 } });
    await login(port);
    await closed(startClient(port, { password: "secret" }));
  });

  test("a second key exchange before login is refused: each costs the server milliseconds", async () => {
    const { port } = await startListener();
    const client = startClient(port, {
      authHandler: () => internalsOf(client)._protocol.rekey(),
    });
    await closed(client);
  });

  test("too many bytes before login drop the connection", async () => {
    const { port, lines } = await startListener({ limits: { maxUnauthenticatedBytes: 20_000 } });
    const client = startClient(port, {
      authHandler: () => {
        for (let i = 0; i < 1000; i++) internalsOf(client)._protocol.ping();
      },
    });
    await closed(client);
    expect(lines.map((line) => line.message)).toContain("too many bytes before login");
  });
});
