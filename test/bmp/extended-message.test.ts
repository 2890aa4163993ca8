import { expect, test } from "vitest";
import { IPV4_UNICAST } from "../../src/bgp/address-family.ts";
import { encodeAttribute, encodeUpdate } from "../../src/bgp/codec/update.ts";
import { announcePdu } from "./bgp-pdus.ts";
import { session } from "./engine-fixture.ts";
import { FakePeer, RECEIVED_AT } from "./fake-routes.ts";
import { testResources } from "./test-resources.ts";

const { collector, fixture } = testResources();

/** The largest UPDATE of RFC 8654: its Route Monitoring has 48 octets more, and does not fit a page. */
const LARGEST = encodeUpdate({ attributes: encodeAttribute(0xc0, 99, new Uint8Array(65_535 - 23 - 4)) });

test("UPDATEs of 65,535 octets reach a collector whole, among others (RFC 7854 4.1)", async () => {
  const server = await collector();
  const { routes, engine, clock } = fixture();
  const peer = routes.up(new FakePeer(1));
  routes.endOfRib(peer, IPV4_UNICAST);
  engine.setSession(session(server.port));
  clock.advance(0);
  const connection = await server.connection();
  await connection.untilCount(3);
  expect(LARGEST.length).toBe(65_535);
  for (let i = 0; i < 3; i++) {
    engine.update(peer, "adj-rib-in-pre", LARGEST, RECEIVED_AT);
    routes.announce(peer, i, 1);
  }
  const { messages } = await connection.untilCount(9);
  const updates = messages
    .slice(3)
    .map((message) => (message.kind === "route-monitoring" ? message.update : undefined));
  expect(updates).toEqual([0, 1, 2].flatMap((prefix) => [LARGEST, announcePdu(prefix, 1)]));
});
