import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { fourOctetAs } from "../../src/bgp/codec/capability.ts";
import { messageType } from "../../src/bgp/codec/common-header.ts";
import { encodeKeepalive } from "../../src/bgp/codec/keepalive.ts";
import { MessageDecoder } from "../../src/bgp/codec/message-decoder.ts";
import { decodeNotification, describeNotification } from "../../src/bgp/codec/notification.ts";
import { encodeOpen } from "../../src/bgp/codec/open.ts";
import { describeUpdate } from "../../src/lab/describe-update.ts";
import type { Endpoint } from "../../src/lab/lab-topology.ts";
import { labLimits } from "../../src/lab/limits.ts";
import { Inbox } from "./inbox.ts";

const CLOSED = Symbol("closed");

/** A connection of the neighbour's, as a speaker under the test's control sees it. */
export class FakeSpeakerConnection {
  readonly #inbox = new Inbox<Uint8Array | typeof CLOSED>();
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
    const messages = new MessageDecoder();
    socket.on("data", (bytes) => {
      messages.push(bytes);
      for (let pdu = messages.next(); pdu !== undefined; pdu = messages.next()) this.#inbox.add(pdu);
    });
    socket.on("error", () => {});
    socket.once("end", () => this.#inbox.add(CLOSED));
  }

  send(...pdus: readonly Uint8Array[]): void {
    for (const pdu of pdus) this.socket.write(pdu);
  }

  async nextPdu(): Promise<Uint8Array> {
    const pdu = await this.#inbox.next();
    if (pdu === CLOSED) throw new Error("the neighbour closed the connection");
    return pdu;
  }

  /** The next message in words. */
  async next(): Promise<string> {
    const pdu = await this.#inbox.next();
    if (pdu === CLOSED) return "closed";
    switch (messageType(pdu)) {
      case 1:
        return "OPEN";
      case 3:
        return describeNotification(decodeNotification(pdu));
      case 4:
        return "KEEPALIVE";
      default:
        return describeUpdate(pdu, true, labLimits);
    }
  }

  async take(count: number): Promise<string[]> {
    const words: string[] = [];
    while (words.length < count) words.push(await this.next());
    return words;
  }

  /** Answers OPEN and KEEPALIVE; resolves once the neighbour's table was read. */
  async establish(holdTimeS = 90): Promise<void> {
    this.send(speakerOpen(holdTimeS));
    await this.take(2);
    this.send(encodeKeepalive());
    await this.take(8);
  }
}

export function speakerOpen(holdTimeS: number): Uint8Array {
  return encodeOpen({ as: 65000, holdTimeS, bgpId: 0xc0000201, capabilities: [fourOctetAs(65000)] });
}

export class FakeSpeaker {
  readonly #connections = new Inbox<FakeSpeakerConnection>();
  readonly #sockets: Socket[] = [];
  readonly #server: Server;

  /** A half-open connection is closed by nobody but the test. */
  constructor(allowHalfOpen = false) {
    this.#server = createServer({ allowHalfOpen }, (socket) => {
      this.#sockets.push(socket);
      this.#connections.add(new FakeSpeakerConnection(socket));
    });
  }

  async listen(): Promise<Endpoint> {
    this.#server.listen({ host: "127.0.0.1", port: 0 });
    await once(this.#server, "listening");
    return { address: "127.0.0.1", port: (this.#server.address() as AddressInfo).port };
  }

  accept(): Promise<FakeSpeakerConnection> {
    return this.#connections.next();
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, "close");
  }
}
