import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGE = new URL("../../", import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".yang": "application/yang",
};

/** A plain web server for the package's folder, as it would be unpacked: nothing in it is changed on the way. */
export class PackageServer {
  readonly #server: Server;
  readonly #served: string[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<PackageServer> {
    const server = createServer();
    const packageServer = new PackageServer(server);
    server.on("request", (request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      const url = new URL(`.${pathname}`, PACKAGE);
      try {
        const content = readFileSync(fileURLToPath(url));
        packageServer.#served.push(pathname);
        response
          .writeHead(200, { "content-type": TYPES[extname(pathname)] ?? "application/octet-stream" })
          .end(content);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return packageServer;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The paths that were found, in the order they were asked for. */
  get served(): readonly string[] {
    return this.#served;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
