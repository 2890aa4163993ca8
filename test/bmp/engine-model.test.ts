import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { IPV4_UNICAST } from "../../src/bgp/address-family.ts";
import type { Mirroring } from "../../src/bmp/config.ts";
import type { SentMessages } from "../../src/bmp/session-state.ts";
import { EngineFixture, session } from "./engine-fixture.ts";
import { FakePeer } from "./fake-routes.ts";
import { FakeSocket, takenBy } from "./fake-socket.ts";

const PEERS = 3;
const COLLECTORS = 3;
const MIRRORING: readonly Mirroring[] = ["none", "errored-pdus", "all"];
const PREFIXES = 12;
const PAGE_BYTES = 300;
const QUEUE_LIMIT_BYTES = 1500;

type Step =
  | { readonly kind: "peer-up" | "peer-down" | "end-of-rib"; readonly peer: number }
  | { readonly kind: "announce"; readonly peer: number; readonly prefix: number; readonly med: number }
  | { readonly kind: "withdraw" | "errored"; readonly peer: number; readonly prefix: number }
  | {
      readonly kind: "add" | "remove" | "reconfigure" | "stall" | "resume" | "reset" | "clear";
      readonly collector: number;
    }
  | { readonly kind: "turn" | "deliver" }
  | { readonly kind: "wait"; readonly seconds: number };

const peer = fc.nat(PEERS - 1);
const collector = fc.nat(COLLECTORS - 1);
const prefix = fc.nat(PREFIXES - 1);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("peer-up" as const, "peer-up", "peer-down"), peer }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("end-of-rib" as const), peer }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("announce" as const), peer, prefix, med: fc.nat(999) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("withdraw" as const, "errored"), peer, prefix }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("stall" as const, "resume", "reset", "clear"), collector }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("add" as const, "remove", "reconfigure"), collector }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom("turn" as const, "deliver") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), seconds: fc.nat(40) }) },
);

