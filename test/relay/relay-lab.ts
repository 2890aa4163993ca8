import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { BmpDecoder } from "../../src/bmp/codec/bmp-decoder.ts";
import { encodeInitiation } from "../../src/bmp/codec/initiation.ts";
import { type BmpMessage, decodeMessage } from "../../src/bmp/codec/message.ts";
import { encodePeerDown } from "../../src/bmp/codec/peer-down.ts";
import { encodePeerUp } from "../../src/bmp/codec/peer-up.ts";
import type { PerPeerHeader } from "../../src/bmp/codec/per-peer-header.ts";
import { encodeRouteMonitoring } from "../../src/bmp/codec/route-monitoring.ts";
import type { RelayRouterConfig } from "../../src/relay/config.ts";
import { Relay, type RelayOptions } from "../../src/relay/relay.ts";
import type { RelayRouterState } from "../../src/relay/router-state.ts";
import { applyUpdate, openPdu } from "../bmp/bgp-pdus.ts";
import { BMP, session } from "../bmp/engine-fixture.ts";

export const ROUTER = "127.0.0.21";
export const OTHER_ROUTER = "127.0.0.22";
/** 2026-01-01T00:00:00.000250Z, in microseconds. */
export const AT_US = Date.UTC(2026, 0, 1) * 1000 + 250;

const UNTIL_MS = 10_000;

export const INITIATION = encodeInitiation({
  kind: "initiation",
  sysName: "r1.example",
  sysDescr: "Router OS 7",
  strings: ["first", "second"],
});

export function peerHeader(number: number, changes: Partial<PerPeerHeader> = {}): PerPeerHeader {
  return {
    peerType: 0,
    isAdjRibOut: false,
    isPostPolicy: false,
    isLegacyAsPath: false,
    isFiltered: false,
    distinguisher: 0n,
    address: `192.0.2.${number}`,
    as: 65000 + number,
    bgpId: 0xc0000200 + number,
    timestampUs: AT_US,
    ...changes,
  };
}

export function peerUp(peer: PerPeerHeader, changes: Partial<Parameters<typeof encodePeerUp>[0]> = {}): Uint8Array {
  return encodePeerUp({
    kind: "peer-up",
    peer,
    localAddress: peer.address.includes(":") ? "2001:db8::ff" : "192.0.2.254",
    localPort: 179,
    remotePort: 40000,
    sentOpen: openPdu(65000, [192, 0, 2, 254]),
    receivedOpen: openPdu(peer.as, [192, 0, 2, 1]),
    strings: ["upstream", "second line"],
    adminLabels: ["transit"],
    ...changes,
  });
}

export const peerDown = (peer: PerPeerHeader): Uint8Array =>
  encodePeerDown({ kind: "peer-down", peer, reason: { kind: "remote-closed" } });

export const route = (peer: PerPeerHeader, update: Uint8Array): Uint8Array =>
  encodeRouteMonitoring({ kind: "route-monitoring", peer, update });

/** Resolves once it holds; rejects when that takes too long. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + UNTIL_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${UNTIL_MS} ms: ${String(condition)}`);
    await delay(2);
  }
}

/** MED by prefix (see `bgp-pdus.ts`), by what a per-peer header says of the peer and the RIB. */
export type Tables = Readonly<Record<string, Readonly<Record<number, number>>>>;

/** One connection of a collector: what came, octet by octet, and the tables that it adds up to. */
export class Collected {
  readonly raw: Uint8Array[] = [];
  readonly messages: BmpMessage[] = [];
  readonly #tables = new Map<string, Map<number, number>>();
  readonly #up = new Set<string>();
  readonly #decoder = new BmpDecoder(1 << 20);
  isClosed = false;

