import type { Duplex } from "node:stream";
import { XMLParser } from "fast-xml-parser";
import { MessageReader } from "./message-reader.ts";

const BASE_NAMESPACE = "urn:ietf:params:xml:ns:netconf:base:1.0";
const END_OF_MESSAGE = "]]>]]>";

/** The version of RFC 6242's framing that the client offers. */
export type Base = "1.0" | "1.1";

/** One `<rpc-error>` as a test compares it: prefixes removed, absent elements absent. */
export interface RefusedBecause {
  readonly type: string;
  readonly tag: string;
  readonly appTag?: string;
  readonly path?: string;
  readonly message: string;
}

/** The reply was one or more `<rpc-error>`. */
export class Refusal extends Error {
  readonly errors: readonly RefusedBecause[];

  constructor(errors: readonly RefusedBecause[]) {
    super(errors.map((error) => JSON.stringify(error)).join("\n"));
    this.errors = errors;
  }
}

const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  isArray: (name) => name === "rpc-error",
});

/** A NETCONF session over any byte stream, written for the tests: it shares no code with the server. */
export class NetconfClient {
  readonly hello: string;
  readonly #stream: Duplex;
  readonly #messages: MessageReader;
  readonly #base: Base;
  #messageId = 0;
  /** The reply to the request before: replies come in the order of the requests (RFC 6241 section 4.5). */
  #previous: Promise<unknown> = Promise.resolve();

  private constructor(stream: Duplex, messages: MessageReader, base: Base, hello: string) {
    this.#stream = stream;
    this.#messages = messages;
    this.#base = base;
    this.hello = hello;
  }

  static async open(stream: Duplex, base: Base = "1.1"): Promise<NetconfClient> {
    const messages = new MessageReader(stream);
    stream.write(
      `<hello xmlns="${BASE_NAMESPACE}"><capabilities><capability>urn:ietf:params:netconf:base:${base}</capability>` +
        `</capabilities></hello>${END_OF_MESSAGE}`,
    );
    return new NetconfClient(stream, messages, base, await messages.nextMarked());
  }

  /** Sends `<rpc>` around `operation`; returns the reply's XML or throws Refusal. */
  async rpc(operation: string): Promise<string> {
    this.#messageId += 1;
    const rpc = `<rpc xmlns="${BASE_NAMESPACE}" message-id="${this.#messageId}">${operation}</rpc>`;
    this.#stream.write(this.#base === "1.0" ? rpc + END_OF_MESSAGE : `\n#${Buffer.byteLength(rpc)}\n${rpc}\n##\n`);
    const turn = this.#previous.then(() => this.#nextReply());
    this.#previous = turn.catch(() => {});
    const reply = await turn;
    const errors = rpcErrors(reply);
    if (errors.length > 0) throw new Refusal(errors);
    return reply;
  }

  #nextReply(): Promise<string> {
    return this.#base === "1.0" ? this.#messages.nextMarked() : this.#messages.nextChunked();
  }

  /** The next `<notification>` (RFC 5277). To be called while no request waits for its reply. */
  notification(): Promise<string> {
    return this.#nextReply();
  }

  async editConfig(config: string, target = "candidate"): Promise<void> {
    const parameters = `<target><${target}/></target><config xmlns:nc="${BASE_NAMESPACE}">${config}</config>`;
    await this.rpc(`<edit-config>${parameters}</edit-config>`);
  }

  async commit(): Promise<void> {
    await this.rpc("<commit/>");
  }

  /** Edits candidate and commits. */
  async configure(config: string): Promise<void> {
    await this.editConfig(config);
    await this.commit();
  }

  getConfig(source = "running"): Promise<string> {
    return this.rpc(`<get-config><source><${source}/></source></get-config>`);
  }

  /** `<get>` with a subtree filter. */
  get(filter: string): Promise<string> {
    return this.rpc(`<get><filter type="subtree">${filter}</filter></get>`);
  }

  async close(): Promise<void> {
    await this.rpc("<close-session/>");
  }
}

interface ParsedReply {
  readonly "rpc-reply": { readonly "rpc-error"?: readonly Record<string, string>[] } | string;
}

function rpcErrors(reply: string): RefusedBecause[] {
  const body = (parser.parse(reply) as ParsedReply)["rpc-reply"];
  const found = typeof body === "object" ? (body["rpc-error"] ?? []) : [];
  return found.map((error) => {
    const appTag = error["error-app-tag"];
    const path = error["error-path"];
    return {
      type: error["error-type"] ?? "",
      tag: error["error-tag"] ?? "",
      ...(appTag === undefined ? {} : { appTag }),
      ...(path === undefined ? {} : { path }),
      message: error["error-message"] ?? "",
    };
  });
}
