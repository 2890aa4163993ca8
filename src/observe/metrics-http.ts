import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Log } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { type MetricsLimits, metricsLimits } from "./metrics-limits.ts";
import type { MetricsSource } from "./metrics-source.ts";

const PATH = "/metrics";

export interface MetricsAddress {
  readonly address: string;
  /** 0 = any free port. */
  readonly port: number;
}

/** Prometheus' endpoint: `GET /metrics` over HTTP, nothing else. It has no access control: bind it to an inner address. */
export class MetricsListener {
  readonly #metrics: Metrics;
  readonly #log: Log;
  readonly #limits: MetricsLimits;
  readonly #servers: Server[] = [];

  constructor(source: MetricsSource, log: Log, limits: MetricsLimits = metricsLimits) {
    this.#metrics = new Metrics(source, log);
    this.#log = log;
    this.#limits = limits;
  }

  /** May be called several times. Resolves with the address in use; rejects when it cannot be bound. */
  async listen({ address, port }: MetricsAddress): Promise<MetricsAddress> {
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
    const [path] = (request.url ?? "").split("?", 1);
    if (path !== PATH) return refuse(response, 404, `There is only ${PATH} here.`);
    if (request.method !== "GET") return refuse(response, 405, "There is only GET.", { Allow: "GET" });
    try {
      const text = await this.#metrics.text();
      response.writeHead(200, { "Content-Type": this.#metrics.contentType }).end(text);
    } catch (error) {
      this.#log("error", "The metrics cannot be shown", { error });
      refuse(response, 500, "The metrics cannot be shown; the log says why.");
    }
  }
}

/** The connection is closed, too: there may be more of a request that nobody wants to read. */
function refuse(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", Connection: "close", ...headers });
  response.end(`${text}\n`);
}
