import fc from "fast-check";
import { expect, test } from "vitest";
import { ADDRESS_FAMILIES, type AddressFamily } from "../../src/bgp/address-family.ts";
import type { Clock } from "../../src/bgp/clock.ts";
import { concatOctets, uint32 } from "../../src/bgp/codec/octets.ts";
import { encodeWithdrawal } from "../../src/bgp/codec/update.ts";
import type { RibPeer } from "../../src/bgp/established-peer.ts";
import { LocRib } from "../../src/bgp/loc-rib.ts";
import type { EstablishedPeer, RouteDump } from "../../src/bgp/route-source.ts";
import { RunQueue } from "../../src/bgp/run-queue.ts";
import { announcement, LOCAL, LocRibModel, type RouteFacts, ribPeer, type TestPeer } from "./loc-rib-model.ts";
import { applyToModel, type RouteModel } from "./route-model.ts";
import { SAMPLE_ROUTES, type SampleRoute } from "./sample-routes.ts";

const PEERS: readonly TestPeer[] = [
  { address: "192.0.2.10", as: 65001, bgpId: 9, isFourOctetAs: true, hasPathIds: false, peerType: "global" },
  { address: "192.0.2.9", as: 65001, bgpId: 9, isFourOctetAs: false, hasPathIds: false, peerType: "global" },
  { address: "192.0.2.8", as: 70_002, bgpId: 5, isFourOctetAs: true, hasPathIds: true, peerType: "global" },
  { address: "2001:db8::9", as: LOCAL.as, bgpId: 9, isFourOctetAs: true, hasPathIds: false, peerType: "global" },
  { address: "192.0.2.7", as: LOCAL.as, bgpId: 4, isFourOctetAs: false, hasPathIds: true, peerType: "global" },
  { address: "192.0.2.6", as: LOCAL.as, bgpId: 3, isFourOctetAs: true, hasPathIds: false, peerType: "global" },
  { address: "192.0.2.1", as: 65001, bgpId: 1, isFourOctetAs: true, hasPathIds: false, peerType: "local" },
];

const factsOf: fc.Arbitrary<RouteFacts> = fc.record({
  origin: fc.constantFrom(0, 0, 0, 2),
  path: fc.constantFrom<RouteFacts["path"]>(
    [],
    [65001],
    [65001, 70_002],
    [65003, 65001],
    [70_002, 65001],
    [70_002, [65001, 70_003]],
    [[65001, 70_004], 70_005],
    [65001, LOCAL.as],
  ),
  hasOwnNextHop: fc.constantFrom(false, false, false, false, true),
  med: fc.constantFrom(undefined, 0, 10, 20),
  localPref: fc.constantFrom(undefined, undefined, 100, 200),
  originatorId: fc.constantFrom(undefined, undefined, 2, 9, LOCAL.bgpId),
  clusterList: fc.constantFrom<readonly number[]>([], [], [1], [1, 2], [LOCAL.bgpId]),
});

const routesOf = fc.record({
  peer: fc.nat(PEERS.length - 1),
  family: fc.nat(ADDRESS_FAMILIES.length - 1),
  routes: fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }),
  pathId: fc.nat(2),
});

type Step =
  | { readonly kind: "announce"; readonly facts: RouteFacts; readonly where: RouteChoice }
  | { readonly kind: "withdraw"; readonly where: RouteChoice }
  | { readonly kind: "flap"; readonly peer: number }
  | { readonly kind: "slices"; readonly count: number }
  | { readonly kind: "collector" }
  | { readonly kind: "dump"; readonly pdus: number }
  | { readonly kind: "anew" };
type RouteChoice = typeof routesOf extends fc.Arbitrary<infer T> ? T : never;

const stepOf: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("announce" as const), facts: factsOf, where: routesOf }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("withdraw" as const), where: routesOf }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("flap" as const), peer: fc.nat(PEERS.length - 1) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("slices" as const), count: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "collector" as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("dump" as const), pdus: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "anew" as const }) },
);

/** What a collector knows that connected at some moment: a dump, and what is told meanwhile, which comes after it. */
class Collector {
  readonly #dumps: RouteDump[];
  readonly #dumped: Uint8Array[] = [];
  readonly #live: Uint8Array[] = [];

  constructor(locRib: LocRib) {
    this.#dumps = locRib.families.map((family) => locRib.dump(family));
  }

