import { once } from "node:events";
import type { Client, ClientChannel } from "ssh2";
import { describe, expect, test } from "vitest";
import type { NetconfChannel } from "../../src/netconf/channel.ts";
import { closed, internalsOf, login, openNetconf, readToEnd, signal, startListener } from "./harness.ts";

const DATA = Buffer.alloc(8 * 1024 * 1024, "0123456789abcdef");

describe("a NETCONF channel (RFC 6242 section 3)", () => {
  test("carries bytes both ways, unchanged", async () => {
    const { port } = await startListener();
    const channel = await openNetconf(await login(port));
    const read = readToEnd(channel);
    channel.end(DATA);
    const { text, status } = await read;
    expect(Buffer.from(text).equals(DATA)).toBe(true);
    expect(status).toBe(0);
  });

  test("what the session sends at once arrives before the client has sent anything", async () => {
    const { port } = await startListener({
      accept: (channel) => {
        void channel.write(Buffer.from("hello"));
        return { received: () => {}, closed: () => {} };
      },
    });
    const [bytes] = (await once(await openNetconf(await login(port)), "data")) as [Buffer];
    expect(bytes.toString()).toBe("hello");
  });

  test("a client that ends its side is answered before the channel closes", async () => {
    const { port } = await startListener({
      accept: (channel) => ({
        received: async (bytes) => {
          await new Promise((resolve) => setTimeout(resolve, 50));
          await channel.write(Buffer.from(`answer to ${Buffer.from(bytes).toString()}`));
        },
        closed: () => {},
      }),
    });
    const channel = await openNetconf(await login(port));
    channel.end("question");
    expect(await readToEnd(channel)).toEqual({ text: "answer to question", status: 0 });
  });

  test("closing sends what is queued, then exit status 0, and ends the connection with its last channel", async () => {
    const { port } = await startListener({
      limits: { emptyConnectionS: 1 },
      accept: (channel) => {
        void channel.write(DATA);
        channel.close();
        void channel.write(Buffer.from("too late"));
        return { received: () => {}, closed: () => {} };
      },
    });
    const client = await login(port);
    const connectionClosed = closed(client);
    const { text, status } = await readToEnd(await openNetconf(client));
    expect({ length: text.length, status }).toEqual({ length: DATA.length, status: 0 });
    await connectionClosed;
  });

  test("destroying drops the connection; the session is told once, and writing afterwards is harmless", async () => {
    let channel: NetconfChannel | undefined;
    let timesClosed = 0;
    const { port } = await startListener({
      accept: (accepted) => {
        channel = accepted;
        return { received: () => accepted.destroy(), closed: () => timesClosed++ };
      },
    });
    const client = await login(port);
    (await openNetconf(client)).write("x");
    await closed(client);
    await channel?.write(Buffer.from("late"));
    channel?.close();
    channel?.destroy();
    expect(timesClosed).toBe(1);
  });

  test("a client that leaves without a word ends the session, and is no error in the log", async () => {
    const sessionClosed = signal();
    const { port, lines } = await startListener({
      accept: (channel) => ({
        // never ready for more: the end must not wait for that
        received: () => channel.write(Buffer.from("x")).then(() => new Promise(() => {})),
        closed: sessionClosed.resolve,
      }),
    });
    const client = await login(port);
    const channel = await openNetconf(client);
    channel.write("x");
    await once(channel, "data");
    internalsOf(client)._sock.resetAndDestroy();
    await sessionClosed.promise;
    expect(lines.filter((line) => line.level !== "debug").map((line) => line.message)).toEqual(["login"]);
  });

  test("channels beyond the limit of a connection are refused; the others go on", async () => {
    const { port } = await startListener({ limits: { maxChannelsPerConnection: 2 } });
    const client = await login(port);
    const first = await openNetconf(client);
    const second = await openNetconf(client);
    await expect(openNetconf(client)).rejects.toThrow("Channel open failure");
    second.end();
    await readToEnd(second);
    await openNetconf(client);
    first.write("still there");
    expect(String((await once(first, "data"))[0])).toBe("still there");
  });

  test("a client that takes only tiny packets is dropped", async () => {
    const { port, lines } = await startListener();
    const client = await login(port);
    const protocol = internalsOf(client)._protocol;
    const original = protocol.session.bind(protocol);
    protocol.session = (channel, window) => original(channel, window, 0);
    void openNetconf(client).catch(() => {});
    await closed(client);
    expect(lines.at(-1)).toMatchObject({ message: "the client takes too small packets", fields: { bytes: 0 } });
  });

  test("a connection without a channel is ended after a while", async () => {
    const { port } = await startListener({ limits: { emptyConnectionS: 0.1 } });
    await closed(await login(port));
  });

  test.each([
    [
      "accept",
      () => {
        throw new Error("bug");
      },
    ],
    [
      "received",
      () => ({
        received: () => {
          throw new Error("bug");
        },
        closed: () => {},
      }),
    ],
    ["received, later", () => ({ received: () => Promise.reject(new Error("bug")), closed: () => {} })],
  ])("a session that throws in %s costs its connection and no other, and is told in the log", async (_, accept) => {
    let isBroken = true;
    const { port, lines } = await startListener({
      accept: (channel) => (isBroken ? accept() : { received: (bytes) => channel.write(bytes), closed: () => {} }),
    });
    const client = await login(port);
    const connectionClosed = closed(client);
    void openNetconf(client).then(
      (channel) => channel.write("x"),
      () => {},
    );
    await connectionClosed;
    expect(lines.filter((line) => line.level === "error").map((line) => line.message)).toEqual(["the session failed"]);
    isBroken = false;
    await openNetconf(await login(port));
  });
});

describe("what is not NETCONF is refused", () => {
  type Ask = (client: Client, done: (error: Error | undefined, channel: ClientChannel) => void) => void;
  test.each<[string, Ask]>([
    ["a shell", (client, done) => client.shell(done)],
    ["a shell without a terminal", (client, done) => client.shell(false, done)],
    ["a command", (client, done) => client.exec("netconf", done)],
    ["another subsystem", (client, done) => client.subsys("other", done)],
    ["sftp", (client, done) => client.sftp(done as never)],
    ["a TCP connection", (client, done) => client.forwardOut("127.0.0.1", 1, "127.0.0.1", 22, done)],
    ["a listening port", (client, done) => client.forwardIn("127.0.0.1", 0, done as never)],
    ["a Unix socket", (client, done) => client.openssh_forwardOutStreamLocal("/run/x", done)],
  ])("%s, and the connection goes on", async (_, ask) => {
    const { port } = await startListener();
    const client = await login(port);
    await expect(
      new Promise<void>((resolve, reject) => ask(client, (error) => (error ? reject(error) : resolve()))),
    ).rejects.toThrow();
    await openNetconf(client);
  });
});
