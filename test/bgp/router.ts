import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { type Capability, fourOctetAs, multiprotocol } from "../../src/bgp/codec/capability.ts";
import { messageType } from "../../src/bgp/codec/common-header.ts";
import { encodeKeepalive } from "../../src/bgp/codec/keepalive.ts";
import { MessageDecoder } from "../../src/bgp/codec/message-decoder.ts";
import { encodeOpen } from "../../src/bgp/codec/open.ts";
import { dial } from "../../src/net/dial.ts";
import { setListenerMd5Key } from "../../src/net/linux-socket.ts";
import type { Md5Key } from "../../src/net/md5-signature.ts";

export const ROUTER_AS = 65001;

export interface RouterOpen {
  readonly as?: number;
  readonly bgpId?: number;
  readonly holdTimeS?: number;
  readonly capabilities?: readonly Capability[];
}

/** The OPEN of a neighbour that speaks both unicast families. */
export function routerOpen({ as = ROUTER_AS, bgpId = 1, holdTimeS = 90, capabilities }: RouterOpen = {}): Uint8Array {
  const usual = [multiprotocol(IPV4_UNICAST), multiprotocol(IPV6_UNICAST), fourOctetAs(as)];
  return encodeOpen({ as, bgpId, holdTimeS, capabilities: capabilities ?? usual });
}

/** A neighbour's end of one connection, played by a test. */
export class Router {
  readonly socket: Socket;
  readonly #decoder = new MessageDecoder();
  #isClosed = false;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => {});
    socket.on("data", (bytes: Buffer) => {
      this.#decoder.push(bytes);
      this.#wake();
    });
    socket.on("close", () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  static async dial(port: number, host = "127.0.0.1", md5Key?: string): Promise<Router> {
    const socket = md5Key === undefined ? connect({ port, host }) : dial({ port, address: host, md5Key });
    const router = new Router(socket);
    await once(router.socket, "connect").catch((error: NodeJS.ErrnoException) => {
      // Refused after the handshake: as if it had been closed at once.
      if (error.code !== "ECONNRESET") throw error;
    });
    return router;
  }

  send(...pdus: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(pdus));
  }

  /** The next message, or "closed". */
  async next(): Promise<Uint8Array | "closed"> {
    for (;;) {
      const pdu = this.#decoder.next();
      if (pdu !== undefined) return new Uint8Array(pdu);
      if (this.#isClosed) return "closed";
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Code and subcode of the NOTIFICATION that comes after any KEEPALIVEs and OPEN, "closed" if none does. */
  async notification(): Promise<string> {
    for (;;) {
      const pdu = await this.next();
      if (pdu === "closed") return pdu;
      if (messageType(pdu) === 3) return `${pdu[19]}/${pdu[20]}`;
    }
  }

  /** Plays the neighbour until both ends are Established; returns the speaker's OPEN. */
  async establish(open: RouterOpen = {}): Promise<Uint8Array> {
    const received = await this.next();
    if (received === "closed") throw new Error("closed instead of OPEN");
    this.send(routerOpen(open), encodeKeepalive());
    const keepalive = await this.next();
    if (keepalive === "closed" || messageType(keepalive) !== 4) throw new Error("no KEEPALIVE");
    return received;
  }
}

/** A listening neighbour. */
export class RouterListener {
  readonly #server: Server;
  readonly #accepted: Router[] = [];
  #wake: () => void = () => {};

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#accepted.push(new Router(socket));
      this.#wake();
    });
  }

  static async open(): Promise<RouterListener> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new RouterListener(server);
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return address.port;
  }

  /** Demands signatures of an address (RFC 2385). */
  setMd5Key(md5: Md5Key): void {
    setListenerMd5Key(this.#server, md5);
  }

  /** The next connection that the speaker opens. */
  async accept(): Promise<Router> {
    for (;;) {
      const router = this.#accepted.shift();
      if (router !== undefined) return router;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#server.close();
  }
}
