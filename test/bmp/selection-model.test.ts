import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AddressFamily, IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { encodeEndOfRib } from "../../src/bgp/codec/update.ts";
import type { EstablishedPeer, RouteSource } from "../../src/bgp/route-source.ts";
import type { BmpMessage } from "../../src/bmp/codec/message.ts";
import type { MonitorConfig, RouteMode } from "../../src/bmp/config.ts";
import { EngineFixture, session } from "./engine-fixture.ts";
import { FakeSocket, takenBy } from "./fake-socket.ts";
import { announce, applyTo, type PeerRib, RIBS, TwoRibPeer, withdraw } from "./two-rib-peer.ts";

const COLLECTORS = 3;
const PREFIXES = 6;
const QUEUE_LIMIT_BYTES = 4000;
/** Peers 0 and 1 are in the public network, 2 in a VPN instance. */
const DISTINGUISHERS = [0n, 0n, 7n];
const FAMILIES = [[IPV4_UNICAST], [IPV6_UNICAST], [IPV4_UNICAST, IPV6_UNICAST]];

const routeMode: fc.Arbitrary<RouteMode> = fc.record({
  family: fc.constantFrom("any", "ipv4-unicast", "ipv6-unicast"),
  rib: fc.constantFrom("adj-rib-in-pre", "adj-rib-in-post"),
});
const routeModes = fc.array(routeMode, { maxLength: 2 });
const absent = (key: "public" | "allVpnInstances") =>
  fc.option(routeModes).map((modes): Partial<MonitorConfig> => (modes === null ? {} : { [key]: modes }));
const monitor: fc.Arbitrary<MonitorConfig | undefined> = fc.option(
  fc
    .record({
      public: absent("public"),
      all: absent("allVpnInstances"),
      red: fc.option(routeModes),
      peer: fc.option(fc.record({ number: fc.nat(2), routeModes })),
    })
    .map(({ public: open, all, red, peer }) => ({
      ...open,
      ...all,
      vpnInstances: red === null ? [] : [{ name: "red", routeModes: red }],
      peers: peer === null ? [] : [entryOf(peer.number, peer.routeModes)],
    })),
  { nil: undefined },
);

const entryOf = (number: number, modes: readonly RouteMode[]) => ({
  vpnInstance: number === 2 ? "red" : "_public_",
  address: `192.0.2.${number}`,
  routeModes: modes,
});

type Step =
  | { readonly kind: "peer-up" | "peer-down"; readonly peer: number }
  | { readonly kind: "end-of-rib"; readonly peer: number; readonly rib: PeerRib; readonly families: number }
  | Change
  | { readonly kind: "select"; readonly collector: number; readonly monitor: MonitorConfig | undefined }
  | { readonly kind: "stall" | "resume" | "reset"; readonly collector: number }
  | { readonly kind: "turn" | "deliver" | "wait" };
interface Change {
  readonly kind: "announce" | "withdraw";
  readonly peer: number;
  readonly rib: PeerRib;
  readonly families: number;
  readonly prefix: number;
  readonly med: number;
}

const peer = fc.nat(DISTINGUISHERS.length - 1);
const collector = fc.nat(COLLECTORS - 1);
const part = { peer, rib: fc.constantFrom(...RIBS), families: fc.nat(FAMILIES.length - 1) };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("peer-up" as const, "peer-up", "peer-down"), peer }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("end-of-rib" as const), ...part }) },
  {
    weight: 14,
    arbitrary: fc.record({
      kind: fc.constantFrom("announce" as const, "announce", "withdraw"),
      ...part,
      prefix: fc.nat(PREFIXES - 1),
      med: fc.nat(255),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("select" as const), collector, monitor }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("stall" as const, "resume", "reset"), collector }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom("turn" as const, "turn", "deliver", "wait") }) },
);

/** Tables by peer, then by RIB. */
type Tables = Map<string, Map<PeerRib, Map<string, string>>>;

