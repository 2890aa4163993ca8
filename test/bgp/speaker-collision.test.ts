import { describe, expect, test } from "vitest";
import { IPV4_UNICAST } from "../../src/bgp/address-family.ts";
import { multiprotocol } from "../../src/bgp/codec/capability.ts";
import { messageType } from "../../src/bgp/codec/common-header.ts";
import { encodeKeepalive } from "../../src/bgp/codec/keepalive.ts";
import { Router, RouterListener, routerOpen } from "./router.ts";
import { LOCAL_AS, neighbor, type SpeakerLab, startSpeaker } from "./speaker-lab.ts";

const KEEPALIVE = encodeKeepalive();
const CEASE_COLLISION = "6/7";
/** The speaker's own, 0.0.0.5. */
const LOWER = 4;
const EQUAL = 5;
const HIGHER = 6;

/** Both ends have opened a connection: `ours` the speaker, `theirs` the neighbour. */
async function collide(): Promise<SpeakerLab & { ours: Router; theirs: Router }> {
  const listener = await RouterListener.open();
  const lab = await startSpeaker({ neighbors: [neighbor({ connectionMode: "both", port: listener.port })] });
  const ours = await listener.accept();
  await ours.next();
  const theirs = await Router.dial(lab.port);
  await theirs.next();
  listener.close();
  return { ...lab, ours, theirs };
}

async function isKeepalive(router: Router): Promise<boolean> {
  const pdu = await router.next();
  return pdu !== "closed" && messageType(pdu) === 4;
}

describe("two connections, the second OPEN decides (RFC 4271 6.8)", () => {
  test.each([
    ["ours, OPEN on theirs first", LOWER, "theirs", "ours"],
    ["ours, OPEN on ours first", LOWER, "ours", "ours"],
    ["theirs, OPEN on theirs first", HIGHER, "theirs", "theirs"],
    ["theirs, OPEN on ours first", HIGHER, "ours", "theirs"],
    // RFC 6286 section 2.3: of equal BGP Identifiers, the higher AS number; ours is.
    ["ours for equal identifiers", EQUAL, "theirs", "ours"],
  ] as const)("%s stays", async (_what, bgpId, openFirst, winner) => {
    const { recorder, speaker, ...routers } = await collide();
    const first = routers[openFirst];
    const second = routers[openFirst === "ours" ? "theirs" : "ours"];
    first.send(routerOpen({ bgpId }));
    expect(await isKeepalive(first)).toBe(true);
    second.send(routerOpen({ bgpId }));
    const survivor = routers[winner];
    const loser = routers[winner === "ours" ? "theirs" : "ours"];
    expect(await loser.notification()).toBe(CEASE_COLLISION);
    expect(await loser.next()).toBe("closed");
    survivor.send(KEEPALIVE);
    await recorder.next("up");
    expect([...speaker.neighborStates()][0]).toMatchObject({
      fsmState: "established",
      remotePort: survivor.socket.localPort,
      lastError: undefined,
    });
    expect(recorder.pending).toBe(0);
  });
});

test("the connection that is Established first ends the other", async () => {
  const { recorder, ours, theirs } = await collide();
  theirs.send(routerOpen({ bgpId: LOWER }), KEEPALIVE);
  await recorder.next("up");
  expect(await ours.notification()).toBe(CEASE_COLLISION);
  theirs.send(KEEPALIVE);
  await recorder.next("update");
});

test("a connection of ours that fails leaves theirs alone, and the other way round", async () => {
  for (const failing of ["ours", "theirs"] as const) {
    const { recorder, ...routers } = await collide();
    const other = routers[failing === "ours" ? "theirs" : "ours"];
    routers[failing].socket.resetAndDestroy();
    other.send(routerOpen(), KEEPALIVE);
    await recorder.next("up");
  }
});

test("a further connection is refused while the session is Established", async () => {
  const { recorder, port } = await startSpeaker();
  const router = await Router.dial(port);
  await router.establish();
  await recorder.next("up");
  const further = await Router.dial(port);
  expect(await further.notification()).toBe(CEASE_COLLISION);
  expect(await further.next()).toBe("closed");
  router.send(KEEPALIVE);
  await recorder.next("update");
});

test("a neighbour that restarts gracefully replaces its Established session (RFC 4724 5)", async () => {
  const { recorder, speaker, port } = await startSpeaker();
  const restart = { code: 64, value: Uint8Array.of(0, 120, 0, 1, 1, 0x80) };
  const open = { capabilities: [multiprotocol(IPV4_UNICAST), restart] };
  const before = await Router.dial(port);
  await before.establish(open);
  const { peer } = await recorder.next("up");
  const after = await Router.dial(port);
  expect(await recorder.next("down")).toEqual({ event: "down", peer, reason: { kind: "local-fsm-event", event: 17 } });
  expect(await before.next()).toBe("closed");
  await after.establish(open);
  expect((await recorder.next("up")).peer).not.toBe(peer);
  expect([...speaker.neighborStates()][0]?.establishedTransitions).toBe(2);
});

test("a neighbour that connects anew before the session is Established is believed", async () => {
  const { recorder, port } = await startSpeaker();
  const first = await Router.dial(port);
  await first.next();
  const second = await Router.dial(port);
  expect(await first.notification()).toBe(CEASE_COLLISION);
  await second.establish();
  await recorder.next("up");
});

test("two speakers that both connect and both listen come to one session", async () => {
  const a = await startSpeaker({ neighbors: [], listen: "127.0.0.2" });
  const b = await startSpeaker({ neighbors: [], listen: "127.0.0.3" });
  b.speaker.configure({ localAs: LOCAL_AS, routerId: "0.0.0.6" });
  const mutual = { connectionMode: "both", remoteAs: LOCAL_AS } as const;
  a.speaker.setNeighbor(neighbor({ ...mutual, address: "127.0.0.3", localAddress: "127.0.0.2", port: b.port }));
  b.speaker.setNeighbor(neighbor({ ...mutual, address: "127.0.0.2", localAddress: "127.0.0.3", port: a.port }));
  const established = (lab: SpeakerLab): boolean => [...lab.speaker.neighborStates()][0]?.fsmState === "established";
  await expect.poll(() => established(a) && established(b), { timeout: 10_000 }).toBe(true);
});
