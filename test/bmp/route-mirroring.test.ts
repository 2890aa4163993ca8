import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { BmpSessionConfig, Mirroring } from "../../src/bmp/config.ts";
import { announcePdu, withdrawPdu } from "./bgp-pdus.ts";
import { session } from "./engine-fixture.ts";
import { ERRORED_MED, FakePeer } from "./fake-routes.ts";
import { FakeSocket } from "./fake-socket.ts";
import { testResources } from "./test-resources.ts";

const { collector, fixture } = testResources();

const NOW_US = Date.UTC(2026, 0, 1) * 1000;
const peer1 = {
  peerType: 0,
  isAdjRibOut: false,
  isPostPolicy: false,
  isFiltered: false,
  isLegacyAsPath: false,
  distinguisher: 0n,
  address: "192.0.2.1",
  as: 65001,
  bgpId: 0xc0000201,
  timestampUs: NOW_US + 250,
};
const live = (update: Uint8Array) => ({ kind: "route-monitoring", peer: peer1, update });
const mirrored = (message: Uint8Array, ...information: number[]) => ({
  kind: "route-mirroring",
  peer: peer1,
  information,
  message,
});
const lost = (peer = peer1) => ({ kind: "route-mirroring", peer, information: [1] });

describe("Route Mirroring (RFC 7854 4.7)", () => {
  test.each<[Mirroring, object[]]>([
    ["none", [live(announcePdu(2, 200)), live(withdrawPdu(1)), live(withdrawPdu(2))]],
    [
      "errored-pdus",
      [live(announcePdu(2, 200)), mirrored(announcePdu(1, ERRORED_MED), 0), live(withdrawPdu(1)), live(withdrawPdu(2))],
    ],
    [
      "all",
      [
        mirrored(announcePdu(2, 200)),
        live(announcePdu(2, 200)),
        mirrored(announcePdu(1, ERRORED_MED), 0),
        live(withdrawPdu(1)),
        mirrored(withdrawPdu(2)),
        live(withdrawPdu(2)),
      ],
    ],
  ])("of %s: what was received comes before what it means", async (routeMirroring, expected) => {
    const server = await collector();
    const made = fixture();
    const { routes } = made;
    const peer = routes.up(new FakePeer(1));
    routes.announce(peer, 1, 100);
    // The others of each kind, at the same time.
    for (const other of ["none", "errored-pdus", "all"] as const) {
      const { port } = await collector();
      made.start(session(port, { alias: other, routeMirroring: other }));
    }
    made.start(session(server.port, { routeMirroring }));
    const connection = await server.connection();
    await connection.untilCount(3);
    routes.announce(peer, 2, 200);
    routes.errored(peer, 1);
    routes.withdraw(peer, 2);
    routes.down(peer);
    const { kinds, messages } = await connection.until((view) => view.kinds.includes("peer-down"));
    // What was there before the collector came is told by the tables alone.
    expect(kinds.slice(0, 3)).toEqual(["initiation", "peer-up", "route-monitoring"]);
    expect(messages.slice(3, -1)).toEqual(expected);
    expect(made.state().sentMessages).toMatchObject({
      routeMonitoring: 4,
      routeMirroring: expected.length - 3,
    });
  });

  test("a change of what is mirrored takes effect without another connection", async () => {
    const server = await collector();
    const made = fixture();
    const peer = made.routes.up(new FakePeer(1));
    made.start(session(server.port));
    const connection = await server.connection();
    await connection.untilCount(2);
    made.engine.setSession(session(server.port, { routeMirroring: "all" }));
    made.routes.announce(peer, 1, 1);
    await connection.untilCount(4);
    made.engine.setSession(session(server.port));
    made.routes.announce(peer, 2, 2);
    expect((await connection.untilCount(5)).kinds).toEqual([
      "initiation",
      "peer-up",
      "route-mirroring",
      "route-monitoring",
      "route-monitoring",
    ]);
  });
});

