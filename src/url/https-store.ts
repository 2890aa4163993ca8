import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { dataMissing, operationFailed } from "../errors/constructors.ts";
import { RpcError } from "../errors/rpc-error.ts";
import type { UrlLimits } from "./limits.ts";
import { shown, tooLong, type UrlStore } from "./url-store.ts";

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * `https://HOST/PATH`: GET reads, PUT writes, DELETE removes. The server's certificate is checked against the
 * machine's authorities. Redirections are not followed: the client named the server it trusts. A user and password in the URL are
 * sent as Basic authentication.
 */
export class HttpsStore implements UrlStore {
  readonly #limits: UrlLimits;
  readonly #authorities: string | undefined;

  constructor(limits: UrlLimits, authorities: string | undefined) {
    this.#limits = limits;
    this.#authorities = authorities;
  }

  async read(url: URL): Promise<Uint8Array> {
    const { status, body } = await this.#exchange(url, "GET");
    requireSuccess(url, "GET", status);
    return body;
  }

  async write(url: URL, content: AsyncIterable<Uint8Array>): Promise<void> {
    const { status } = await this.#exchange(url, "PUT", content);
    requireSuccess(url, "PUT", status);
  }

  async remove(url: URL): Promise<void> {
    const { status } = await this.#exchange(url, "DELETE");
    requireSuccess(url, "DELETE", status);
  }

  async #exchange(url: URL, method: string, content: AsyncIterable<Uint8Array> = none()): Promise<Answer> {
    const signal = AbortSignal.timeout(this.#limits.httpsMs);
    const headers = headersFor(url);
    // Without what is before the host: that is in a header.
    const outgoing = request(shown(url), { method, headers, signal, ca: this.#authorities, agent: false });
    try {
      const answering = once(outgoing, "response") as Promise<[IncomingMessage]>;
      const sending = pipeline(Readable.from(this.#bounded(url, content)), outgoing);
      // A server may answer, and refuse, before it has all.
      const [answer] = await Promise.race([answering, sending.then(() => answering)]);
      return { status: answer.statusCode ?? 0, body: await this.#bodyOf(url, answer) };
    } catch (error) {
      if (error instanceof RpcError) throw error;
      throw failed(url, signal.aborted ? `no answer within ${this.#limits.httpsMs} ms` : (error as Error).message);
    } finally {
      outgoing.destroy();
    }
  }

  async *#bounded(url: URL, content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    let bytes = 0;
    for await (const piece of content) {
      bytes += piece.length;
      if (bytes > this.#limits.urlBytes) throw tooLong(url, this.#limits);
      yield piece;
    }
  }

  async #bodyOf(url: URL, answer: IncomingMessage): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.#bounded(url, answer)) pieces.push(piece);
    return Buffer.concat(pieces);
  }
}

async function* none(): AsyncIterable<Uint8Array> {}

function headersFor({ username, password }: URL): Record<string, string> {
  const headers = { accept: "application/yang-data+xml, application/xml, text/xml", "content-type": "application/xml" };
  if (username === "" && password === "") return headers;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { ...headers, authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
}

function requireSuccess(url: URL, method: string, status: number): void {
  if (status >= 200 && status < 300) return;
  if (status === 404 || status === 410) throw dataMissing(`There is no ${shown(url)}: the server answers ${status}.`);
  const hint = status >= 300 && status < 400 ? " Redirections are not followed; use the final URL." : "";
  throw operationFailed(`The server of ${shown(url)} answers ${method} with status ${status}.${hint}`);
}

const failed = (url: URL, why: string) =>
  operationFailed(`${shown(url)} cannot be reached: ${why}. Check host, port and certificate.`);
