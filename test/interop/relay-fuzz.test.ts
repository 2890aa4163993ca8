import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeInitiation } from "../../src/bmp/codec/initiation.ts";
import { encodeRouteMirroring } from "../../src/bmp/codec/route-mirroring.ts";
import { encodeStatisticsReport } from "../../src/bmp/codec/statistics-report.ts";
import { encodeTermination } from "../../src/bmp/codec/termination.ts";
import { announcePdu, CEASE, END_OF_RIB_IPV4, withdrawPdu } from "../bmp/bgp-pdus.ts";
import { peerDown, peerHeader, peerUp, route } from "../relay/relay-lab.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { bmp, relay, session } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { relayRouterState } from "./harness/operational-state.ts";
import { COLLECTOR_V4, enterPrivateNetwork, ip, SERVER_V4 } from "./harness/private-network.ts";
import { RecordingSink, TERMINATION } from "./harness/recording-sink.ts";
import { ServerProcess } from "./harness/server-process.ts";

enterPrivateNetwork();

const RELAY_PORT = 11_030;
/** The router that is always right. */
const GOOD_ROUTER = "10.98.3.1";
const FUZZERS = 240;
const AT_ONCE = 8;
/** The same seed makes the same conversations; that of a failure is in the test's name. */
const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);
const LONGEST_MS = 100;
const MIB = 1 << 20;
const MOST_GROWTH = 48 * MIB;

const addressOf = (index: number): string => `10.98.1.${1 + index}`;

const INITIATION = encodeInitiation({ kind: "initiation", sysName: "fuzzer", sysDescr: "any", strings: ["a", "b"] });
const PEER = peerHeader(1);
const VPN_PEER = peerHeader(2, { peerType: 1, distinguisher: 5n, address: "2001:db8::2" });
const LOC_RIB = peerHeader(3, { peerType: 3, address: "0.0.0.0" });
const GOOD: readonly Uint8Array[] = [
  INITIATION,
  peerUp(PEER),
  peerUp(VPN_PEER),
  peerUp(LOC_RIB, { tableName: "red" }),
  route(PEER, announcePdu(1, 10)),
  route({ ...PEER, isPostPolicy: true }, announcePdu(2, 10)),
  route(VPN_PEER, announcePdu(1, 10)),
  route(LOC_RIB, announcePdu(3, 10)),
  route(PEER, withdrawPdu(1)),
  route(PEER, END_OF_RIB_IPV4),
  encodeStatisticsReport({ kind: "statistics-report", peer: PEER, statistics: [{ kind: "gauge", type: 7, value: 1 }] }),
  encodeRouteMirroring({ kind: "route-mirroring", peer: PEER, information: [0], message: CEASE }),
  peerDown(VPN_PEER),
  peerDown(PEER),
  encodeTermination({ kind: "termination", reason: 1, strings: ["bye"] }),
];
/** What a conversation rarely gets past. */
const NOT_LAST = GOOD.slice(1, -1);

/** A message with some octets replaced, header included, and perhaps its end cut off or something behind it. */
const mutated = (message: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(message.length - 1), fc.nat(255)), { maxLength: 4 }),
      fc.oneof({ weight: 5, arbitrary: fc.constant(message.length) }, { weight: 1, arbitrary: fc.nat(message.length) }),
      fc.uint8Array({ maxLength: 4 }),
      // Most get past the header: a stream that is no BMP ends the conversation.
      fc.constantFrom(true, true, true, true, true, false),
    )
    .map(([changes, length, behind, keepsHeader]) => {
      const octets = new Uint8Array(message);
      for (const [offset, octet] of changes) if (!keepsHeader || offset >= 6) octets[offset] = octet;
      if (keepsHeader) return octets;
      return Buffer.concat([octets.subarray(0, length), behind.length > 2 ? behind : new Uint8Array(0)]);
    });

const message = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...NOT_LAST) },
  { weight: 20, arbitrary: fc.constantFrom(...GOOD).chain(mutated) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2_000 }) },
);

interface Conversation {
  readonly opening: "good" | "mutated" | "none";
  readonly openingOctets: Uint8Array;
  readonly messages: readonly Uint8Array[];
  readonly pieceBytes: number;
  readonly end: "close" | "reset" | "wait";
}