/** The engine, its speaker and its collectors, moved by steps. A view throws on a message that must not come. */
class Model {
  readonly #sockets = new Map<number, FakeSocket>();
  readonly #allSockets: FakeSocket[] = [];
  /** Those of the sessions there are, by collector. */
  readonly #ofSession = new Map<number, FakeSocket[]>();
  /** What collectors had taken when their sessions were told to count from zero. */
  readonly #takenBefore = new Map<number, ReturnType<typeof takenBy>>();
  readonly #added = new Set<number>();
  readonly #peers = new Map<number, FakePeer>();
  readonly #fixture = new EngineFixture({
    // Small, so that a few routes make many pages, slices and turns.
    limits: { pageBytes: PAGE_BYTES, dumpSliceBytes: 200, dumpWindowBytes: 350, turnBytes: 250, turnsPerRound: 2 },
    dial: ({ port }) => {
      if (this.#sockets.get(port)?.destroyed === false) this.#hadTwoConnections = true;
      const socket = new FakeSocket();
      this.#sockets.set(port, socket);
      this.#allSockets.push(socket);
      this.#ofSession.get(port)?.push(socket);
      setImmediate(() => {
        if (!socket.destroyed) socket.emit("connect");
      });
      return socket.asSocket;
    },
  });
  #reconfigurations = 0;
  #hadTwoConnections = false;

  async do(step: Step): Promise<void> {
    const { routes, engine, clock } = this.#fixture;
    switch (step.kind) {
      case "peer-up":
        if (!this.#peers.has(step.peer)) this.#peers.set(step.peer, routes.up(new FakePeer(step.peer)));
        break;
      case "peer-down":
        this.#ifUp(step.peer, (up) => routes.down(up));
        this.#peers.delete(step.peer);
        break;
      case "end-of-rib":
        this.#ifUp(step.peer, (up) => routes.endOfRib(up, IPV4_UNICAST));
        break;
      case "announce":
        this.#ifUp(step.peer, (up) => routes.announce(up, step.prefix, step.med));
        break;
      case "withdraw":
        this.#ifUp(step.peer, (up) => routes.withdraw(up, step.prefix));
        break;
      case "errored":
        this.#ifUp(step.peer, (up) => routes.errored(up, step.prefix));
        break;
      case "add":
        if (!this.#added.has(step.collector)) this.#ofSession.set(step.collector, []);
        if (!this.#added.has(step.collector)) this.#takenBefore.delete(step.collector);
        this.#added.add(step.collector);
        engine.setSession(this.#config(step.collector));
        break;
      case "remove":
        this.#added.delete(step.collector);
        engine.removeSession(this.#config(step.collector));
        break;
      case "reconfigure":
        this.#reconfigurations += 1;
        if (this.#added.has(step.collector)) engine.setSession(this.#config(step.collector));
        break;
      case "stall":
        this.#withSocket(step.collector, (socket) => {
          socket.isStalled = true;
        });
        break;
      case "resume":
        this.#withSocket(step.collector, (socket) => {
          socket.isStalled = false;
        });
        break;
      case "reset":
        this.#withSocket(step.collector, (socket) => socket.reset());
        break;
      case "clear":
        if (engine.clearCounters(this.#config(step.collector)) !== undefined)
          this.#takenBefore.set(step.collector, takenBy(this.#ofSession.get(step.collector) ?? []));
        break;
      case "turn":
        await nextTurn();
        this.#expectBounded();
        break;
      case "deliver":
        for (const socket of this.#sockets.values()) socket.deliver();
        break;
      case "wait":
        clock.advance(step.seconds * 1000);
        break;
    }
  }

  #config(collector: number) {
    const sourceAddress = `127.0.0.${1 + (this.#reconfigurations % 100)}`;
    return session(collector, {
      alias: `${collector}`,
      sourceAddress,
      queueLimitBytes: QUEUE_LIMIT_BYTES,
      routeMirroring: MIRRORING[collector] ?? "none",
      statisticsIntervalS: 15,
      connectRetryMaximumS: 30,
    });
  }

  #expectBounded(): void {
    for (const { queuedOctets } of this.#fixture.engine.sessionStates()) {
      // A slice of reports may come on top.
      expect(queuedOctets).toBeLessThanOrEqual(QUEUE_LIMIT_BYTES + PAGE_BYTES);
    }
    for (const socket of this.#sockets.values()) {
      if (!socket.destroyed)
        expect(socket.writableLength).toBeLessThanOrEqual(PAGE_BYTES + 2 * FakeSocket.highWaterMark);
    }
  }

  #ifUp(number: number, act: (peer: FakePeer) => void): void {
    const up = this.#peers.get(number);
    if (up !== undefined) act(up);
  }

  #withSocket(collector: number, act: (socket: FakeSocket) => void): void {
    const socket = this.#sockets.get(collector);
    if (socket !== undefined && !socket.destroyed) act(socket);
  }

  settle(): Promise<void> {
    return this.#fixture.settle(this.#sockets);
  }

  expectTruth(): void {
    expect(this.#hadTwoConnections).toBe(false);
    const truth = new Map([...this.#peers.values()].map(({ address, table }) => [address, table]));
    for (const collector of this.#added) {
      expect(this.#fixture.state(`${collector}`)).toMatchObject({ operState: "up", queuedOctets: 0 });
      expect(this.#sockets.get(collector)?.view.tables).toEqual(truth);
    }
  }

  /** To the last message and octet, whatever became of the connections. */
  expectCounted(): void {
    for (const collector of this.#added) {
      const { sentMessages, sentOctets } = this.#fixture.state(`${collector}`);
      const taken = takenBy(this.#ofSession.get(collector) ?? []);
      const before = this.#takenBefore.get(collector) ?? takenBy([]);
      expect(plus(sentMessages, before.sentMessages)).toEqual(taken.sentMessages);
      expect(sentOctets + before.sentOctets).toBe(taken.sentOctets);
    }
    const { sentMessages, sentOctets } = takenBy(this.#allSockets);
    expect(this.#fixture.engine.state()).toMatchObject({
      sentOctets,
      sentMessages: Object.values(sentMessages).reduce((sum, count) => sum + count, 0),
    });
  }

  async stop(): Promise<void> {
    const open = [...this.#sockets.values()].filter(({ destroyed }) => !destroyed);
    await this.#fixture.stop();
    for (const { view } of open) expect(view.kinds.at(-1)).toBe("termination");
    expect(this.#fixture.clock.timers).toBe(0);
    for (const up of this.#peers.values()) expect(up.openDumps).toBe(0);
  }
}

const plus = (a: SentMessages, b: SentMessages): SentMessages =>
  Object.fromEntries(
    Object.entries(a).map(([type, count]) => [type, count + b[type as keyof SentMessages]]),
  ) as unknown as SentMessages;

test("whatever happens in whatever order, what a collector was sent adds up to the tables, and is what is counted", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 120, size: "max" }), async (steps) => {
      const model = new Model();
      for (const next of steps) await model.do(next);
      // A removed session may still have to tell its collector.
      model.expectCounted();
      await model.settle();
      model.expectTruth();
      model.expectCounted();
      await model.stop();
    }),
    { numRuns: 300 },
  );
}, 120_000);
