import { once } from "node:events";
import net from "node:net";

/** RFC 7854 section 4.1, message types. */
export const ROUTE_MONITORING = 0;
export const STATISTICS_REPORT = 1;
export const PEER_DOWN = 2;
export const PEER_UP = 3;
export const INITIATION = 4;
export const TERMINATION = 5;
export const ROUTE_MIRRORING = 6;

/** Version (1), length (4), type (1). */
const COMMON_HEADER_BYTES = 6;
const PER_PEER_HEADER_BYTES = 42;
/** RFC 4724 section 2, after the BGP header's length and type: no routes, or an empty MP_UNREACH_NLRI for IPv6 unicast. */
const END_OF_RIB = new Map([
  ["00170200000000", "ipv4-unicast"],
  ["001d0200000006800f03000201", "ipv6-unicast"],
]);
const BGP_MARKER_BYTES = 16;

/** One connection's bytes, as they came. */
export class Recording {
  readonly remoteAddress: string;
  readonly #chunks: Buffer[] = [];
  readonly #socket: net.Socket;
  /** "end" = the sender closed in order, "error" = reset. */
  ended: "end" | "error" | undefined;

  constructor(socket: net.Socket) {
    this.#socket = socket;
    this.remoteAddress = socket.remoteAddress ?? "";
    socket.on("data", (bytes) => this.#chunks.push(bytes));
    socket.on("end", () => {
      this.ended ??= "end";
    });
    socket.on("error", () => {
      this.ended ??= "error";
    });
  }

  /** The whole messages received so far, each with its header. */
  messages(): Buffer[] {
    const bytes = Buffer.concat(this.#chunks);
    const messages: Buffer[] = [];
    for (let at = 0; at + COMMON_HEADER_BYTES <= bytes.length; ) {
      const length = bytes.readUInt32BE(at + 1);
      if (bytes[at] !== 3 || length < COMMON_HEADER_BYTES)
        throw new Error(`no BMP header at byte ${at}: ${bytes.toString("hex", at, at + 6)}`);
      if (at + length > bytes.length) break;
      messages.push(bytes.subarray(at, at + length));
      at += length;
    }
    return messages;
  }

  types(): number[] {
    return this.messages().map((message) => message[5] ?? -1);
  }

  /** The families whose End-of-RIB was received, over all peers, in alphabetical order. */
  endOfRibs(): string[] {
    const pduStart = COMMON_HEADER_BYTES + PER_PEER_HEADER_BYTES + BGP_MARKER_BYTES;
    return this.messages()
      .filter((message) => message[5] === ROUTE_MONITORING)
      .flatMap((message) => END_OF_RIB.get(message.toString("hex", pduStart)) ?? [])
      .sort((one, other) => one.localeCompare(other));
  }

  destroy(): void {
    this.#socket.resetAndDestroy();
  }
}

/** A collector that only listens: no part of BMP can go wrong in it. */
export class RecordingSink {
  readonly connections: Recording[] = [];
  readonly #server: net.Server;

  private constructor(server: net.Server) {
    this.#server = server;
    server.on("connection", (socket) => this.connections.push(new Recording(socket)));
  }

  static async listen(address: string, port = 11019): Promise<RecordingSink> {
    const server = net.createServer();
    const sink = new RecordingSink(server);
    server.listen(port, address);
    await once(server, "listening");
    return sink;
  }

  get latest(): Recording {
    const latest = this.connections.at(-1);
    if (latest === undefined) throw new Error("nobody has connected");
    return latest;
  }

  /** Stops listening and resets every connection, as a collector that crashes does. */
  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const connection of this.connections) connection.destroy();
    await closed;
  }
}
