import { expect, test } from "vitest";
import { decodeMessage } from "../../src/bmp/codec/message.ts";
import { encodePeerDown } from "../../src/bmp/codec/peer-down.ts";
import type { PerPeerHeader } from "../../src/bmp/codec/per-peer-header.ts";
import { encodeRouteMirroring } from "../../src/bmp/codec/route-mirroring.ts";
import { noMessages } from "../../src/bmp/message-page.ts";
import { MirrorDropper } from "../../src/bmp/mirror-dropper.ts";

const peer = (changes: Partial<PerPeerHeader> = {}): PerPeerHeader => ({
  peerType: 0,
  isAdjRibOut: false,
  isPostPolicy: false,
  isLegacyAsPath: false,
  isFiltered: false,
  distinguisher: 0n,
  address: "192.0.2.1",
  as: 65001,
  bgpId: 1,
  timestampUs: 0,
  ...changes,
});
/** As a router may mirror that is relayed: nothing but the header, so that it is shorter than Messages Lost. */
const mirrored = (header: PerPeerHeader) =>
  encodeRouteMirroring({ kind: "route-mirroring", peer: header, information: [] });
const lost = (header: PerPeerHeader) =>
  encodeRouteMirroring({ kind: "route-mirroring", peer: header, information: [1] });
const down = (header: PerPeerHeader) =>
  encodePeerDown({ kind: "peer-down", peer: header, reason: { kind: "remote-closed" } });

test("what is mirrored may be shorter than the message that it is lost", () => {
  const dropper = new MirrorDropper();
  const [one, other] = [peer(), peer({ address: "192.0.2.2" })];
  const kept = dropper.drop(Buffer.concat([mirrored(one), mirrored(other)]), noMessages());
  expect(Buffer.from(kept)).toEqual(Buffer.concat([lost(one), lost(other)]));
  expect(dropper.lost).toBe(2);
});

test("a peer is told by type, distinguisher and address, whatever else its headers say", () => {
  const dropper = new MirrorDropper();
  const drop = (...messages: readonly Uint8Array[]) => dropper.drop(Buffer.concat(messages), noMessages());
  expect(drop(mirrored(peer()))).toEqual(Buffer.from(lost(peer())));
  expect(drop(mirrored(peer({ isPostPolicy: true, as: 7, bgpId: 9, timestampUs: 5 })))).toHaveLength(0);
  for (const other of [{ peerType: 1 }, { distinguisher: 1n }, { address: "192.0.2.3" }])
    expect(decodeMessage(drop(mirrored(peer(other))))).toMatchObject({ information: [1], peer: other });
  // Its end, in whatever way it is told, is the end of what was said of it.
  const end = down(peer({ isPostPolicy: true, bgpId: 9 }));
  expect(drop(end, mirrored(peer()))).toEqual(Buffer.concat([end, lost(peer())]));
});
