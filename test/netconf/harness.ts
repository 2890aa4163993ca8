import { AccessControl } from "../../src/access/access-control.ts";
import type { NetconfChannelHandler } from "../../src/netconf/channel.ts";
import type { NetconfLimits } from "../../src/netconf/limits.ts";
import { NetconfServer } from "../../src/netconf/netconf-server.ts";
import { EventStream } from "../../src/notifications/event-stream.ts";
import type { LogFields, LogLevel } from "../../src/observe/log.ts";
import type { AnsweredRpc } from "../../src/observe/metrics.ts";
import { UrlStores } from "../../src/url/url-stores.ts";
import { FakeChannel } from "./fake-channel.ts";
import { FakeDatastores } from "./fake-datastores.ts";
import { FakeTimers } from "./fake-timers.ts";

export const BASE = "urn:ietf:params:xml:ns:netconf:base:1.0";

export const clientHello = (...versions: string[]) =>
  `<hello xmlns="${BASE}"><capabilities>${versions
    .map((version) => `<capability>urn:ietf:params:netconf:base:${version}</capability>`)
    .join("")}</capabilities></hello>]]>]]>`;

export const chunked = (message: string) => `\n#${Buffer.byteLength(message)}\n${message}\n##\n`;

/** An `<rpc>` as most tests send it, and the reply to it. */
export const rpc = (operation: string) => `<rpc message-id="101" xmlns="${BASE}">${operation}</rpc>`;
export const reply = (content: string) => `<rpc-reply message-id="101" xmlns="${BASE}">${content}</rpc-reply>`;
export const OK = reply("<ok/>");

/** A server without the :url capability. */
export const noUrls = new UrlStores({ schemes: [], filesFolder: "/nowhere" });

/** A server whose parts a test can see and move. */
export class Harness {
  readonly datastores: FakeDatastores;
  readonly access = new AccessControl();
  readonly timers = new FakeTimers();
  readonly log: { level: LogLevel; message: string; fields: LogFields | undefined }[] = [];
  readonly events: EventStream;
  readonly answered: AnsweredRpc[] = [];
  readonly server: NetconfServer;

  constructor(
    limits: Partial<NetconfLimits> = {},
    urls: UrlStores = noUrls,
    datastores = new FakeDatastores(),
    events = new EventStream(),
  ) {
    this.datastores = datastores;
    this.events = events;
    this.server = new NetconfServer({
      datastores: this.datastores,
      urls,
      events,
      access: this.access,
      log: (level, message, fields) => void this.log.push({ level, message, fields }),
      limits,
      startTimer: this.timers.start,
      answered: (rpc) => void this.answered.push(rpc),
    });
  }

  connect(channel = new FakeChannel()): Client {
    return new Client(channel, this.server.accept(channel));
  }

  /** A session after both hellos. */
  async open(version: "1.0" | "1.1" = "1.1", channel = new FakeChannel()): Promise<Client> {
    const client = this.connect(channel);
    client.takeSent();
    await client.send(version === "1.1" ? clientHello("1.0", "1.1") : clientHello("1.0"));
    return client;
  }
}

export class Client {
  readonly channel: FakeChannel;
  readonly handler: NetconfChannelHandler;

  constructor(channel: FakeChannel, handler: NetconfChannelHandler) {
    this.channel = channel;
    this.handler = handler;
  }

  /** Resolves when the server has answered, or never will. */
  async send(bytes: string | Uint8Array): Promise<void> {
    await this.handler.received(typeof bytes === "string" ? Buffer.from(bytes) : bytes);
    await this.handler.answered?.();
  }

  /** What the server sent since the last call. */
  takeSent(): string {
    const sent = this.channel.sent;
    this.channel.sent = "";
    return sent;
  }

  /** The messages of a base:1.1 session that the server has sent since the last call, once it sends no more. */
  async takeMessages(): Promise<string[]> {
    await settled();
    return messagesIn(this.takeSent());
  }

  /** Sends one message on a base:1.1 session and returns the one reply to it. */
  async ask(message: string): Promise<string> {
    await this.send(chunked(message));
    return unchunked(this.takeSent());
  }
}

/** Resolves when what a test has begun is done, but for what waits for the test. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

/** The messages in `sent`, each of any number of chunks. */
function messagesIn(sent: string): string[] {
  const messages = sent.split("\n##\n");
  if (messages.pop() !== "") throw new Error(`Not whole messages: ${sent}`);
  return messages.map((chunks) => {
    let message = "";
    for (let rest = Buffer.from(chunks); rest.length > 0; ) {
      const header = /^\n#(\d+)\n/.exec(rest.toString("latin1"));
      if (header === null) throw new Error(`Not chunked: ${sent}`);
      const end = header[0].length + Number(header[1]);
      message += rest.subarray(header[0].length, end).toString();
      rest = rest.subarray(end);
    }
    return message;
  });
}

/** The message in the one chunk that `sent` must be. */
export function unchunked(sent: string): string {
  const message = /^\n#\d+\n([\s\S]*)\n##\n$/.exec(sent)?.[1];
  if (message === undefined || sent !== chunked(message)) throw new Error(`Not one chunked message: ${sent}`);
  return message;
}
