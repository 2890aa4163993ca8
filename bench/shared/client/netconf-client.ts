import type { Client, ClientChannel } from "ssh2";
import { ChunkReader } from "./chunk-reader.ts";
import type { Endpoint } from "./endpoint.ts";
import { Reply } from "./reply.ts";
import { openSshChannel } from "./ssh-channel.ts";

const BASE_NAMESPACE = "urn:ietf:params:xml:ns:netconf:base:1.0";
const END_OF_MESSAGE = "]]>]]>";
const SHOWN_ERROR_CHARS = 400;

interface Waiter {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A NETCONF session over SSH that costs its own process little: replies are neither copied nor parsed before they are
 * asked about, and requests made in one turn of the event loop leave in one write.
 */
export class NetconfClient {
  readonly #ssh: Client;
  readonly #channel: ClientChannel;
  /** Replies come in the order of the requests (RFC 6241 section 4.5). */
  readonly #waiters: Waiter[] = [];
  #messageId = 0;
  #outbox: string[] = [];
  #ended: Error | undefined;

  /** Connects, logs in and exchanges hellos. */
  static async connect(endpoint: Endpoint): Promise<NetconfClient> {
    const { ssh, channel } = await openSshChannel(endpoint);
    const client = new NetconfClient(ssh, channel);
    await client.#exchangeHellos();
    return client;
  }

  private constructor(ssh: Client, channel: ClientChannel) {
    this.#ssh = ssh;
    this.#channel = channel;
    channel.on("close", () => this.#end(new Error("the NETCONF session has ended")));
  }

  /** Sends `<rpc>` around `operation`; rejects on an `<rpc-error>`. May be called again before the reply is there. */
  async rpc(operation: string): Promise<Reply> {
    this.#messageId += 1;
    const messageId = `message-id="${this.#messageId}"`;
    const reply = await this.#request(`<rpc xmlns="${BASE_NAMESPACE}" ${messageId}>${operation}</rpc>`);
    if (!reply.bytes.includes(messageId)) throw new Error(`not the reply with ${messageId}: ${excerpt(reply.bytes)}`);
    if (reply.bytes.includes("<rpc-error")) throw new Error(`rpc-error: ${excerpt(reply.bytes)}`);
    return reply;
  }

  close(): void {
    this.#end(new Error("the client has closed the session"));
    this.#ssh.destroy();
  }

  #request(rpc: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      if (this.#outbox.length === 0) queueMicrotask(() => this.#flush());
      this.#outbox.push(`\n#${Buffer.byteLength(rpc)}\n${rpc}\n##\n`);
      this.#waiters.push({ resolve, reject });
    });
  }

  #flush(): void {
    const bytes = this.#outbox.join("");
    this.#outbox = [];
    if (this.#ended === undefined) this.#channel.write(bytes);
  }

  async #exchangeHellos(): Promise<void> {
    this.#channel.write(
      `<hello xmlns="${BASE_NAMESPACE}"><capabilities><capability>urn:ietf:params:netconf:base:1.1</capability>` +
        `</capabilities></hello>${END_OF_MESSAGE}`,
    );
    await this.#hello();
    const reader = new ChunkReader((pieces) => this.#answer(new Reply(pieces)));
    this.#channel.on("data", (bytes: Buffer) => {
      try {
        reader.push(bytes);
      } catch (error) {
        this.#end(error as Error);
      }
    });
  }

  /** Waits for the server's hello, behind which nothing comes before the first request. */
  #hello(): Promise<void> {
    return new Promise((resolve, reject) => {
      let hello = "";
      const closed = (): void => reject(new Error("the server has ended the session before its hello"));
      const received = (bytes: Buffer): void => {
        hello += bytes.toString("latin1");
        if (!hello.endsWith(END_OF_MESSAGE)) return;
        this.#channel.off("data", received);
        this.#channel.off("close", closed);
        resolve();
      };
      this.#channel.on("close", closed);
      this.#channel.on("data", received);
    });
  }

  #answer(reply: Reply): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) throw new Error("a reply that nobody waits for");
    waiter.resolve(reply);
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const { reject } of this.#waiters.splice(0)) reject(this.#ended);
  }
}

/** The error's own words where they can be found. */
function excerpt(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  const [, message] = /<(?:\w+:)?error-message[^>]*>([^<]*)</.exec(text) ?? [];
  return (message ?? text).trim().slice(0, SHOWN_ERROR_CHARS);
}
