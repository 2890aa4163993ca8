import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from "ssh2";
import { onTestFinished } from "vitest";
import type { Authenticator } from "../../src/access/authenticator.ts";
import { generateEd25519 } from "../../src/access/key-pair.ts";
import type { AcceptCli } from "../../src/cli/channel.ts";
import type { AcceptChannel } from "../../src/netconf/channel.ts";
import type { Log } from "../../src/observe/log.ts";
import type { TransportLimits } from "../../src/transport/limits.ts";
import { SshListener } from "../../src/transport/ssh-listener.ts";

/** Without OpenSSH its tests are left out, except where real peers are asked for: there they must run. */
export const hasOpenSsh = process.env["BMPCONFD_INTEROP"] === "1" || spawnSync("ssh", ["-V"]).error === undefined;

export const hostKey = generateEd25519();
export const userKey = generateEd25519();

/** Lets in `bob`, by the password `secret` or any key, without the cost of a real password hash. */
export const bobOnly: Authenticator = {
  withPassword: async (username, password) =>
    username === "bob" && password === "secret" ? { username, group: "admin" } : undefined,
  withKey: async (username) => (username === "bob" ? { username, group: "monitor" } : undefined),
};

/** Sends back what it gets. */
export const echo: AcceptChannel = (channel) => ({ received: (bytes) => channel.write(bytes), closed: () => {} });

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface RunningListener {
  readonly listener: SshListener;
  readonly port: number;
  readonly lines: readonly LogLine[];
}

interface ListenerSettings {
  readonly accept?: AcceptChannel;
  readonly acceptCli?: AcceptCli;
  readonly authenticator?: Authenticator;
  readonly limits?: Partial<TransportLimits>;
}

/** A listener on a free port of the loopback, stopped when the test ends. */
export async function startListener(settings: ListenerSettings = {}): Promise<RunningListener> {
  const lines: LogLine[] = [];
  const log: Log = (level, message, fields = {}) => lines.push({ level, message, fields });
  const listener = new SshListener({
    hostKeys: [hostKey.private],
    authenticator: settings.authenticator ?? bobOnly,
    accept: settings.accept ?? echo,
    acceptCli: settings.acceptCli,
    log,
    limits: { closeS: 0.5, ...settings.limits },
  });
  const { port } = await listener.listen({ address: "127.0.0.1", port: 0 });
  onTestFinished(() => listener.stop());
  return { listener, port, lines };
}

/** An SSH client that has begun to connect; ended when the test ends. */
export function startClient(port: number, config: ConnectConfig = {}): Client {
  const client = new ssh2.Client();
  client.on("error", () => {});
  onTestFinished(() => {
    client.destroy();
  });
  return client.connect({ host: "127.0.0.1", port, username: "bob", ...config });
}

/** An SSH client that has logged in as bob, by password unless `config` says how. */
export async function login(port: number, config: ConnectConfig = { password: "secret" }): Promise<Client> {
  const client = startClient(port, config);
  await once(client, "ready");
  return client;
}

/** Resolves when the connection has closed, whatever error came first. */
export const closed = (client: Client): Promise<void> =>
  new Promise((resolve) => {
    client.on("close", () => resolve());
  });

/** The NETCONF channel of a client. */
export function openNetconf(client: Client): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.subsys("netconf", (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

/** Everything a channel gives until it ends, and the exit status. */
export async function readToEnd(channel: ClientChannel): Promise<{ text: string; status: number | undefined }> {
  const pieces: Buffer[] = [];
  let status: number | undefined;
  channel.on("data", (bytes: Buffer) => pieces.push(bytes));
  channel.on("exit", (code: number) => {
    status = code;
  });
  await once(channel, "close");
  return { text: Buffer.concat(pieces).toString(), status };
}

/** A TCP client that knows nothing of SSH. */
export async function connectTcp(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, "connect");
  return socket;
}

/** A folder of its own for the test, removed at its end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "bmpconfd-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a client needs to misbehave: the parts of ssh2's client that its interface does not give. */
export interface ClientInternals {
  readonly _sock: Socket;
  readonly _protocol: {
    ping(): void;
    rekey(): void;
    authPassword(username: string, password: string, replacement?: string): void;
    session(channel: number, window: number, packetBytes: number): void;
  };
}

export const internalsOf = (client: Client): ClientInternals => client as unknown as ClientInternals;

/** A promise and the function that settles it. */
export function signal(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