describe("a collector with more than half of its queue limit waiting", () => {
  const MESSAGES = 100;
  const mirroredBytes = 6 + 42 + 4 + announcePdu(0, 0).length;
  const routeBytes = 6 + 42 + announcePdu(0, 0).length;
  const waiting = MESSAGES * (mirroredBytes + routeBytes);

  /** Peers 1 and 2 announce while nothing is taken; then everything is. */
  async function stalled(changes: Partial<BmpSessionConfig>) {
    const socket = new FakeSocket();
    const made = fixture({ dial: () => socket.asSocket, limits: { pageBytes: 1000 } });
    const peers = [1, 2].map((number) => made.routes.up(new FakePeer(number)));
    made.start(session(1, { routeMirroring: "all", ...changes }));
    socket.emit("connect");
    const settle = async () => {
      for (let turn = 0; turn < 200; turn++) {
        await nextTurn();
        socket.deliver();
      }
    };
    await settle();
    socket.isStalled = true;
    const announce = async (count: number) => {
      for (let prefix = 0; prefix < count; prefix++) {
        for (const peer of peers) made.routes.announce(peer, prefix, prefix);
      }
      await nextTurn();
    };
    return { made, socket, peers, settle, announce };
  }

  test("gets no mirrored messages, but all routes, until nothing waits any more, and is told so once a peer", async () => {
    const { made, socket, peers, settle, announce } = await stalled({ queueLimitBytes: waiting + waiting / 10 });
    await announce(MESSAGES / 2);
    expect(made.state().queuedOctets).toBeGreaterThan(waiting / 2 - 2000);
    await announce(1);
    expect(made.state().operState).toBe("up");
    socket.isStalled = false;
    await settle();
    await announce(1);
    await settle();

    expect(socket.view.tables).toEqual(new Map(peers.map(({ address, table }) => [address, table])));
    const mirroring = socket.view.messages.filter(({ kind }) => kind === "route-mirroring");
    const isLost = ({ information }: { readonly information?: readonly number[] }) => information?.[0] === 1;
    const losses = mirroring.filter((message) => isLost(message as never));
    expect(losses).toHaveLength(2);
    expect(losses).toContainEqual(lost());
    expect(losses).toContainEqual(lost({ ...peer1, address: "192.0.2.2", as: 65002, bgpId: 0xc0000202 }));
    // The last ones come after all have been delivered.
    expect(mirroring.slice(-2)).toMatchObject([{ message: announcePdu(0, 0) }, { message: announcePdu(0, 0) }]);
    const { sentMessages, lostMirroredMessages } = made.state();
    expect(sentMessages.routeMirroring).toBe(mirroring.length);
    expect(sentMessages.routeMonitoring).toBe(MESSAGES + 4);
    expect(lostMirroredMessages + mirroring.length - losses.length).toBe(MESSAGES + 4);
    expect(lostMirroredMessages).toBeGreaterThan(MESSAGES / 4);
  });

  test("below that everything comes", async () => {
    const { made, socket, settle, announce } = await stalled({ queueLimitBytes: 65536 });
    await announce(MESSAGES / 2);
    socket.isStalled = false;
    await settle();
    expect(made.state()).toMatchObject({
      lostMirroredMessages: 0,
      sentMessages: { routeMonitoring: MESSAGES, routeMirroring: MESSAGES },
    });
  });

  test("is told again of a BGP session that begins meanwhile, between its Peer Up and Peer Down", async () => {
    const { made, socket, peers, settle, announce } = await stalled({ queueLimitBytes: waiting + waiting / 10 });
    await announce(MESSAGES / 2 + 1);
    const [first] = peers;
    if (first === undefined) throw new Error("no peer");
    made.routes.down(first);
    const again = made.routes.up(new FakePeer(1));
    made.routes.announce(again, 7, 7);
    await nextTurn();
    socket.isStalled = false;
    await settle();
    const ofPeer = socket.view.messages.flatMap((message) =>
      "peer" in message && message.peer.address === "192.0.2.1" && message.kind !== "route-monitoring" ? [message] : [],
    );
    expect(ofPeer.slice(-3)).toMatchObject([{ kind: "peer-down" }, { kind: "peer-up" }, lost()]);
  });

  test("and beyond all of it is cut off as any other", async () => {
    const { made, announce } = await stalled({ queueLimitBytes: waiting / 2 });
    await announce(MESSAGES);
    expect(made.state()).toMatchObject({ operState: "closing", resynchronisations: 1 });
  });
});
