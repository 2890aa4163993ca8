import { createServer } from "node:net";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { IPV4_UNICAST } from "../../src/bgp/address-family.ts";
import { systemClock } from "../../src/bgp/clock.ts";
import { encodeKeepalive } from "../../src/bgp/codec/keepalive.ts";
import { encodeNotification } from "../../src/bgp/codec/notification.ts";
import { decodeOpen } from "../../src/bgp/codec/open.ts";
import { encodeEndOfRib } from "../../src/bgp/codec/update.ts";
import type { EstablishedPeer } from "../../src/bgp/route-source.ts";
import { BgpSpeaker } from "../../src/bgp/speaker.ts";
import { describeUpdate } from "../../src/lab/describe-update.ts";
import { LabNeighbor } from "../../src/lab/lab-neighbor.ts";
import { reachable } from "../../src/lab/lab-topology.ts";
import { labLimits } from "../../src/lab/limits.ts";
import type { Log } from "../../src/observe/log.ts";
import { FakeSpeaker, type FakeSpeakerConnection, speakerOpen } from "./fake-speaker.ts";
import { Inbox } from "./inbox.ts";
import { ManualClock } from "./manual-clock.ts";

const TABLE = [
  "announce 192.0.2.0/26 192.0.2.64/26 192.0.2.128/25, next hop 192.0.2.2, AS path 64512",
  "announce 198.51.100.0/24, next hop 192.0.2.2, AS path 64512 64496 65551",
  "announce 203.0.113.0/25 203.0.113.128/25, next hop 192.0.2.2, AS path 64512 64500 64500 64501",
  "announce 2001:db8::/48 2001:db8:1::/48 2001:db8:2::/48, next hop 2001:db8::2, AS path 64512",
  "announce 2001:db8:8000::/33, next hop 2001:db8::2, AS path 64512 64496 65551",
  "announce 3fff::/24 3fff:100::/24, next hop 2001:db8::2, AS path 64512 64500 64500 64501",
  "End-of-RIB ipv4-unicast",
  "End-of-RIB ipv6-unicast",
];

const silent: Log = () => {};

test("our speaker learns the sample routes and their End-of-RIB (RFC 4271, RFC 4760, RFC 4724)", async () => {
  const ups = new Inbox<EstablishedPeer>();
  const updates = new Inbox<string>();
  const speaker = new BgpSpeaker({
    listen: [{ address: "127.0.0.1", port: 0 }],
    log: silent,
    observer: {
      peerUp: ups.add,
      received: () => {},
      update: (peer, rib, pdu) => {
        if (rib === "adj-rib-in-pre") updates.add(describeUpdate(pdu, peer.isFourOctetAs, labLimits));
      },
      peerDown: () => {},
    },
  });
  const [bgpTarget] = await speaker.listen();
  if (bgpTarget === undefined) throw new Error("no listener");
  speaker.configure({ localAs: 65000, routerId: "192.0.2.1" });
  speaker.setNeighbor({
    address: "127.0.0.2",
    vpnInstance: "_public_",
    remoteAs: 64512,
    enabled: true,
    adminLabels: [],
    connectionMode: "passive",
    port: 179,
    holdTimeS: 30,
    connectRetryS: 5,
    families: ["ipv4-unicast", "ipv6-unicast"],
    addPathReceive: [],
    maximumPrefixes: 1000,
    familyMaximums: [],
    prefixWarningPercent: 75,
  });
  const neighbor = new LabNeighbor(bgpTarget, systemClock, labLimits, silent);
  onTestFinished(async () => {
    await neighbor.stop();
    await speaker.stop();
  });

  neighbor.start();
  const peer = await ups.next();
  expect(await updates.take(TABLE.length)).toEqual(TABLE);
  const { address, remoteAs, remoteBgpId, isFourOctetAs, families } = peer;
  expect({ address, remoteAs, remoteBgpId, isFourOctetAs, families: families.map(({ name }) => name) }).toEqual({
    address: "127.0.0.2",
    remoteAs: 64512,
    remoteBgpId: 0xc0000202,
    isFourOctetAs: true,
    families: ["ipv4-unicast", "ipv6-unicast"],
  });
  expect(peer.statistics?.().adjRibInByFamily.map(({ routes }) => routes)).toEqual([6, 6]);
});

