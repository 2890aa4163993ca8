import { describe, expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { addPathSend, fourOctetAs, multiprotocol } from "../../src/bgp/codec/capability.ts";
import { encodeKeepalive } from "../../src/bgp/codec/keepalive.ts";
import { encodeNotification } from "../../src/bgp/codec/notification.ts";
import { concatOctets, uint32 } from "../../src/bgp/codec/octets.ts";
import { decodeOpen, encodeOpen } from "../../src/bgp/codec/open.ts";
import { encodePrefixes } from "../../src/bgp/codec/prefix.ts";
import { encodeEndOfRib, encodeMpReach, encodeUpdate, encodeWithdrawal } from "../../src/bgp/codec/update.ts";
import type { EstablishedPeer } from "../../src/bgp/route-source.ts";
import { hex } from "../bgp/codec/octets.ts";
import { toHex } from "../bgp/route-model.ts";
import { FeedLab } from "./feed-lab.ts";
import {
  attributes,
  EPOCH_S,
  type MessageOptions,
  message,
  peerIndexTable,
  record,
  rib,
  stateChange,
  type WrittenSession,
} from "./mrt-writer.ts";

const SESSION: WrittenSession = { peer: "192.0.2.1", peerAs: 65001, local: "192.0.2.254", localAs: 65000 };
const ESTABLISHED = 6;

const nlri = (...prefixes: string[]): Uint8Array => encodePrefixes(IPV4_UNICAST, prefixes);
const announcement = (...prefixes: string[]): Uint8Array =>
  encodeUpdate({ attributes: attributes([65001], "192.0.2.1"), nlri: nlri(...prefixes) });
/** `s` seconds after the others. */
const at = (s: number, options: MessageOptions = {}): MessageOptions => ({ timeS: EPOCH_S + s, ...options });

test("an UPDATE shows that its session is up", async () => {
  const lab = new FeedLab();
  const state = await lab.run([
    message(SESSION, announcement("10.0.0.0/8"), at(1)),
    message(SESSION, encodeWithdrawal(IPV4_UNICAST, nlri("10.0.0.0/8")), at(2, { microseconds: 500_000 })),
    message(SESSION, encodeEndOfRib(IPV4_UNICAST), at(3)),
  ]);
  expect(lab.take()).toEqual([
    "192.0.2.1 up: ipv4-unicast",
    "192.0.2.1 received type 2 at 1",
    "192.0.2.1 at 1: announce 10.0.0.0/8, next hop 192.0.2.1, AS path 65001",
    "192.0.2.1 received type 2 at 2.5",
    "192.0.2.1 at 2.5: withdraw 10.0.0.0/8",
    "192.0.2.1 received type 2 at 3",
    "192.0.2.1 at 3: End-of-RIB ipv4-unicast",
  ]);
  expect(state).toMatchObject({ operState: "done", records: 3, routes: 0, peers: 1 });
  expect(state.replayedUntil).toBe((EPOCH_S + 3) * 1000);
  const [peer] = lab.peers as [EstablishedPeer];
  expect(peer).toMatchObject({
    peerType: "local",
    localAddress: "192.0.2.254",
    remoteBgpId: 0xc0000201,
    establishedAt: (EPOCH_S + 1) * 1000,
  });
  expect(decodeOpen(peer.sentOpen).as).toBe(65000);
});

describe("what the file implies of a session is known when it comes up", () => {
  const opened = async (...records: Uint8Array[]): Promise<EstablishedPeer> => {
    const lab = new FeedLab();
    await lab.run(records);
    return lab.peers[0] as EstablishedPeer;
  };
  const capabilities = (peer: EstablishedPeer) => decodeOpen(peer.receivedOpen).capabilities;

  test("families that come later", async () => {
    const v6 = encodePrefixes(IPV6_UNICAST, ["2001:db8::/32"]);
    const later = encodeUpdate({
      attributes: concatOctets([encodeMpReach(IPV6_UNICAST, new Uint8Array(16).fill(1), v6), attributes([65001])]),
    });
    const peer = await opened(message(SESSION, announcement("10.0.0.0/8")), message(SESSION, later));
    expect(capabilities(peer)).toEqual([multiprotocol(IPV4_UNICAST), multiprotocol(IPV6_UNICAST), fourOctetAs(65001)]);
  });

  test("AS numbers of two octets", async () => {
    const pdu = encodeUpdate({ attributes: attributes([65001], "192.0.2.1", 2), nlri: nlri("10.0.0.0/8") });
    const peer = await opened(message(SESSION, pdu, { subtype: 1 }));
    expect(peer.isFourOctetAs).toBe(false);
    expect(capabilities(peer)).toEqual([multiprotocol(IPV4_UNICAST)]);
  });

  test("Path Identifiers", async () => {
    const path = concatOctets([uint32(7), nlri("10.0.0.0/8")]);
    const pdu = encodeUpdate({ attributes: attributes([65001], "192.0.2.1"), nlri: path });
    const peer = await opened(message(SESSION, pdu, { subtype: 9 }));
    expect(capabilities(peer)).toContainEqual(addPathSend([IPV4_UNICAST]));
    expect([...peer.dump(IPV4_UNICAST, "adj-rib-in-pre")].map(toHex)).toEqual([toHex(pdu)]);
  });

  test("no UPDATE at all: IPv4", async () => {
    const peer = await opened(stateChange(SESSION, 5, ESTABLISHED));
    expect(peer.families).toEqual([IPV4_UNICAST]);
  });
});

describe("a session that the file has from its beginning", () => {
  const capabilities = [multiprotocol(IPV4_UNICAST), multiprotocol(IPV6_UNICAST), fourOctetAs(65001)];
  const OPEN = encodeOpen({ as: 65001, bgpId: 0x0a000001, holdTimeS: 180, capabilities });
  const OUR_OPEN = encodeOpen({ as: 65000, bgpId: 0x0a0000fe, holdTimeS: 90, capabilities: [] });

  test("has its own OPENs, and goes up and down with its states", async () => {
    const lab = new FeedLab();
    await lab.run([
      message(SESSION, OUR_OPEN, at(0, { subtype: 7 })),
      message(SESSION, OPEN, at(0)),
      stateChange(SESSION, 4, 5, at(0)),
      message(SESSION, encodeKeepalive(), at(1)),
      stateChange(SESSION, 5, ESTABLISHED, at(1)),
      message(SESSION, announcement("10.0.0.0/8"), at(2)),
      // Sent by the writer of the file: not what it has received.
      message(SESSION, announcement("10.9.0.0/16"), at(2, { subtype: 7 })),
      message(SESSION, encodeKeepalive(), at(3)),
      stateChange(SESSION, ESTABLISHED, 1, at(4)),
      stateChange(SESSION, 5, ESTABLISHED, at(5)),
    ]);
    expect(lab.take()).toEqual([
      "192.0.2.1 up: ipv4-unicast ipv6-unicast",
      "192.0.2.1 received type 2 at 2",
      "192.0.2.1 at 2: announce 10.0.0.0/8, next hop 192.0.2.1, AS path 65001",
      "192.0.2.1 received type 4 at 3",
      // As of a neighbour that does not know End-of-RIB.
      "192.0.2.1 at 3: End-of-RIB ipv4-unicast",
      "192.0.2.1 at 3: End-of-RIB ipv6-unicast",
      "192.0.2.1 down: remote-closed",
      "192.0.2.1 up: ipv4-unicast",
    ]);
    const [first, second] = lab.peers as [EstablishedPeer, EstablishedPeer];
    expect(first).toMatchObject({ receivedOpen: OPEN, sentOpen: OUR_OPEN, remoteBgpId: 0x0a000001 });
    // The OPENs of the next session are not in the file.
    expect(decodeOpen(second.receivedOpen)).toMatchObject({ holdTimeS: 0, bgpId: 0xc0000201 });
  });

  test("an OPEN that was noted with half of the AS number", async () => {
    const lab = new FeedLab();
    const peerAs = 4_200_000_002;
    const open = encodeOpen({ as: peerAs, bgpId: 0x0a000001, holdTimeS: 9, capabilities: [fourOctetAs(peerAs)] });
    await lab.run([
      message({ ...SESSION, peerAs: peerAs & 0xffff }, open, { subtype: 1 }),
      stateChange({ ...SESSION, peerAs }, 5, ESTABLISHED),
      // A KEEPALIVE of a session that the file does not have from its beginning says nothing of its tables.
      message({ ...SESSION, peer: "192.0.2.9" }, announcement("10.0.0.0/8")),
      message({ ...SESSION, peer: "192.0.2.9" }, encodeKeepalive()),
    ]);
    expect(lab.peers.map(({ receivedOpen }) => decodeOpen(receivedOpen).holdTimeS)).toEqual([9, 0]);
    expect(lab.take().filter((event) => event.includes("End-of-RIB"))).toEqual([]);
  });

  test("an OPEN that no session can have come of is passed over", async () => {
    const lab = new FeedLab();
    const bad = encodeOpen({ as: 65001, bgpId: 0, holdTimeS: 180, capabilities });
    await lab.run([message(SESSION, bad, { subtype: 7 }), message(SESSION, bad), stateChange(SESSION, 5, ESTABLISHED)]);
    expect(lab.peers[0]?.remoteBgpId).toBe(0xc0000201);
    // Collectors are told none either, whoever has sent it.
    const told = [lab.peers[0]?.receivedOpen, lab.peers[0]?.sentOpen] as [Uint8Array, Uint8Array];
    expect(told.map((open) => decodeOpen(open).bgpId)).toEqual([0xc0000201, 1]);
  });

  test("an OPEN, or a NOTIFICATION, ends the one before", async () => {
    const lab = new FeedLab();
    const cease = encodeNotification({ code: 6, subcode: 2, data: new Uint8Array(0) });
    await lab.run([
      message(SESSION, announcement("10.0.0.0/8"), at(1)),
      message(SESSION, OPEN, at(2)),
      message(SESSION, announcement("10.0.0.0/8"), at(3)),
      message(SESSION, cease, at(4)),
      message(SESSION, cease, at(5)),
    ]);
    expect(lab.take().filter((event) => !event.includes(" 1: ") && !event.includes(" 3: "))).toEqual([
      "192.0.2.1 up: ipv4-unicast",
      "192.0.2.1 received type 2 at 1",
      "192.0.2.1 down: remote-closed",
      "192.0.2.1 up: ipv4-unicast ipv6-unicast",
      "192.0.2.1 received type 2 at 3",
      "192.0.2.1 received type 3 at 4",
      "192.0.2.1 down: remote-notification",
    ]);
  });
});

describe("another session of which nothing is said but by its UPDATEs", () => {
  test.each<[string, Uint8Array, MessageOptions]>([
    [
      "AS numbers of two octets",
      encodeUpdate({ attributes: attributes([65001], "192.0.2.1", 2), nlri: nlri("10.1.0.0/16") }),
      { subtype: 1 },
    ],
    [
      "Path Identifiers",
      encodeUpdate({
        attributes: attributes([65001], "192.0.2.1"),
        nlri: concatOctets([uint32(1), nlri("10.1.0.0/16")]),
      }),
      { subtype: 9 },
    ],
  ])("%s", async (_, pdu, options) => {
    const lab = new FeedLab();
    await lab.run([message(SESSION, announcement("10.0.0.0/8"), at(1)), message(SESSION, pdu, at(2, options))]);
    const events = lab.take().map((event) => event.replace(/ \(path 1\)/, ""));
    expect(events).toEqual([
      "192.0.2.1 up: ipv4-unicast",
      "192.0.2.1 received type 2 at 1",
      "192.0.2.1 at 1: announce 10.0.0.0/8, next hop 192.0.2.1, AS path 65001",
      "192.0.2.1 down: remote-closed",
      "192.0.2.1 up: ipv4-unicast",
      "192.0.2.1 received type 2 at 2",
      "192.0.2.1 at 2: announce 10.1.0.0/16, next hop 192.0.2.1, AS path 65001",
    ]);
  });
});

describe("UPDATEs with errors are handled as a neighbour's are (RFC 7606)", () => {
  test("treated as a withdrawal", async () => {
    const lab = new FeedLab();
    const bad = encodeUpdate({ attributes: attributes([65001]), nlri: nlri("10.0.0.0/8") });
    await lab.run([message(SESSION, announcement("10.0.0.0/8"), at(1)), message(SESSION, bad, at(2))]);
    expect(lab.take().slice(-2)).toEqual([
      "192.0.2.1 received type 2 at 2, errored",
      "192.0.2.1 at 2: withdraw 10.0.0.0/8",
    ]);
  });

  test("ending the session; the next UPDATE is of another one", async () => {
    const lab = new FeedLab();
    const bad = hex(`${"ff".repeat(16)} 0017 02 00ff 0000`);
    await lab.run([
      message(SESSION, announcement("10.0.0.0/8"), at(1)),
      message(SESSION, bad, at(2)),
      message(SESSION, announcement("10.1.0.0/16"), at(3)),
    ]);
    expect(lab.take().slice(3, 6)).toEqual([
      "192.0.2.1 received type 2 at 2, errored",
      "192.0.2.1 down: local-notification",
      "192.0.2.1 up: ipv4-unicast",
    ]);
    expect(lab.state()).toMatchObject({ operState: "done", routes: 1 });
  });
});

test("a dump and what came after it, in one file", async () => {
  const lab = new FeedLab();
  const entry = { peer: 0, attributes: attributes([65001], "192.0.2.1") };
  await lab.run([
    peerIndexTable([{ address: "192.0.2.1", as: 65001 }]),
    rib(IPV4_UNICAST, "10.0.0.0/8", [entry]),
    message(SESSION, encodeWithdrawal(IPV4_UNICAST, nlri("10.0.0.0/8")), at(9)),
  ]);
  expect(lab.take()).toEqual([
    "192.0.2.1 up: ipv4-unicast",
    "192.0.2.1 at unknown: announce 10.0.0.0/8, next hop 192.0.2.1, AS path 65001",
    "192.0.2.1 at unknown: End-of-RIB ipv4-unicast",
    "192.0.2.1 received type 2 at 9",
    "192.0.2.1 at 9: withdraw 10.0.0.0/8",
  ]);
  expect(lab.state()).toMatchObject({ routes: 0, skippedRecords: 2 });
});

test("records of other protocols and of other peers are skipped", async () => {
  const lab = new FeedLab();
  const other = { ...SESSION, peer: "192.0.2.2" };
  const records = [
    record(11, 0, new Uint8Array(3)),
    message(other, announcement("10.0.0.0/8")),
    message(SESSION, announcement("10.0.0.0/8")),
  ];
  expect(await lab.run(records, { peers: ["192.0.2.1"] })).toMatchObject({ records: 3, skippedRecords: 2, peers: 1 });
});

describe("time", () => {
  const RECORDS = [
    message(SESSION, announcement("10.0.0.0/8"), at(10)),
    message(SESSION, announcement("10.1.0.0/16"), at(10)),
    message(SESSION, announcement("10.2.0.0/16"), at(20)),
    // As clocks are: earlier than the one before.
    message(SESSION, announcement("10.3.0.0/16"), at(19)),
    message(SESSION, announcement("10.4.0.0/16"), at(100, { microseconds: 500_000 })),
  ];
  const replaying = async (replaySpeed: number, repeat = false): Promise<FeedLab> => {
    const lab = new FeedLab();
    lab.write("file", ...RECORDS);
    lab.set({ replaySpeed, repeat });
    await lab.until(() => lab.clock.timers === 1);
    return lab;
  };
  /** Lets time pass, and what was due happen. */
  const pass = async (lab: FeedLab, ms: number): Promise<number> => {
    lab.clock.advance(ms);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
    return lab.take().filter((event) => event.includes("announce")).length;
  };

  test.each([1, 10, 0.5])("intervals are those recorded, divided by %d", async (speed) => {
    const lab = await replaying(speed);
    expect(lab.state().operState).toBe("replaying");
    expect(await pass(lab, 0)).toBe(2);
    expect(await pass(lab, 10_000 / speed - 1)).toBe(0);
    expect(await pass(lab, 1)).toBe(2);
    expect(await pass(lab, 80_500 / speed - 1)).toBe(0);
    expect(await pass(lab, 1)).toBe(1);
    expect(lab.state()).toMatchObject({ operState: "done", replayedUntil: (EPOCH_S + 100.5) * 1000 });
  });

  test("again and again, if that is wanted", async () => {
    const lab = await replaying(1, true);
    await pass(lab, 10_000);
    expect(await pass(lab, 80_500)).toBe(1 + 2);
    expect(lab.state()).toMatchObject({ operState: "replaying", records: 2, peers: 1 });
    expect(await pass(lab, 10_000)).toBe(2);
  });

  test("a feed that is removed while it waits", async () => {
    const lab = await replaying(1);
    lab.take();
    lab.feeds.removeFeed("lab");
    expect(lab.clock.timers).toBe(0);
    expect(lab.take()).toEqual(["192.0.2.1 down: deconfigured"]);
    expect(await pass(lab, 100_000)).toBe(0);
  });

  test("a feed that has too much while it waits", async () => {
    const lab = new FeedLab({ routesPerFeed: 3 });
    lab.write("file", ...RECORDS);
    lab.set({ replaySpeed: 1 });
    await lab.until(() => lab.clock.timers === 1);
    await pass(lab, 10_000);
    expect(await pass(lab, 80_500)).toBe(0);
    expect(lab.state()).toMatchObject({ operState: "failed", peers: 0, records: 4 });
    expect(lab.state().lastError).toContain("more than 3 routes. Select fewer peers");
  });

  test("a wait longer than a timer can be", async () => {
    const lab = new FeedLab();
    const year = 366 * 24 * 3600;
    lab.write(
      "file",
      message(SESSION, announcement("10.0.0.0/8")),
      message(SESSION, announcement("10.1.0.0/16"), at(year)),
    );
    lab.set({ replaySpeed: 1 });
    await lab.until(() => lab.clock.timers === 1);
    await pass(lab, 0);
    // What is no longer than 2^31 ms is waited for at once.
    let announced = 0;
    for (let days = 0; days < 366; days += 6) announced += await pass(lab, 6 * 24 * 3600 * 1000);
    expect(announced).toBe(1);
  });
});

test("a feed that is removed while its file is read brings nobody up again", async () => {
  // No slice ends, for the clock stands still: all that the feed ever waits for is the file.
  const lab = new FeedLab({ readBytes: 100 });
  const many = Array.from({ length: 100 }, () => message(SESSION, announcement("10.0.0.0/8")));
  lab.write("file", ...many);
  lab.set();
  await lab.until(() => lab.peers.length > 0);
  lab.feeds.removeFeed("lab");
  expect(lab.take().at(-1)).toBe("192.0.2.1 down: deconfigured");
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(lab.take()).toEqual([]);
});

test("no more of a file is read than was replayed, and a piece or two", async () => {
  const lab = new FeedLab({ readBytes: 1000 });
  const many = Array.from({ length: 1000 }, (_, second) => message(SESSION, announcement("10.0.0.0/8"), at(second)));
  lab.write("file", ...many);
  lab.set({ replaySpeed: 1 });
  await lab.until(() => lab.clock.timers === 1);
  const { fileBytes, bytesRead, records } = lab.state();
  expect(records).toBe(1);
  expect(bytesRead).toBe(1000);
  expect(fileBytes).toBeGreaterThan(70_000);
});

test("a message that is none is an error, with its place", async () => {
  const lab = new FeedLab();
  const good = message(SESSION, announcement("10.0.0.0/8"));
  const bad = message(SESSION, encodeKeepalive().subarray(0, 18));
  expect(await lab.run([good, bad])).toMatchObject({
    operState: "failed",
    lastError: `file: record 2 at octet ${good.length}: a BGP message of 18 octets has no header. Get the file again, or have it end before this record.`,
  });
  expect(lab.take()).toEqual([]);
});