const conversation: fc.Arbitrary<Conversation> = fc.record({
  opening: fc.constantFrom("good" as const, "good" as const, "good" as const, "mutated" as const, "none" as const),
  openingOctets: mutated(INITIATION),
  messages: fc.array(message, { maxLength: 40 }),
  pieceBytes: fc.integer({ min: 1, max: 4_096 }),
  end: fc.constantFrom("close" as const, "reset" as const, "wait" as const),
});

/** Says all of it from the address, or as much as the server wants to hear. */
async function converse(address: string, said: Conversation): Promise<void> {
  const socket = connect({ host: SERVER_V4, port: RELAY_PORT, localAddress: address, noDelay: true });
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.resume();
  await Promise.race([once(socket, "connect").catch(() => {}), closed]);
  const opening = { good: INITIATION, mutated: said.openingOctets, none: new Uint8Array(0) }[said.opening];
  const all = Buffer.concat([opening, ...said.messages]);
  for (let at = 0; at < all.length && !socket.destroyed; at += said.pieceBytes) {
    socket.write(all.subarray(at, at + said.pieceBytes));
    if (all.length / said.pieceBytes < 50) await delay(1);
  }
  if (said.end === "close") socket.end();
  if (said.end === "reset") socket.resetAndDestroy();
  await Promise.race([closed, delay(LONGEST_MS)]);
  socket.destroy();
  await closed;
}

let server: ServerProcess;
let client: NetconfClient;
let sink: RecordingSink;

const rss = (): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.daemon.pid}/status`, "utf8"))?.[1]) * 1_024;

beforeAll(async () => {
  for (const network of ["10.98.1.0/24", "10.98.3.0/24"]) ip("route", "add", "local", network, "dev", "lo");
  [sink, server] = await Promise.all([RecordingSink.listen(COLLECTOR_V4), ServerProcess.start()]);
  client = await server.connect();
  const fuzzers = Array.from({ length: FUZZERS }, (_, index) => addressOf(index));
  await client.configure(relay(RELAY_PORT, GOOD_ROUTER, ...fuzzers) + bmp(session(COLLECTOR_V4)));
  await eventually("the relay listens", async () =>
    (await client.get('<relay xmlns="urn:bmpconfd:yang:relay"><listen/></relay>')).includes(">listening<"),
  );
});
afterAll(cleanUp);

test(`routers cannot stop the server, make it grow, or reach what another one reports (FUZZ_SEED=${SEED})`, async () => {
  const good = connect({ host: SERVER_V4, port: RELAY_PORT, localAddress: GOOD_ROUTER });
  const opening = encodeInitiation({ kind: "initiation", sysName: "good", strings: [] });
  good.write(Buffer.concat([opening, peerUp(PEER), route(PEER, announcePdu(7, 7))]));
  const goodRecording = () => sink.connections.find((recording) => recording.messages()[0]?.equals(opening));
  await eventually("the collector has the router's route", () => goodRecording()?.messages().length === 3);

  const conversations = fc.sample(conversation, { numRuns: 2 * FUZZERS, seed: SEED });
  let rssHalfway = 0;
  for (let index = 0; index < conversations.length; index += AT_ONCE) {
    if (index === FUZZERS) rssHalfway = rss();
    const batch = conversations.slice(index, index + AT_ONCE);
    await Promise.all(batch.map((said, offset) => converse(addressOf((index + offset) % FUZZERS), said)));
  }
  expect(server.daemon.isRunning).toBe(true);
  expect(rss() - rssHalfway).toBeLessThan(MOST_GROWTH);
  good.write(route(PEER, announcePdu(8, 8)));
  await eventually("the router that is right is served", () => goodRecording()?.messages().length === 4);
  expect(await relayRouterState(client, GOOD_ROUTER)).toMatchObject({ "oper-state": "connected", routes: "2" });
  // Some got far enough to be passed on, what was is BMP, and each of those connections has ended politely.
  const passedOn = sink.connections.filter((recording) => recording !== goodRecording());
  await eventually("all is said", () => passedOn.filter(({ ended }) => ended === undefined).length <= 1);
  expect(passedOn.filter((recording) => recording.types().length > 2).length).toBeGreaterThan(50);
  // A connection of which nothing came was given up while it was being opened.
  const ended = passedOn.filter(({ ended: how }) => how !== undefined);
  const lastOnes = ended.map((recording) => recording.types().at(-1));
  expect(lastOnes.filter((type) => type !== undefined && type !== TERMINATION)).toEqual([]);
  expect(server.daemon.stderr).not.toContain("internal error");
  good.destroy();
}, 240_000);
