import { connect } from "node:net";
import { expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { encodeEndOfRib } from "../../src/bgp/codec/update.ts";
import { LocRib } from "../../src/bgp/loc-rib.ts";
import { hex, update } from "./codec/octets.ts";
import { toHex } from "./route-model.ts";
import { Router } from "./router.ts";
import { LOCAL_AS, neighbor, type Recorder, startSpeaker } from "./speaker-lab.ts";

const FIRST = { address: "127.0.0.2", remoteAs: 65001 };
const SECOND = { address: "127.0.0.3", remoteAs: 65002 };
const SPEAKER = { localAs: LOCAL_AS, routerId: "0.0.0.5" };
const LOC_RIB = { tableName: "global", families: ["ipv4-unicast", "ipv6-unicast"] as const };
const WITH_LOC_RIB = { ...SPEAKER, locRib: LOC_RIB };

/** AS_PATH of 65001 and 65003, or of 65002. */
const LONG = "400101 00 40020a 0202 0000fde9 0000fdeb 400304 7f000002";
const SHORT = "400101 00 400206 0201 0000fdea 400304 7f000003";

async function lab() {
  const { speaker, recorder, port } = await startSpeaker({ neighbors: [neighbor(FIRST), neighbor(SECOND)] });
  const routerOf = async ({ address, remoteAs }: typeof FIRST, bgpId: number) => {
    const router = new Router(connect({ port, host: "127.0.0.1", localAddress: address }));
    await router.establish({ as: remoteAs, bgpId });
    await recorder.next("up");
    return router;
  };
  return { speaker, recorder, routerOf };
}

/** The next UPDATE of the Loc-RIB; those of neighbours are passed over. */
async function nextOfLocRib(recorder: Recorder): Promise<Uint8Array> {
  for (;;) {
    const { peer, pdu } = await recorder.next("update");
    if (peer.peerType === "loc-rib") return pdu;
  }
}

test("a Loc-RIB begins with the routes that are there, and follows what becomes of them", async () => {
  const { speaker, recorder, routerOf } = await lab();
  const first = await routerOf(FIRST, 1);
  first.send(update({ attributes: LONG, nlri: "080a 080b" }));
  await recorder.next("update");

  speaker.configure(WITH_LOC_RIB);
  const { peer } = await recorder.next("up");
  expect(speaker.establishedPeers()).toContain(peer);
  expect(peer).toMatchObject({
    peerType: "loc-rib",
    distinguisher: 0n,
    address: "0.0.0.0",
    remoteAs: LOCAL_AS,
    remoteBgpId: 5,
    localAddress: "0.0.0.0",
    localPort: 0,
    remotePort: 0,
    isFourOctetAs: true,
    ribs: ["loc-rib"],
    tableName: "global",
    isFiltered: false,
  });
  // Multiprotocol for each family, Extended Message, AS numbers of four octets.
  const open = `${"ff".repeat(16)} 0033 01 04 fdf2 0000 00000005 16 0214 0104 00010001 0104 00020001 0600 4104 0000fdf2`;
  expect([toHex(peer.sentOpen), toHex(peer.receivedOpen)]).toEqual([open, open].map((text) => toHex(hex(text))));
  expect(await nextOfLocRib(recorder)).toEqual(update({ attributes: LONG, nlri: "080a 080b" }));
  expect(await nextOfLocRib(recorder)).toEqual(encodeEndOfRib(IPV4_UNICAST));
  expect(await nextOfLocRib(recorder)).toEqual(encodeEndOfRib(IPV6_UNICAST));
  expect(peer.isEndOfRib(IPV4_UNICAST, "loc-rib")).toBe(true);

  const second = await routerOf(SECOND, 2);
  second.send(update({ attributes: SHORT, nlri: "080a 080c" }));
  expect(await nextOfLocRib(recorder)).toEqual(update({ attributes: SHORT, nlri: "080a 080c" }));
  expect(speaker.locRibRoutes()).toEqual([
    { family: IPV4_UNICAST, routes: 3 },
    { family: IPV6_UNICAST, routes: 0 },
  ]);

  // What is no better changes nothing.
  first.send(update({ attributes: LONG, nlri: "080c" }), update({ withdrawn: "080c 080b" }));
  expect(await nextOfLocRib(recorder)).toEqual(update({ withdrawn: "080b" }));

  second.socket.destroy();
  await untilDown(recorder, SECOND.address);
  expect(await nextOfLocRib(recorder)).toEqual(update({ attributes: LONG, nlri: "080a" }));
  expect(await nextOfLocRib(recorder)).toEqual(update({ withdrawn: "080c" }));
  expect([...peer.dump(IPV4_UNICAST, "loc-rib")].map((pdu) => new Uint8Array(pdu))).toEqual([
    update({ attributes: LONG, nlri: "080a" }),
  ]);
});

async function untilDown(recorder: Recorder, address: string): Promise<void> {
  expect((await recorder.next("down")).peer.address).toBe(address);
}

test("a change of the Loc-RIB, and its end, disturb no session", async () => {
  const { speaker, recorder, routerOf } = await lab();
  await routerOf(FIRST, 1);
  speaker.configure(WITH_LOC_RIB);
  await recorder.next("up");
  await nextOfLocRib(recorder);
  await nextOfLocRib(recorder);

  speaker.configure({ ...SPEAKER, locRib: { ...LOC_RIB, families: [...LOC_RIB.families] } });
  expect(recorder.pending).toBe(0);

  speaker.configure({ ...SPEAKER, locRib: { ...LOC_RIB, tableName: "blue" } });
  expect((await recorder.next("down")).reason).toEqual({ kind: "local-system-closed" });
  const { peer } = await recorder.next("up");
  expect(peer.tableName).toBe("blue");
  await nextOfLocRib(recorder);
  await nextOfLocRib(recorder);

  speaker.configure(SPEAKER);
  const down = await recorder.next("down");
  expect([down.peer, down.reason]).toEqual([peer, { kind: "local-system-closed" }]);
  expect(speaker.locRibRoutes()).toBeUndefined();
  expect([...speaker.establishedPeers()].map(({ address }) => address)).toEqual([FIRST.address]);
  expect([...speaker.neighborStates(FIRST.address)][0]).toMatchObject({
    fsmState: "established",
    establishedTransitions: 1,
  });
});

test("another AS number of ours makes another Loc-RIB, which nothing of the old one is in", async () => {
  const { speaker, recorder, routerOf } = await lab();
  const first = await routerOf(FIRST, 1);
  first.send(update({ attributes: LONG, nlri: "080a" }));
  await recorder.next("update");
  speaker.configure(WITH_LOC_RIB);
  await recorder.next("up");
  expect(await nextOfLocRib(recorder)).toEqual(update({ attributes: LONG, nlri: "080a" }));
  await nextOfLocRib(recorder);
  await nextOfLocRib(recorder);
  speaker.configure({ ...WITH_LOC_RIB, localAs: 65011 });
  expect((await recorder.next("down")).peer).toBeInstanceOf(LocRib);
  await untilDown(recorder, FIRST.address);
  expect((await recorder.next("up")).peer).toMatchObject({ peerType: "loc-rib", remoteAs: 65011 });
  expect(await nextOfLocRib(recorder)).toEqual(encodeEndOfRib(IPV4_UNICAST));
});
