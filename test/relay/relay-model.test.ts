import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PerPeerHeader } from "../../src/bmp/codec/per-peer-header.ts";
import { announcePdu, END_OF_RIB_IPV4, withdrawPdu } from "../bmp/bgp-pdus.ts";
import {
  INITIATION,
  peerDown,
  peerHeader,
  peerUp,
  type RelayCollector,
  RelayLab,
  route,
  type Tables,
  until,
} from "./relay-lab.ts";

const PEERS = [
  peerHeader(1),
  peerHeader(1, { peerType: 1, distinguisher: 9n }),
  peerHeader(1, { address: "2001:db8::1" }),
  peerHeader(1, { peerType: 3, address: "0.0.0.0" }),
];
const RIBS = ["in-pre", "in-post", "out-pre", "out-post"] as const;
const PREFIXES = 8;
/** Announced last of all, to see when everything has arrived. */
const MARKER = 999;

type Step =
  | { readonly kind: "peer-up" | "peer-down"; readonly peer: number }
  | {
      readonly kind: "announce";
      readonly peer: number;
      readonly rib: number;
      readonly prefix: number;
      readonly med: number;
    }
  | {
      readonly kind: "withdraw" | "errored" | "end-of-rib";
      readonly peer: number;
      readonly rib: number;
      readonly prefix: number;
    }
  | { readonly kind: "add-collector" | "turn" }
  | { readonly kind: "connect-again"; readonly closesFirst: boolean };

const peer = fc.nat(PEERS.length - 1);
const rib = fc.nat(RIBS.length - 1);
const prefix = fc.nat(PREFIXES - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("peer-up" as const, "peer-up", "peer-down"), peer }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("announce" as const), peer, rib, prefix, med: fc.nat(999) }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom("withdraw" as const, "errored", "end-of-rib"), peer, rib, prefix }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("add-collector" as const, "turn", "turn", "turn") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("connect-again" as const), closesFirst: fc.boolean() }) },
);

/** An announcement with ORIGIN 9, which withdraws (RFC 7606). */
function erroredPdu(number: number): Uint8Array {
  const pdu = new Uint8Array(announcePdu(number, 1));
  pdu[19 + 4 + 3] = 9;
  return pdu;
}

/** What the router's messages add up to, and the router that says them. */
class Router {
  readonly #lab: RelayLab;
  readonly #tables = new Map<string, Map<number, number>>();
  readonly #sessions = new Map<PerPeerHeader, number>();
  #socket: Socket;
  #sessionsOpened = 0;

  constructor(lab: RelayLab, socket: Socket) {
    this.#lab = lab;
    this.#socket = socket;
  }

  /** RIBs without routes are the same as none. */
  get tables(): Tables {
    const full = [...this.#tables].filter(([, table]) => table.size > 0);
    return Object.fromEntries(full.map(([name, table]) => [name, Object.fromEntries(table)]));
  }

  peerUp(of: PerPeerHeader): void {
    this.#forget(of);
    this.#sessions.set(of, ++this.#sessionsOpened);
    this.#say(peerUp(of, { remotePort: this.#sessionsOpened }));
  }

  peerDown(of: PerPeerHeader): void {
    this.#forget(of);
    this.#sessions.delete(of);
    this.#say(peerDown(of));
  }

  update(of: PerPeerHeader, ribIndex: number, pdu: Uint8Array, apply: (table: Map<number, number>) => void): void {
    const name = of.peerType === 3 ? "in-pre" : (RIBS[ribIndex] as string);
    const header = { ...of, isAdjRibOut: name.startsWith("out"), isPostPolicy: name.endsWith("post") };
    this.#say(route(header, pdu));
    // Of a peer that is not up, nothing is taken.
    if (!this.#sessions.has(of)) return;
    const key = `${keyOf(of)} ${name}`;
    const table = this.#tables.get(key) ?? new Map<number, number>();
    this.#tables.set(key, table);
    apply(table);
  }

  async connectAgain(closesFirst: boolean): Promise<void> {
    this.#tables.clear();
    this.#sessions.clear();
    if (closesFirst) this.#socket.destroy();
    this.#socket = await this.#lab.connect();
  }

  #say(message: Uint8Array): void {
    this.#socket.write(message);
  }

  #forget(of: PerPeerHeader): void {
    for (const name of this.#tables.keys()) if (name.startsWith(`${keyOf(of)} `)) this.#tables.delete(name);
  }
}

const keyOf = ({ peerType, distinguisher, address }: PerPeerHeader): string =>
  `${peerType} ${distinguisher} ${address}`;

const withoutEmpty = (tables: Tables): Tables =>
  Object.fromEntries(Object.entries(tables).filter(([, table]) => Object.keys(table).length > 0));

async function run(steps: readonly Step[]): Promise<void> {
  // Small, so that a few routes make many slices, pages and turns.
  const lab = new RelayLab({
    limits: { sliceBytes: 300, slicesPerTurn: 1 },
    bmpLimits: { pageBytes: 300, dumpSliceBytes: 200, dumpWindowBytes: 350, turnBytes: 250, turnsPerRound: 2 },
  });
  try {
    lab.configureRouter();
    const collectors: RelayCollector[] = [await lab.collector({ connectRetryInitialS: 0, connectRetryMaximumS: 0 })];
    const router = new Router(lab, await lab.connect([INITIATION]));
    for (const each of steps) await take(each, lab, router, collectors);
    const [marked] = PEERS as [PerPeerHeader];
    router.peerUp(marked);
    router.update(marked, 0, announcePdu(MARKER, 1), (table) => table.set(MARKER, 1));
    for (const collector of collectors) {
      const isThere = (tables: Tables) => tables[`${keyOf(marked)} in-pre`]?.[MARKER] !== undefined;
      await until(() => collector.connections.some((connection) => !connection.isClosed && isThere(connection.tables)));
      const tables = collector.connections.findLast(({ isClosed }) => !isClosed)?.tables ?? {};
      expect(withoutEmpty(tables)).toEqual(router.tables);
    }
    expect(lab.state().routes).toBe(
      Object.values(router.tables).reduce((sum, table) => sum + Object.keys(table).length, 0),
    );
  } finally {
    await lab.stop();
  }
}

async function take(each: Step, lab: RelayLab, router: Router, collectors: RelayCollector[]): Promise<void> {
  switch (each.kind) {
    case "turn":
      return nextTurn();
    case "add-collector":
      if (collectors.length < 3) collectors.push(await lab.collector());
      return;
    case "connect-again":
      return router.connectAgain(each.closesFirst);
    case "peer-up":
      return router.peerUp(PEERS[each.peer] as PerPeerHeader);
    case "peer-down":
      return router.peerDown(PEERS[each.peer] as PerPeerHeader);
    case "announce":
      return router.update(PEERS[each.peer] as PerPeerHeader, each.rib, announcePdu(each.prefix, each.med), (table) =>
        table.set(each.prefix, each.med),
      );
    case "withdraw":
      return router.update(PEERS[each.peer] as PerPeerHeader, each.rib, withdrawPdu(each.prefix), (table) =>
        table.delete(each.prefix),
      );
    case "errored":
      return router.update(PEERS[each.peer] as PerPeerHeader, each.rib, erroredPdu(each.prefix), (table) =>
        table.delete(each.prefix),
      );
    case "end-of-rib":
      return router.update(PEERS[each.peer] as PerPeerHeader, each.rib, END_OF_RIB_IPV4, () => {});
  }
}

test("whatever a router says, every collector ends with its tables", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 80 }), (steps) => run(steps)),
    { numRuns: 150 },
  );
}, 120_000);
