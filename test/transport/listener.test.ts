import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { closed, connectTcp, login, openNetconf, readToEnd, startListener } from "./harness.ts";

describe("SshListener", () => {
  test("listens on several addresses", async () => {
    const { listener, port } = await startListener();
    const second = await listener.listen({ address: "::1", port: 0 });
    expect(second.address).toBe("::1");
    const client = await login(second.port, { host: "::1", password: "secret" });
    await openNetconf(client);
    await openNetconf(await login(port));
  });

  test("rejects when the address is taken", async () => {
    const { listener, port } = await startListener();
    await expect(listener.listen({ address: "127.0.0.1", port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  test("stopping closes channels politely, then connections, also those without login", async () => {
    const { listener, port } = await startListener();
    const client = await login(port);
    const channel = await openNetconf(client);
    const clientClosed = closed(client);
    const silent = await connectTcp(port);
    silent.resume();
    const silentClosed = once(silent, "close");
    const read = readToEnd(channel);
    await listener.stop();
    expect(await read).toEqual({ text: "", status: 0 });
    await clientClosed;
    await silentClosed;
  });
});
