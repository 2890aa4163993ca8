import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { hostname } from "node:os";
import { type HttpLimits, httpLimits } from "./http-limits.ts";
import type { Log } from "./log.ts";

export interface HttpAddress {
  readonly address: string;
  /** 0 = any free port. */
  readonly port: number;
}

/** What a path answers. */
export interface HttpResource {
  /** Rejects when it cannot be shown. */
  get(): Promise<HttpContent>;
  /**
   * Whether it is asked for by names that only the operator's resolver knows. Other resources answer to names that no
   * website can have, so that none can read them by making its own name an address of this server (DNS rebinding).
   */
  readonly hasAnyName?: boolean;
}

export interface HttpContent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Reads, and nothing else, over HTTP: GET and HEAD of some paths. There is no access control: bind it to an inner
 * address. What it answers is for the same origin only.
 */
export class HttpListener {
  readonly #resources: ReadonlyMap<string, HttpResource>;
  readonly #log: Log;
  readonly #limits: HttpLimits;
  readonly #servers: Server[] = [];

  /** `resources` by path. */
  constructor(resources: ReadonlyMap<string, HttpResource>, log: Log, limits: HttpLimits = httpLimits) {
    this.#resources = resources;
    this.#log = log;
    this.#limits = limits;
  }

  /** May be called several times. Resolves with the address in use; rejects when it cannot be bound. */
  async listen({ address, port }: HttpAddress): Promise<HttpAddress> {
    const { connections, headerBytes, requestMs, idleMs } = this.#limits;
    const server = createServer(
      {
        maxHeaderSize: headerBytes,
        headersTimeout: requestMs,
        requestTimeout: requestMs,
        connectionsCheckingInterval: Math.min(1000, requestMs),
        keepAliveTimeout: idleMs,
      },
      (request, response) => void this.#answer(request, response),
    );
    server.maxConnections = connections;
    server.setTimeout(idleMs);
    server.listen({ host: address, port });
    await once(server, "listening");
    server.on("error", (error) => this.#log("warn", "The metrics endpoint cannot accept a connection", { error }));
    this.#servers.push(server);
    const bound = server.address() as AddressInfo;
    return { address: bound.address, port: bound.port };
  }

  /** Closes the listeners and all connections. */
  async stop(): Promise<void> {
    await Promise.all(
      this.#servers.splice(0).map(async (server) => {
        server.close();
        server.closeAllConnections();
        await once(server, "close");
      }),
    );
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = ""] = (request.url ?? "").split("?", 1);
    const resource = this.#resources.get(path);
    if (resource === undefined) {
      return refuse(response, 404, `There is only ${[...this.#resources.keys()].join(", ")} here.`);
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return refuse(response, 405, "There is only GET and HEAD.", { Allow: "GET, HEAD" });
    }
    if (!isOurName(request, resource)) {
      return refuse(response, 421, "Use the server's address in place of a name, or localhost, or its host name.");
    }
    try {
      const { headers, body } = await resource.get();
      response.writeHead(200, { ...PRIVATE, ...headers, "Content-Length": Buffer.byteLength(body) }).end(body);
    } catch (error) {
      this.#log("error", "What was asked for over HTTP cannot be shown", { path, error });
      refuse(response, 500, "This cannot be shown; the log says why.");
    }
  }
}

/** Nobody else's page may have it, and no cache may keep it. */
const PRIVATE = {
  "Cache-Control": "no-store",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/**
 * Whether the name in the Host header is none that a website could have: an address, localhost, the device's own name.
 * Over loopback nobody needs another one.
 */
function isOurName({ headers, socket }: IncomingMessage, { hasAnyName = false }: HttpResource): boolean {
  if (hasAnyName && !isLoopback(socket.localAddress ?? "")) return true;
  const host = (headers.host ?? "").replace(/:\d*$/, "").toLowerCase();
  const address = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  return isIP(address) !== 0 || host === "localhost" || host === hostname().toLowerCase();
}

const isLoopback = (address: string): boolean => address === "::1" || /^(?:::ffff:)?127\./.test(address);

/** The connection is closed, too: there may be more of a request that nobody wants to read. */
function refuse(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    ...PRIVATE,
    "Content-Type": "text/plain; charset=utf-8",
    Connection: "close",
    ...headers,
  });
  response.end(`${text}\n`);
}