  read(pdus: number): void {
    for (let left = pdus; left > 0 && this.#dumps[0] !== undefined; left--) {
      const { done, value } = this.#dumps[0].next();
      if (done === true) this.#dumps.shift();
      else this.#dumped.push(new Uint8Array(value));
    }
  }

  tell(pdu: Uint8Array): void {
    this.#live.push(new Uint8Array(pdu));
  }

  table(): RouteModel {
    this.read(Number.POSITIVE_INFINITY);
    return tableOf([...this.#dumped, ...this.#live]);
  }
}

function tableOf(pdus: Iterable<Uint8Array>, pathIds: ReadonlySet<AddressFamily> = new Set()): RouteModel {
  const model: RouteModel = new Map();
  for (const pdu of pdus) applyToModel(model, pdu, { isExternal: false, pathIds });
  return model;
}

/** Some neighbours and a Loc-RIB, whose slices run when the test says so. */
class Lab {
  readonly model = new LocRibModel();
  readonly families: readonly AddressFamily[];
  locRib: LocRib;
  collectors: Collector[] = [];
  readonly #sliceRoutes: number;
  readonly #deferred: (() => void)[] = [];
  /** Of each neighbour: what was told of its routes after policy. */
  readonly #postPolicy: Uint8Array[][] = PEERS.map(() => []);
  readonly #peers: RibPeer[] = PEERS.map((peer) => ribPeer(peer, ADDRESS_FAMILIES));
  readonly #queue: RunQueue;
  readonly #clock: Clock;

  constructor(families: readonly AddressFamily[], sliceRoutes: number) {
    this.families = families;
    this.#sliceRoutes = sliceRoutes;
    this.#clock = {
      now: () => 0,
      monotonic: () => 0,
      setTimer: () => ({ cancel: () => {} }),
      defer: (callback) => this.#deferred.push(callback),
    };
    this.#queue = new RunQueue(this.#clock, 1);
    this.locRib = this.#open();
  }

  perform(step: Step): void {
    switch (step.kind) {
      case "announce":
        return this.#announce(step.where, step.facts);
      case "withdraw":
        return this.#withdraw(step.where);
      case "flap":
        return this.#flap(step.peer);
      case "slices":
        return this.#run(step.count);
      case "collector":
        this.collectors.push(new Collector(this.locRib));
        return;
      case "dump":
        for (const collector of this.collectors) collector.read(step.pdus);
        return;
      case "anew":
        this.locRib.close();
        this.locRib = this.#open();
    }
  }

  finish(): void {
    this.#run(Number.POSITIVE_INFINITY);
  }

  table(): RouteModel {
    const { locRib } = this;
    return tableOf(this.families.flatMap((family) => Array.from(locRib.dump(family), (pdu) => new Uint8Array(pdu))));
  }

  /** What a neighbour's routes after policy are by what was told, in the table, and in number. */
  postPolicy(peer: number): [told: RouteModel, dumped: RouteModel, counted: number | undefined] {
    const ribPeer = this.#peers[peer] as RibPeer;
    const pathIds = new Set(ribPeer.pathIdFamilies);
    const table = (pdus: Iterable<Uint8Array>) => tableOf(pdus, pathIds);
    const dumped = ADDRESS_FAMILIES.flatMap((family) => [...ribPeer.dump(family, "adj-rib-in-post")]);
    const { postPolicyAdjRibIn } = ribPeer.statistics();
    return [table(this.#postPolicy[peer] ?? []), table(dumped), postPolicyAdjRibIn?.routes];
  }

  #open(): LocRib {
    const observer = {
      peerUp: (peer: EstablishedPeer) => {
        this.collectors = [new Collector(peer as LocRib)];
      },
      received: () => {},
      update: (_peer: EstablishedPeer, _rib: string, pdu: Uint8Array) => {
        for (const collector of this.collectors) collector.tell(pdu);
      },
      peerDown: () => {},
    };
    const environment = {
      clock: this.#clock,
      random: () => 0.5,
      queue: this.#queue,
      observer,
      sliceRoutes: this.#sliceRoutes,
    };
    const config = { tableName: "global", families: this.families.map(({ name }) => name) };
    const locRib = new LocRib(config, LOCAL, environment);
    locRib.open(this.#peers);
    return locRib;
  }

  #run(turns: number): void {
    for (let left = turns; left > 0; left--) {
      const callback = this.#deferred.shift();
      if (callback === undefined) return;
      callback();
    }
  }

  #chosen({ peer, family, routes, pathId }: RouteChoice) {
    const of = ADDRESS_FAMILIES[family] as AddressFamily;
    const testPeer = PEERS[peer] as TestPeer;
    const samples = SAMPLE_ROUTES[of.name];
    const chosen = routes.map((index) => samples[index % samples.length] as SampleRoute);
    const id = testPeer.hasPathIds ? pathId : 0;
    const nlri = chosen.map((route) => (testPeer.hasPathIds ? concatOctets([uint32(id), route.nlri]) : route.nlri));
    return { family: of, testPeer, chosen, pathId: id, nlri, ribPeer: this.#peers[peer] as RibPeer };
  }

  #announce(where: RouteChoice, facts: RouteFacts): void {
    const { family, testPeer, chosen, pathId, nlri, ribPeer } = this.#chosen(where);
    ribPeer.apply(announcement(family, testPeer, facts, nlri));
    this.#postPolicy[where.peer]?.push(...ribPeer.postPolicyUpdates);
    for (const route of chosen) this.model.announce(where.peer, family, route, { peer: testPeer, pathId, facts });
  }

  #withdraw(where: RouteChoice): void {
    const { family, chosen, pathId, nlri, ribPeer } = this.#chosen(where);
    ribPeer.apply(encodeWithdrawal(family, concatOctets(nlri)));
    this.#postPolicy[where.peer]?.push(...ribPeer.postPolicyUpdates);
    for (const route of chosen) this.model.withdraw(where.peer, family, route, pathId);
  }

