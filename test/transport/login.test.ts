import { once } from "node:events";
import type { AuthHandlerMiddleware, Client, ConnectConfig } from "ssh2";
import { describe, expect, test, vi } from "vitest";
import {
  bobOnly,
  closed,
  internalsOf,
  login,
  openNetconf,
  readToEnd,
  signal,
  startClient,
  startListener,
  userKey,
} from "./harness.ts";

/** Who the session sees, as the text it sends. */
async function whoIsSeen(config: ConnectConfig): Promise<string> {
  const { port } = await startListener({
    accept: (channel) => {
      void channel.write(Buffer.from(`${channel.username} ${channel.group} ${channel.peer.address}`));
      channel.close();
      return { received: () => {}, closed: () => {} };
    },
  });
  return (await readToEnd(await openNetconf(await login(port, config)))).text;
}

/** Tries the same login again and again, and counts the tries that were answered. */
function again(attempt: unknown): { handler: AuthHandlerMiddleware; tries: () => number } {
  let tries = -1;
  const handler: AuthHandlerMiddleware = (_methods, _partial, next) => {
    tries++;
    (next as (attempt: unknown) => void)(attempt);
  };
  return { handler, tries: () => tries };
}

/** Sends a login request without waiting for anything. */
const tryPassword = (client: Client, password: string) => internalsOf(client)._protocol.authPassword("bob", password);

const wrongPassword = { type: "password", username: "bob", password: "wrong" };

describe("login (RFC 4252)", () => {
  test("by password", async () => {
    expect(await whoIsSeen({ password: "secret" })).toBe("bob admin 127.0.0.1");
  });

  test("by public key", async () => {
    expect(await whoIsSeen({ privateKey: userKey.private })).toBe("bob monitor 127.0.0.1");
  });

  test("by keyboard-interactive, which asks for the password (RFC 4256)", async () => {
    const config: ConnectConfig = { tryKeyboard: true, authHandler: ["keyboard-interactive"] };
    const { port, lines } = await startListener();
    const client = startClient(port, config);
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) => {
      expect(prompts).toEqual([{ prompt: "Password: ", echo: false }]);
      finish(["secret"]);
    });
    await once(client, "ready");
    expect(lines.at(-1)).toMatchObject({ message: "login", fields: { user: "bob", method: "keyboard-interactive" } });
  });

  test.each([
    ["a wrong password", { password: "wrong" }],
    ["an unknown user", { username: "eve", password: "secret" }],
    ["an unknown user with a key", { username: "eve", privateKey: userKey.private }],
    [
      "host-based authentication",
      {
        username: "bob",
        localHostname: "a",
        localUsername: "b",
        privateKey: userKey.private,
        authHandler: ["hostbased"],
      },
    ],
  ] as [string, ConnectConfig][])("is refused for %s", async (_, config) => {
    const { port } = await startListener();
    const [error] = (await once(startClient(port, config), "error")) as [Error];
    expect(error.message).toBe("All configured authentication methods failed");
  });

  test("the connection ends with the sixth failure", async () => {
    const { port, lines } = await startListener();
    const { handler, tries } = again(wrongPassword);
    await closed(startClient(port, { authHandler: handler }));
    expect(lines.filter((line) => line.message === "login refused")).toHaveLength(6);
    expect(tries()).toBeLessThanOrEqual(6);
  });

  test("asking for the methods is no failure, but is limited too", async () => {
    const { port, lines } = await startListener({ limits: { maxLoginRequests: 20 } });
    const { handler, tries } = again("none");
    await closed(startClient(port, { authHandler: handler }));
    expect(lines.filter((line) => line.message === "login refused")).toHaveLength(0);
    expect(tries()).toBe(20);
  });

  test("requests that come while one is checked are answered after it, in order", async () => {
    const asked: string[] = [];
    const first = signal();
    const { port } = await startListener({
      authenticator: {
        ...bobOnly,
        withPassword: async (_username, password) => {
          asked.push(password);
          if (password === "one") await first.promise;
          return undefined;
        },
      },
    });
    const client = startClient(port, { authHandler: () => tryPassword(client, "one") });
    await vi.waitFor(() => expect(asked).toEqual(["one"]));
    tryPassword(client, "two");
    tryPassword(client, "three");
    await new Promise((resolve) => setTimeout(resolve, 50)); // time in which they must not be looked at
    first.resolve();
    await vi.waitFor(() => expect(asked).toEqual(["one", "two", "three"]));
  });

  test("requests sent all at once count like others", async () => {
    const asked: string[] = [];
    const { port } = await startListener({
      authenticator: {
        ...bobOnly,
        withPassword: async (_username, password) => {
          asked.push(password);
          return undefined;
        },
      },
    });
    let isFirst = true;
    const client = startClient(port, {
      authHandler: () => {
        if (isFirst) for (let i = 0; i < 10; i++) tryPassword(client, String(i));
        isFirst = false;
      },
    });
    await closed(client);
    expect(asked).toHaveLength(6);
  });

  test("a login check that fails is a refusal, told in the log", async () => {
    const { port, lines } = await startListener({
      authenticator: { ...bobOnly, withPassword: () => Promise.reject(new Error("disk on fire")) },
    });
    await closed(startClient(port, { password: "secret" }));
    expect(lines[0]).toMatchObject({ level: "error", message: "login could not be checked" });
  });

  test("a slow check does not outlive the login grace time", async () => {
    const { port, lines } = await startListener({
      limits: { loginGraceS: 0.3 },
      authenticator: { ...bobOnly, withPassword: () => new Promise(() => {}) },
    });
    await closed(startClient(port, { password: "secret" }));
    expect(lines.map((line) => line.message)).toEqual(["no login in time"]);
  });

  test("changing the password while logging in is refused", async () => {
    const { port, lines } = await startListener();
    const client = startClient(port, {
      authHandler: () => internalsOf(client)._protocol.authPassword("bob", "secret", "secret"),
    });
    await once(client, "error");
    expect(lines.map((line) => line.message)).toEqual(["login refused"]);
  });
});
