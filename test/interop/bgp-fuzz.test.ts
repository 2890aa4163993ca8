import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { fourOctetAs, multiprotocol } from "../../src/bgp/codec/capability.ts";
import { encodeKeepalive } from "../../src/bgp/codec/keepalive.ts";
import { encodeOpen } from "../../src/bgp/codec/open.ts";
import { encodeRouteRefresh } from "../../src/bgp/codec/route-refresh.ts";
import { encodeAttribute, encodeMpReach, encodeMpUnreach, encodeUpdate } from "../../src/bgp/codec/update.ts";
import { BIRD_AS, Bird } from "./harness/bird.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, session } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { neighborState } from "./harness/operational-state.ts";
import { Pmbmpd } from "./harness/pmbmpd.ts";
import { BIRD_V4, COLLECTOR_V4, enterPrivateNetwork, ip, SERVER_V4 } from "./harness/private-network.ts";
import { ServerProcess } from "./harness/server-process.ts";

enterPrivateNetwork();

const ROUTES = ["198.51.100.0/24", "2001:db8:b::/48"];
const FUZZER_AS = 65100;
/** A neighbour that was wrong has to wait before it may try again, so each is used once. */
const FUZZERS = 480;
const AT_ONCE = 8;
/** The same seed makes the same conversations; that of a failure is in the test's name. */
const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);
const LONGEST_MS = 1_500;
const MIB = 1 << 20;
const MOST_GROWTH = 48 * MIB;

const addressOf = (index: number): string => `10.98.${1 + Math.floor(index / 240)}.${1 + (index % 240)}`;

const capabilities = [multiprotocol(IPV4_UNICAST), multiprotocol(IPV6_UNICAST), fourOctetAs(FUZZER_AS)];
const openOf = (bgpId: number): Uint8Array => encodeOpen({ as: FUZZER_AS, bgpId, holdTimeS: 9, capabilities });
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const ATTRIBUTES = Buffer.concat([
  encodeAttribute(0x40, 1, bytes(0)),
  encodeAttribute(0x40, 2, bytes(2, 1, 0, 0, 0xfe, 0x4c)),
  encodeAttribute(0x40, 3, bytes(10, 98, 1, 1)),
]);
const NEXT_HOP = Buffer.from("20010db8000000000000000000000001", "hex");

const GOOD: readonly Uint8Array[] = [
  encodeKeepalive(),
  encodeRouteRefresh(IPV4_UNICAST),
  encodeUpdate({ attributes: ATTRIBUTES, nlri: bytes(24, 203, 0, 113, 32, 192, 0, 2, 1) }),
  encodeUpdate({ withdrawn: bytes(24, 203, 0, 113) }),
  encodeUpdate({
    attributes: Buffer.concat([encodeMpReach(IPV6_UNICAST, NEXT_HOP, bytes(32, 0x20, 1, 0xd, 0xb8)), ATTRIBUTES]),
  }),
  encodeUpdate({ attributes: encodeMpUnreach(IPV6_UNICAST, bytes(32, 0x20, 1, 0xd, 0xb8)) }),
];

/** A message with some octets replaced, header included, and perhaps its end cut off or something behind it. */
const mutated = (message: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(message.length - 1), fc.nat(255)), { maxLength: 4 }),
      fc.oneof({ weight: 5, arbitrary: fc.constant(message.length) }, { weight: 1, arbitrary: fc.nat(message.length) }),
      fc.uint8Array({ maxLength: 4 }),
    )
    .map(([changes, length, behind]) => {
      const octets = new Uint8Array(message);
      for (const [offset, octet] of changes) octets[offset] = octet;
      return Buffer.concat([octets.subarray(0, length), behind.length > 2 ? behind : new Uint8Array(0)]);
    });

const message = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...GOOD) },
  { weight: 3, arbitrary: fc.constantFrom(...GOOD).chain(mutated) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 5_000 }) },
);

interface Conversation {
  readonly opening: "good" | "mutated" | "none";
  readonly openSeed: Uint8Array;
  readonly messages: readonly Uint8Array[];
  readonly pieceBytes: number;
  readonly end: "close" | "reset" | "wait";
}

const conversation: fc.Arbitrary<Conversation> = fc.record({
  opening: fc.constantFrom("good" as const, "good" as const, "good" as const, "mutated" as const, "none" as const),
  openSeed: mutated(openOf(1)),
  messages: fc.array(message, { maxLength: 30 }),
  pieceBytes: fc.integer({ min: 1, max: 4_096 }),
  end: fc.constantFrom("close" as const, "reset" as const, "wait" as const),
});

/** Says all of it from the address, or as much as the server wants to hear. */
async function converse(address: string, index: number, said: Conversation): Promise<void> {
  const socket = connect({ host: SERVER_V4, port: 179, localAddress: address, noDelay: true });
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.resume();
  await Promise.race([once(socket, "connect").catch(() => {}), closed]);
  const opening = { good: openOf(index + 1), mutated: said.openSeed, none: new Uint8Array(0) }[said.opening];
  const all = Buffer.concat([opening, encodeKeepalive(), ...said.messages]);
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
let pmbmpd: Pmbmpd;

const rss = (): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.daemon.pid}/status`, "utf8"))?.[1]) * 1_024;
const birdsRoutes = (): string[] => pmbmpd.routes().flatMap(({ peer, prefix }) => (peer === BIRD_V4 ? [prefix] : []));

beforeAll(async () => {
  for (const network of ["10.98.1.0/24", "10.98.2.0/24"]) ip("route", "add", "local", network, "dev", "lo");
  [pmbmpd, server] = await Promise.all([Pmbmpd.listen(COLLECTOR_V4), ServerProcess.start()]);
  client = await server.connect();
  const fuzzers = Array.from({ length: FUZZERS }, (_, index) =>
    neighbor(addressOf(index), FUZZER_AS, { "connection-mode": "passive" }),
  );
  await client.configure(
    bgp(neighbor(BIRD_V4, BIRD_AS, { "connection-mode": "passive" }), ...fuzzers) + bmp(session(COLLECTOR_V4)),
  );
  await new Bird(SERVER_AS, ROUTES).start();
  await eventually("BIRD's routes", () => birdsRoutes().length === ROUTES.length);
});
afterAll(cleanUp);

test(`neighbours cannot stop the server, make it grow, or reach another one's session (FUZZ_SEED=${SEED})`, async () => {
  const conversations = fc.sample(conversation, { numRuns: FUZZERS, seed: SEED });
  let rssHalfway = 0;
  for (let index = 0; index < FUZZERS; index += AT_ONCE) {
    if (index === FUZZERS / 2) rssHalfway = rss();
    const batch = conversations.slice(index, index + AT_ONCE);
    await Promise.all(batch.map((said, offset) => converse(addressOf(index + offset), index + offset, said)));
  }
  expect(server.daemon.isRunning).toBe(true);
  expect(rss() - rssHalfway).toBeLessThan(MOST_GROWTH);
  expect(birdsRoutes().sort()).toEqual(ROUTES);
  expect(await neighborState(client, BIRD_V4)).toMatchObject({
    "fsm-state": "established",
    "established-transitions": "1",
  });
  // Some got far enough to be reported, and pmbmpd has understood all that was.
  expect(pmbmpd.events().filter((event) => event.bmp_msg_type === "peer_up").length).toBeGreaterThan(50);
  expect(pmbmpd.complaints()).toEqual([]);
}, 240_000);