  #flap(peer: number): void {
    this.locRib.removePeer(this.#peers[peer] as RibPeer);
    this.model.peerDown(peer);
    const next = ribPeer(PEERS[peer] as TestPeer, ADDRESS_FAMILIES);
    this.#peers[peer] = next;
    this.#postPolicy[peer] = [];
    this.locRib.addPeer(next);
  }
}

test.each([
  { title: "all families", families: ADDRESS_FAMILIES, sliceRoutes: 3 },
  { title: "IPv4 unicast", families: ADDRESS_FAMILIES.slice(0, 1), sliceRoutes: 1 },
  { title: "labelled IPv4 unicast", families: ADDRESS_FAMILIES.slice(2, 3), sliceRoutes: 100 },
])("$title: any history leads to the best paths, in the table and at each collector", (scope) => {
  const { families, sliceRoutes } = scope;
  const numbers = families.map((family) => ADDRESS_FAMILIES.indexOf(family));
  fc.assert(
    fc.property(fc.array(stepOf, { maxLength: 120, size: "max" }), (steps) => {
      const lab = new Lab(families, sliceRoutes);
      for (const step of steps) {
        if ("where" in step) {
          const family = numbers[step.where.family % numbers.length] as number;
          lab.perform({ ...step, where: { ...step.where, family } });
        } else {
          lab.perform(step);
        }
      }
      lab.finish();
      const best = lab.model.best(families);
      expect(lab.table()).toEqual(best);
      for (const collector of lab.collectors) expect(collector.table()).toEqual(best);
      expect(lab.locRib.statistics().adjRibInRoutes).toBe(best.size);
      expect(lab.locRib.isEndOfRib()).toBe(true);
      for (const peer of PEERS.keys()) {
        const [told, dumped, counted] = lab.postPolicy(peer);
        expect(told).toEqual(dumped);
        expect([dumped.size, counted]).toEqual([lab.model.usable(peer), lab.model.usable(peer)]);
      }
    }),
    { numRuns: 100 },
  );
});

test("the best path is right after each change, where MULTI_EXIT_DISC decides (RFC 4271 9.1.2.2 c)", () => {
  const facts = fc.record({
    origin: fc.constant(0),
    path: fc.constantFrom<RouteFacts["path"]>([65001, 65005], [65002, 65005]),
    hasOwnNextHop: fc.constant(false),
    med: fc.constantFrom(undefined, 10, 20),
    localPref: fc.constant(undefined),
    originatorId: fc.constant(undefined),
    clusterList: fc.constant([]),
  });
  const where = fc.record({
    peer: fc.nat(PEERS.length - 1),
    family: fc.constant(1),
    routes: fc.constant<number[]>([0]),
    pathId: fc.nat(2),
  });
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("announce" as const), facts, where }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("withdraw" as const), where }) },
  );
  const families = ADDRESS_FAMILIES.slice(1, 2);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const lab = new Lab(families, 100);
      for (const each of steps) {
        lab.perform(each);
        lab.finish();
        expect(lab.table()).toEqual(lab.model.best(families));
      }
    }),
    { numRuns: 300 },
  );
});
