import { once } from "node:events";
import type { Client, ClientChannel } from "ssh2";
import { describe, expect, test } from "vitest";
import type { AcceptCli, CliRequest } from "../../src/cli/channel.ts";
import { login, openNetconf, readToEnd, signal, startListener } from "./harness.ts";

/** Notes what was asked for, and sends back what it gets. */
function recording(requests: CliRequest[]): AcceptCli {
  return (channel, request) => {
    requests.push(request);
    return { received: (bytes) => channel.write(bytes), closed: () => {} };
  };
}

type Open = (client: Client) => Promise<ClientChannel>;

const opened = (
  open: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
): Promise<ClientChannel> =>
  new Promise((resolve, reject) => open((error, channel) => (error ? reject(error) : resolve(channel))));

const shell: Open = (client) => opened((done) => client.shell({ cols: 100, rows: 40, term: "vt100" }, done));

describe("a channel of the command line (RFC 4254 section 6)", () => {
  test.each<[string, Open, object]>([
    ["a shell", shell, { command: undefined, window: { columns: 100, rows: 40 } }],
    [
      "a shell without a terminal",
      (client) => opened((done) => client.shell(false, done)),
      { command: undefined, window: undefined },
    ],
    [
      "a command",
      (client) => opened((done) => client.exec("display version", done)),
      { command: "display version", window: undefined },
    ],
    [
      "a command at a terminal",
      (client) => opened((done) => client.exec("x", { pty: { cols: 0, rows: 0 } }, done)),
      { command: "x", window: { columns: 80, rows: 24 } },
    ],
  ])("%s is accepted, and carries bytes both ways", async (_, open, request) => {
    const requests: CliRequest[] = [];
    const { port } = await startListener({ acceptCli: recording(requests) });
    const channel = await open(await login(port));
    const read = readToEnd(channel);
    channel.end("x\u0000\u00ff\r");
    expect(await read).toEqual({ text: "x\u0000\u00ff\r", status: 0 });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject(request);
  });

  test("a window that changes is told", async () => {
    const requests: CliRequest[] = [];
    const { port } = await startListener({ acceptCli: recording(requests) });
    const channel = await shell(await login(port));
    const changed = signal();
    const window = requests[0]?.window;
    if (window === undefined) throw new Error("no window");
    window.onResize = changed.resolve;
    channel.setWindow(50, 132, 0, 0);
    await changed.promise;
    expect(window).toMatchObject({ columns: 132, rows: 50 });
  });

  test("what is wrong comes on stderr, and the exit status is the session's", async () => {
    const acceptCli: AcceptCli = (channel) => ({
      received: () => {
        void channel.write(Buffer.from("out"));
        void channel.writeError(Buffer.from("wrong"));
        channel.close(3);
        channel.close(0);
      },
      closed: () => {},
    });
    const { port } = await startListener({ acceptCli });
    const channel = await opened((done) => void login(port).then((client) => client.exec("x", done)));
    let errors = "";
    channel.stderr.on("data", (bytes: Buffer) => {
      errors += bytes.toString();
    });
    const read = readToEnd(channel);
    channel.write("go");
    expect(await read).toEqual({ text: "out", status: 3 });
    expect(errors).toBe("wrong");
  });

  test("channels of both kinds share a connection and its limit", async () => {
    const { port } = await startListener({ acceptCli: recording([]), limits: { maxChannelsPerConnection: 2 } });
    const client = await login(port);
    const netconf = await openNetconf(client);
    const cli = await shell(client);
    await expect(shell(client)).rejects.toThrow();
    cli.end();
    cli.resume();
    await once(cli, "close");
    await shell(client);
    netconf.write("x");
    expect(String((await once(netconf, "data"))[0])).toBe("x");
  });
});
