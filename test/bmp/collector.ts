import { EventEmitter, once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { BmpDecoder } from "../../src/bmp/codec/bmp-decoder.ts";
import { type BmpMessage, decodeMessage } from "../../src/bmp/codec/message.ts";
import type { SentMessages } from "../../src/bmp/session-state.ts";
import { setListenerMd5Key } from "../../src/net/linux-socket.ts";
import type { Md5Key } from "../../src/net/md5-signature.ts";
import { applyUpdate } from "./bgp-pdus.ts";

/** What one connection brought, and the tables it adds up to. Throws on what RFC 7854 does not allow. */
export class CollectorView {
  readonly messages: BmpMessage[] = [];
  /** MED by prefix by the peer's address: the peers that are up. */
  readonly tables = new Map<string, Map<number, number>>();
  readonly #decoder = new BmpDecoder(1 << 20);

  push(bytes: Uint8Array): void {
    this.#decoder.push(bytes);
    for (let message = this.#decoder.next(); message !== undefined; message = this.#decoder.next()) {
      this.#take(decodeMessage(message));
    }
  }

  #take(message: BmpMessage): void {
    if (this.messages.length === 0 && message.kind !== "initiation") throw new Error(`starts with ${message.kind}`);
    if (this.messages.at(-1)?.kind === "termination") throw new Error(`${message.kind} after Termination`);
    this.messages.push(message);
    switch (message.kind) {
      case "peer-up":
        if (this.tables.has(message.peer.address)) throw new Error(`second Peer Up of ${message.peer.address}`);
        this.tables.set(message.peer.address, new Map());
        break;
      case "peer-down":
        this.#tableOf(message);
        this.tables.delete(message.peer.address);
        break;
      case "route-monitoring":
        applyUpdate(this.#tableOf(message), message.update);
        break;
      case "route-mirroring":
      case "statistics-report":
        this.#tableOf(message);
        break;
    }
  }

  #tableOf({ kind, peer }: Extract<BmpMessage, { readonly peer: unknown }>): Map<number, number> {
    const table = this.tables.get(peer.address);
    if (table === undefined) throw new Error(`${kind} of ${peer.address}, which is not up`);
    return table;
  }

  /** The kind of each message, in order. */
  get kinds(): string[] {
    return this.messages.map(({ kind }) => kind);
  }
}

const LEAVES: Readonly<Record<BmpMessage["kind"], keyof SentMessages>> = {
  "route-monitoring": "routeMonitoring",
  "statistics-report": "statisticsReport",
  "peer-down": "peerDown",
  "peer-up": "peerUp",
  initiation: "initiation",
  termination: "termination",
  "route-mirroring": "routeMirroring",
};

/** What came, as the state of a session counts what went. */
export function countMessages(views: readonly CollectorView[]): SentMessages {
  const counts = { ...NO_MESSAGES };
  for (const { messages } of views) for (const { kind } of messages) counts[LEAVES[kind]] += 1;
  return counts;
}

const NO_MESSAGES = Object.freeze({
  routeMonitoring: 0,
  statisticsReport: 0,
  peerDown: 0,
  peerUp: 0,
  initiation: 0,
  termination: 0,
  routeMirroring: 0,
});

export class CollectedConnection {
  readonly socket: Socket;
  readonly view = new CollectorView();
  readonly #changed = new EventEmitter();
  isClosed = false;
  #problem: unknown;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes) => {
      try {
        // Not a Buffer: its parts must compare equal to literal arrays.
        this.view.push(Uint8Array.from(bytes));
      } catch (error) {
        this.#problem = error;
      }
      this.#changed.emit("changed");
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.isClosed = true;
      this.#changed.emit("changed");
    });
  }

  /** Resolves once `condition` holds; rejects on bytes that break the protocol. */
  async until(condition: (view: CollectorView) => boolean): Promise<CollectorView> {
    while (this.#problem === undefined && !condition(this.view)) {
      if (this.isClosed) throw new Error(`closed after ${this.view.kinds.join(", ")}`);
      await once(this.#changed, "changed");
    }
    if (this.#problem !== undefined) throw this.#problem;
    return this.view;
  }

  untilCount(messages: number): Promise<CollectorView> {
    return this.until((view) => view.messages.length >= messages);
  }

  async closed(): Promise<CollectorView> {
    while (!this.isClosed) await once(this.#changed, "changed");
    if (this.#problem !== undefined) throw this.#problem;
    return this.view;
  }
}

/** A monitoring station on a loopback port. */
export class TestCollector {
  readonly #server: Server;
  readonly #waiting: ((connection: CollectedConnection) => void)[] = [];
  readonly connections: CollectedConnection[] = [];
  #taken = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      const connection = new CollectedConnection(socket);
      this.connections.push(connection);
      this.#waiting.shift()?.(connection);
    });
  }

  static async listen(host = "127.0.0.1"): Promise<TestCollector> {
    const server = createServer().listen(0, host);
    await once(server, "listening");
    return new TestCollector(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Demands signatures of an address (RFC 2385). */
  setMd5Key(md5: Md5Key): void {
    setListenerMd5Key(this.#server, md5);
  }

  /** The next connection that was not asked for yet. */
  async connection(): Promise<CollectedConnection> {
    const index = this.#taken;
    this.#taken += 1;
    const there = this.connections[index];
    if (there !== undefined) return there;
    return await new Promise((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    for (const { socket } of this.connections) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