class Model implements RouteSource {
  readonly #peers = new Map<number, TwoRibPeer>();
  readonly #tables: Tables = new Map();
  readonly #sockets = new Map<number, FakeSocket>();
  readonly #allSockets = new Map<number, FakeSocket[]>();
  readonly #monitors = new Map<number, MonitorConfig | undefined>();
  readonly #fixture = new EngineFixture({
    routes: () => this,
    // Small, so that a few routes make many pages, slices and turns.
    limits: { pageBytes: 400, dumpSliceBytes: 250, dumpWindowBytes: 450, turnBytes: 250, turnsPerRound: 2 },
    dial: ({ port }) => {
      const socket = new FakeSocket();
      this.#sockets.set(port, socket);
      this.#allSockets.set(port, [...(this.#allSockets.get(port) ?? []), socket]);
      setImmediate(() => {
        if (!socket.destroyed) socket.emit("connect");
      });
      return socket.asSocket;
    },
  });

  constructor() {
    this.#fixture.engine.setVpnInstance({ name: "red", network: { device: "red" }, distinguisher: 7n });
    for (let number = 0; number < COLLECTORS; number++) this.#select(number, undefined);
  }

  establishedPeers(): Iterable<EstablishedPeer> {
    return this.#peers.values();
  }

  async do(step: Step): Promise<void> {
    const { engine, clock } = this.#fixture;
    switch (step.kind) {
      case "peer-up": {
        if (this.#peers.has(step.peer)) break;
        const up = new TwoRibPeer(step.peer, DISTINGUISHERS[step.peer] ?? 0n);
        this.#peers.set(step.peer, up);
        this.#tables.set(up.address, new Map(RIBS.map((rib) => [rib, new Map()])));
        engine.peerUp(up);
        break;
      }
      case "peer-down": {
        const up = this.#peers.get(step.peer);
        if (up === undefined) break;
        this.#peers.delete(step.peer);
        this.#tables.delete(up.address);
        engine.peerDown(up, { kind: "remote-closed" });
        break;
      }
      case "announce":
        this.#update(step, announce(familiesOf(step), step.prefix, step.med));
        break;
      case "withdraw":
        this.#update(step, withdraw(familiesOf(step), step.prefix));
        break;
      case "end-of-rib":
        for (const family of familiesOf(step)) this.#update(step, encodeEndOfRib(family));
        break;
      case "select":
        this.#select(step.collector, step.monitor);
        break;
      case "stall":
      case "resume":
      case "reset":
        this.#act(step.kind, this.#sockets.get(step.collector));
        break;
      case "turn":
        await nextTurn();
        break;
      case "deliver":
        for (const socket of this.#sockets.values()) socket.deliver();
        break;
      case "wait":
        clock.advance(10_000);
        break;
    }
  }

  #update({ peer: number, rib }: { readonly peer: number; readonly rib: PeerRib }, pdu: Uint8Array): void {
    const up = this.#peers.get(number);
    if (up === undefined) return;
    for (const applied of up.apply(rib, pdu)) this.#fixture.engine.update(up, rib, applied, 0);
    applyTo(this.#tables.get(up.address)?.get(rib) ?? new Map(), pdu);
  }

  #select(number: number, selected: MonitorConfig | undefined): void {
    this.#monitors.set(number, selected);
    const config = session(number, {
      alias: `${number}`,
      queueLimitBytes: QUEUE_LIMIT_BYTES,
      connectRetryMaximumS: 30,
      statisticsIntervalS: 15,
      ...(selected === undefined ? {} : { monitor: selected }),
    });
    this.#fixture.engine.setSession(config);
  }

  #act(kind: "stall" | "resume" | "reset", socket: FakeSocket | undefined): void {
    if (socket === undefined || socket.destroyed) return;
    if (kind === "reset") socket.reset();
    else socket.isStalled = kind === "stall";
  }

  settle(): Promise<void> {
    return this.#fixture.settle(this.#sockets);
  }

  expectTruth(): void {
    for (const [number, selected] of this.#monitors) {
      expect(this.#fixture.state(`${number}`)).toMatchObject({ operState: "up", queuedOctets: 0 });
      expect(tablesOf(this.#sockets.get(number)?.view.messages ?? [])).toEqual(this.#truth(selected));
    }
  }

  /** By the rules as they are written, peer by peer. */
  #truth(selected: MonitorConfig | undefined): Tables {
    const truth: Tables = new Map();
    for (const [number, { address, distinguisher }] of this.#peers) {
      const modes = modesOf(selected, number, distinguisher);
      if (modes === undefined) continue;
      const tables = new Map<PeerRib, Map<string, string>>();
      const isTold = (rib: PeerRib, family: string) =>
        modes.length === 0 || modes.some((mode) => mode.rib === rib && ["any", family].includes(mode.family));
      for (const [rib, table] of this.#tables.get(address) ?? []) {
        const told = [...table].filter(([nlri]) =>
          isTold(rib, nlri.startsWith("30") ? "ipv6-unicast" : "ipv4-unicast"),
        );
        tables.set(rib, new Map(told));
      }
      truth.set(address, tables);
    }
    return truth;
  }

  expectCounted(): void {
    for (const number of this.#monitors.keys())
      expect(this.#fixture.state(`${number}`)).toMatchObject(takenBy(this.#allSockets.get(number) ?? []));
  }

  async stop(): Promise<void> {
    await this.#fixture.stop();
    expect(this.#fixture.clock.timers).toBe(0);
  }
}

const familiesOf = ({ families }: { readonly families: number }): readonly AddressFamily[] => FAMILIES[families] ?? [];

function modesOf(selected: MonitorConfig | undefined, number: number, distinguisher: bigint) {
  if (selected === undefined) return [];
  const [own] = selected.peers.filter(({ address }) => address === `192.0.2.${number}`);
  const [red] = distinguisher === 7n ? selected.vpnInstances : [];
  return own?.routeModes ?? red?.routeModes ?? (distinguisher === 0n ? selected.public : selected.allVpnInstances);
}

/** What the messages of one connection add up to. */
function tablesOf(messages: readonly BmpMessage[]): Tables {
  const tables: Tables = new Map();
  for (const message of messages) {
    if (message.kind === "peer-up") {
      expect(message.peer.distinguisher).toBe(message.peer.address === "192.0.2.2" ? 7n : 0n);
      tables.set(message.peer.address, new Map(RIBS.map((rib) => [rib, new Map()])));
    } else if (message.kind === "peer-down") {
      tables.delete(message.peer.address);
    } else if (message.kind === "route-monitoring") {
      const rib = message.peer.isPostPolicy ? "adj-rib-in-post" : "adj-rib-in-pre";
      const table = tables.get(message.peer.address)?.get(rib);
      if (table === undefined) throw new Error(`routes of ${message.peer.address}, which is not up`);
      applyTo(table, message.update);
    }
  }
  return tables;
}

test("however the selections change meanwhile, each collector has what it is to be told, and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 120, size: "max" }), async (steps) => {
      const model = new Model();
      for (const next of steps) await model.do(next);
      model.expectCounted();
      await model.settle();
      model.expectTruth();
      model.expectCounted();
      await model.stop();
    }),
    { numRuns: 300 },
  );
}, 120_000);