describe("towards a speaker under our control", () => {
  const cleanUp: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  async function connect({ allowHalfOpen = false, log = silent } = {}) {
    const speaker = new FakeSpeaker(allowHalfOpen);
    const endpoint = await speaker.listen();
    cleanUp.push(() => speaker.close());
    const clock = new ManualClock();
    const neighbor = new LabNeighbor(endpoint, clock, labLimits, log);
    neighbor.start();
    const connection = await speaker.accept();
    return { speaker, clock, neighbor, connection };
  }

  async function establish() {
    const all = await connect();
    await all.connection.establish();
    return all;
  }

  test("it opens with both families, graceful restart and 4-octet AS, from an address of its own", async () => {
    const { connection } = await connect();
    expect(connection.socket.remoteAddress).toBe("127.0.0.2");
    expect(decodeOpen(await connection.nextPdu())).toEqual({
      as: 64512,
      holdTimeS: 30,
      bgpId: 0xc0000202,
      capabilities: [
        { code: 1, value: Uint8Array.of(0, 1, 0, 1) },
        { code: 1, value: Uint8Array.of(0, 2, 0, 1) },
        { code: 64, value: Uint8Array.of(0, 0) },
        { code: 65, value: Uint8Array.of(0, 0, 0xfc, 0) },
      ],
    });
  });

  test("every 10 s a route is withdrawn or announced again, of the families in turn", async () => {
    const { clock, connection } = await establish();
    const changes: string[] = [];
    for (let step = 0; step < 5; step++) {
      clock.advance(10_000);
      connection.send(encodeKeepalive());
      const two = await connection.take(2);
      changes.push(...two.filter((words) => words !== "KEEPALIVE"));
    }
    expect(changes).toEqual([
      "withdraw 198.51.100.0/24",
      "announce 198.51.100.0/24, next hop 192.0.2.2, AS path 64512 64496 65551",
      "withdraw 2001:db8:8000::/33",
      "announce 2001:db8:8000::/33, next hop 2001:db8::2, AS path 64512 64496 65551",
      "withdraw 198.51.100.0/24",
    ]);
  });

  test("a KEEPALIVE comes every third of the smaller hold time (RFC 4271 4.4)", async () => {
    const { clock, connection } = await connect();
    await connection.establish(3);
    clock.advance(1000);
    expect(await connection.next()).toBe("KEEPALIVE");
  });

  test("a hold time of zero means no KEEPALIVE and no end (RFC 4271 4.2)", async () => {
    const { clock, connection } = await connect();
    connection.send(speakerOpen(0), encodeKeepalive());
    expect(await connection.take(2)).toEqual(["OPEN", "KEEPALIVE"]);
    expect(await connection.take(TABLE.length)).toEqual(TABLE);
    expect(clock.timers).toBe(1);
    clock.advance(30_000);
    expect(await connection.take(3)).toEqual([
      "withdraw 198.51.100.0/24",
      "announce 198.51.100.0/24, next hop 192.0.2.2, AS path 64512 64496 65551",
      "withdraw 2001:db8:8000::/33",
    ]);
  });

  test("a speaker that says nothing for the hold time is told so (RFC 4271 6.5)", async () => {
    const { clock, connection } = await connect();
    expect(await connection.next()).toBe("OPEN");
    clock.advance(30_000);
    expect(await connection.take(2)).toEqual(["Hold Timer Expired (4/0)", "closed"]);
  });

  test("an OPEN in Established is an FSM error (RFC 4271 6.6); an UPDATE is ignored", async () => {
    const { connection } = await establish();
    connection.send(encodeEndOfRib(IPV4_UNICAST), speakerOpen(90));
    expect(await connection.take(2)).toEqual(["Finite State Machine Error (5/0)", "closed"]);
  });

  test("octets that are not BGP are answered with a Message Header Error (RFC 4271 6.1)", async () => {
    const { connection } = await establish();
    connection.socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(await connection.take(2)).toEqual(["Message Header Error, Connection Not Synchronized (1/1)", "closed"]);
  });

  test("stop ends the session with Cease, Administrative Shutdown (RFC 4486), and comes not back", async () => {
    const { clock, neighbor, connection } = await establish();
    await neighbor.stop();
    expect(await connection.take(2)).toEqual(["Cease, Administrative Shutdown (6/2)", "closed"]);
    expect(clock.timers).toBe(0);
  });

  test("a connection that the speaker does not close is given up after closingMs", async () => {
    const { clock, neighbor, connection } = await connect({ allowHalfOpen: true });
    await connection.establish();
    const stopped = neighbor.stop();
    expect(await connection.take(2)).toEqual(["Cease, Administrative Shutdown (6/2)", "closed"]);
    clock.advance(labLimits.closingMs);
    await stopped;
  });

  test("it connects again reconnectMs after the session ended, and tells the same failure once", async () => {
    const lines = new Inbox<unknown>();
    const log: Log = (level, message, fields) => lines.add({ level, message, ...fields });
    const { speaker, clock, connection } = await connect({ log });
    const retry = { message: "The lab's neighbour has no session with the speaker" };
    const reason = "Cease, Connection Rejected (6/5)";
    const reject = async (to: FakeSpeakerConnection) => {
      to.send(encodeNotification({ code: 6, subcode: 5, data: new Uint8Array(0) }));
      return lines.next();
    };

    expect(await reject(connection)).toEqual({ level: "info", ...retry, reason });
    clock.advance(labLimits.reconnectMs);
    const second = await speaker.accept();
    expect(await reject(second)).toEqual({ level: "debug", ...retry, reason });
    clock.advance(labLimits.reconnectMs);
    const third = await speaker.accept();
    await third.establish();
    expect(await lines.next()).toMatchObject({ level: "info", message: "The lab's neighbour is established" });
    expect(await reject(third)).toEqual({ level: "info", ...retry, reason });
  });
});

test("it goes on trying while nobody listens, and can be stopped meanwhile", async () => {
  const port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
  const lines = new Inbox<unknown>();
  const clock = new ManualClock();
  const log: Log = (level, _message, fields) => lines.add({ level, ...fields });
  const neighbor = new LabNeighbor({ address: "127.0.0.1", port }, clock, labLimits, log);
  neighbor.start();
  const reason = expect.stringContaining("ECONNREFUSED") as unknown;
  expect(await lines.next()).toEqual({ level: "info", reason });
  clock.advance(labLimits.reconnectMs);
  expect(await lines.next()).toEqual({ level: "debug", reason });
  await neighbor.stop();
  expect(clock.timers).toBe(0);
});

test("a listener on all addresses is reached on the loopback", () => {
  expect([
    reachable({ address: "0.0.0.0", port: 1 }),
    reachable({ address: "::", port: 2 }),
    reachable({ address: "::1", port: 3 }),
  ]).toEqual([
    { address: "127.0.0.1", port: 1 },
    { address: "127.0.0.1", port: 2 },
    { address: "::1", port: 3 },
  ]);
});