  constructor(socket: Socket) {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      this.#decoder.push(Uint8Array.from(bytes));
      for (let message = this.#decoder.next(); message !== undefined; message = this.#decoder.next())
        this.#take(message);
    });
    socket.on("close", () => {
      this.isClosed = true;
    });
  }

  get kinds(): string[] {
    return this.messages.map(({ kind }) => kind);
  }

  get tables(): Tables {
    return Object.fromEntries([...this.#tables].map(([name, table]) => [name, Object.fromEntries(table)]));
  }

  #take(whole: Uint8Array): void {
    const message = decodeMessage(whole);
    this.raw.push(whole);
    this.messages.push(message);
    if (message.kind === "initiation" || message.kind === "termination") return;
    const { peer } = message;
    const key = keyOf(peer);
    if (message.kind === "peer-up") this.#up.add(key);
    else if (!this.#up.has(key)) throw new Error(`${message.kind} of ${key}, which is not up`);
    if (message.kind === "peer-down") {
      this.#up.delete(key);
      for (const name of this.#tables.keys()) if (name.startsWith(key)) this.#tables.delete(name);
    }
    if (message.kind !== "route-monitoring") return;
    const name = `${key} ${peer.isAdjRibOut ? "out" : "in"}-${peer.isPostPolicy ? "post" : "pre"}`;
    const table = this.#tables.get(name) ?? new Map<number, number>();
    this.#tables.set(name, table);
    applyUpdate(table, message.update);
  }
}

const keyOf = ({ peerType, distinguisher, address }: PerPeerHeader): string =>
  `${peerType} ${distinguisher} ${address}`;

/** A monitoring station on a loopback port. */
export class RelayCollector {
  readonly connections: Collected[] = [];
  readonly #server: Server;
  readonly #sockets: Socket[] = [];

  constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#sockets.push(socket);
      this.connections.push(new Collected(socket));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The `index`th connection, once it has so many messages; throws what it has found wrong. */
  async messages(count: number, index = 0): Promise<Collected> {
    await until(() => (this.connections[index]?.messages.length ?? 0) >= count);
    return this.connections[index] as Collected;
  }

  /** The newest connection, once it fulfils `condition`. */
  async until(condition: (connection: Collected) => boolean): Promise<Collected> {
    await until(() => this.connections.length > 0 && condition(this.connections.at(-1) as Collected));
    return this.connections.at(-1) as Collected;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** A relay that listens on a loopback port. */
export class RelayLab {
  readonly logLines: { readonly level: string; readonly message: string; readonly fields: Record<string, unknown> }[] =
    [];
  readonly relay: Relay;
  readonly #collectors: RelayCollector[] = [];
  readonly #routers: Socket[] = [];

  constructor(options: Partial<RelayOptions> = {}) {
    this.relay = new Relay({
      log: (level, message, fields) => this.logLines.push({ level, message, fields }),
      random: () => 0,
      ...options,
    });
    this.relay.listeners.add({ address: "127.0.0.1", port: 0 });
    this.relay.configure(BMP);
  }

  configureRouter(changes: Partial<RelayRouterConfig> = {}): void {
    this.relay.setRouter({ address: ROUTER, enabled: true, maximumPeers: 100, maximumPrefixes: 1000, ...changes });
  }

  state(address = ROUTER): RelayRouterState {
    const [state] = this.relay.routerStates(address);
    if (state === undefined) throw new Error(`no router ${address}`);
    return state;
  }

  async port(): Promise<number> {
    await until(() => [...this.relay.listeners.states()].some(({ boundPort }) => boundPort !== undefined));
    return [...this.relay.listeners.states()][0]?.boundPort as number;
  }

  /** A connection of a router that has sent `messages`, unless it was reset before. */
  async connect(messages: readonly Uint8Array[] = [INITIATION], from = ROUTER): Promise<Socket> {
    const socket = connect({ host: "127.0.0.1", port: await this.port(), localAddress: from, noDelay: true });
    socket.on("error", () => {});
    socket.resume();
    this.#routers.push(socket);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await Promise.race([once(socket, "connect").catch(() => {}), closed]);
    if (!socket.destroyed) for (const message of messages) socket.write(message);
    return socket;
  }

  /** A collector that is configured as a session. */
  async collector(changes: Parameters<typeof session>[1] = {}): Promise<RelayCollector> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const collector = new RelayCollector(server);
    this.#collectors.push(collector);
    this.relay.setSession(session(collector.port, { alias: String(collector.port), ...changes }));
    return collector;
  }

  async stop(): Promise<void> {
    for (const socket of this.#routers) socket.destroy();
    await Promise.all(this.#collectors.map((collector) => collector.close()));
    await this.relay.stop();
  }
}
