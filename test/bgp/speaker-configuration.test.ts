import { describe, expect, test } from "vitest";
import { IPV4_UNICAST } from "../../src/bgp/address-family.ts";
import { encodeAnnouncement } from "../../src/bgp/codec/announcement.ts";
import { encodeKeepalive } from "../../src/bgp/codec/keepalive.ts";
import type { NeighborConfig } from "../../src/bgp/config.ts";
import { BgpSpeaker } from "../../src/bgp/speaker.ts";
import { Router, RouterListener } from "./router.ts";
import { LOCAL_AS, neighbor, Recorder, type SpeakerLab, startSpeaker } from "./speaker-lab.ts";

const TWO_ROUTES = encodeAnnouncement(IPV4_UNICAST, { origin: 0, asPath: [65001], nextHop: ["127.0.0.1"] }, [
  "192.0.2.0/24",
  "198.51.100.0/24",
]);

async function established(): Promise<SpeakerLab & { router: Router }> {
  const lab = await startSpeaker();
  const router = await Router.dial(lab.port);
  await router.establish();
  await lab.recorder.next("up");
  router.send(TWO_ROUTES);
  await lab.recorder.next("update");
  return { ...lab, router };
}

describe("a change ends the session with the Cease that names it (RFC 4486)", () => {
  test.each<[string, (speaker: BgpSpeaker) => void, string]>([
    ["disabled", (speaker) => speaker.setNeighbor(neighbor({ enabled: false })), "6/2"],
    ["removed", (speaker) => speaker.removeNeighbor("127.0.0.1"), "6/3"],
    ["BGP removed", (speaker) => speaker.configure(undefined), "6/3"],
    ["local AS", (speaker) => speaker.configure({ localAs: 65011, routerId: "0.0.0.5" }), "6/6"],
    ["router id", (speaker) => speaker.configure({ localAs: LOCAL_AS, routerId: "0.0.0.6" }), "6/6"],
    ["remote AS", (speaker) => speaker.setNeighbor(neighbor({ remoteAs: 65002 })), "6/6"],
    ["hold time", (speaker) => speaker.setNeighbor(neighbor({ holdTimeS: 30 })), "6/6"],
    ["families", (speaker) => speaker.setNeighbor(neighbor({ families: ["ipv4-unicast"] })), "6/6"],
    ["several paths", (speaker) => speaker.setNeighbor(neighbor({ addPathReceive: ["ipv4-unicast"] })), "6/6"],
    ["mode", (speaker) => speaker.setNeighbor(neighbor({ connectionMode: "active" })), "6/6"],
    ["fewer prefixes allowed", (speaker) => speaker.setNeighbor(neighbor({ maximumPrefixes: 1 })), "6/1"],
    ["stopped", (speaker) => void speaker.stop(), "6/2"],
  ])("%s", async (_what, change, notification) => {
    const { speaker, recorder, router } = await established();
    change(speaker);
    const { reason } = await recorder.next("down");
    expect(reason.kind).toBe("local-notification");
    expect(await router.notification()).toBe(notification);
    expect(await router.next()).toBe("closed");
  });
});

test.each<[string, Partial<NeighborConfig>]>([
  ["nothing", {}],
  ["description", { description: "upstream" }],
  ["labels", { adminLabels: ["upstream"] }],
  ["connect retry time", { connectRetryS: 5 }],
  ["maximum of prefixes", { maximumPrefixes: 2 }],
  ["maximum of a family", { familyMaximums: [{ family: "ipv4-unicast", maximum: 2 }] }],
  ["when to warn of prefixes", { prefixWarningPercent: 1 }],
  ["order of families", { families: ["ipv6-unicast", "ipv4-unicast"] }],
  ["port and local address, of no use to a connection of theirs", { port: 2, localAddress: "127.0.0.1" }],
  ["mode that still allows the connection", { connectionMode: "both" }],
  ["other text for the same address", { address: "::ffff:127.0.0.1" }],
])("a change leaves the session alone: %s", async (_what, change) => {
  const { speaker, recorder, router } = await established();
  speaker.setNeighbor(neighbor(change));
  speaker.configure({ localAs: LOCAL_AS, routerId: "0.0.0.5" });
  router.send(encodeKeepalive());
  await recorder.next("update");
  expect([...speaker.neighborStates()]).toHaveLength(1);
  expect([...speaker.neighborStates()][0]?.fsmState).toBe("established");
});

test("what the operator says of a neighbour is known as it is now", async () => {
  const { speaker } = await established();
  const [peer] = speaker.establishedPeers();
  expect(peer?.labels()).toEqual({ adminLabels: [] });
  speaker.setNeighbor(neighbor({ description: "upstream", adminLabels: ["b", "a"] }));
  expect(peer?.labels()).toEqual({ description: "upstream", adminLabels: ["b", "a"] });
});

test("the session that follows a change uses the new values", async () => {
  const { speaker, recorder, router, port } = await established();
  speaker.setNeighbor(neighbor({ remoteAs: 65002, holdTimeS: 30 }));
  await recorder.next("down");
  await router.notification();
  const again = await Router.dial(port);
  await again.establish({ as: 65002 });
  await recorder.next("up");
  expect([...speaker.neighborStates()][0]).toMatchObject({ negotiatedHoldTimeS: 30, establishedTransitions: 2 });
});

test("a new port is dialled at once", async () => {
  const [before, after] = [await RouterListener.open(), await RouterListener.open()];
  const active = { connectionMode: "active" } as const;
  const { speaker } = await startSpeaker({ neighbors: [neighbor({ ...active, port: before.port })] });
  const first = await before.accept();
  await first.next();
  speaker.setNeighbor(neighbor({ ...active, port: after.port }));
  expect(await first.notification()).toBe("6/6");
  await (await after.accept()).next();
  before.close();
  after.close();
});

test("exceeding the maximum of prefixes ends the session (RFC 4486 4)", async () => {
  const { recorder, port } = await startSpeaker({ neighbors: [neighbor({ maximumPrefixes: 1 })] });
  const router = await Router.dial(port);
  await router.establish();
  await recorder.next("up");
  router.send(TWO_ROUTES);
  await recorder.next("update");
  await recorder.next("down");
  expect(await router.notification()).toBe("6/1");
});

test("without configuration, and to a disabled neighbour, connections are rejected (RFC 4486 4)", async () => {
  const { speaker, port } = await startSpeaker({ isConfigured: false });
  expect(await (await Router.dial(port)).notification()).toBe("6/5");
  expect([...speaker.neighborStates()][0]?.fsmState).toBe("idle");
  speaker.configure({ localAs: LOCAL_AS, routerId: "0.0.0.5" });
  speaker.setNeighbor(neighbor({ enabled: false }));
  expect(await (await Router.dial(port)).notification()).toBe("6/5");
});

test("nobody but neighbours gets an answer", async () => {
  const { speaker, log, port } = await startSpeaker();
  speaker.removeNeighbor("127.0.0.1");
  expect(await (await Router.dial(port)).next()).toBe("closed");
  expect(log).toContain('BGP connection refused {"reason":"from no neighbour","address":"127.0.0.1"}');
  expect([...speaker.neighborStates()]).toEqual([]);
});

test("a neighbour is known by its IPv4 address on a dual-stack listener", async () => {
  const { recorder, port } = await startSpeaker({ listen: "::" });
  const router = await Router.dial(port);
  await router.establish();
  expect((await recorder.next("up")).peer).toMatchObject({ address: "127.0.0.1", localAddress: "127.0.0.1" });
});

test("an IPv6 neighbour is known by any text of its address", async () => {
  const { speaker, recorder, port } = await startSpeaker({ listen: "::1", neighbors: [] });
  speaker.setNeighbor(neighbor({ address: "0:0:0:0:0:0:0:1" }));
  const router = await Router.dial(port, "::1");
  await router.establish();
  expect((await recorder.next("up")).peer).toMatchObject({ localAddress: "::1" });
  speaker.removeNeighbor("::1");
  await recorder.next("down");
});

test("listen fails as a whole when one address cannot be bound", async () => {
  const { port } = await startSpeaker();
  const taken = { address: "127.0.0.1", port };
  const options = { observer: new Recorder(), log: () => {} };
  const speaker = new BgpSpeaker({ ...options, listen: [{ address: "127.0.0.2", port: 0 }, taken] });
  await expect(speaker.listen()).rejects.toMatchObject({ code: "EADDRINUSE" });
  await speaker.stop();
});

test("stop closes listeners and connections", async () => {
  const { speaker, router, port } = await established();
  await speaker.stop();
  expect(await router.notification()).toBe("6/2");
  await expect(Router.dial(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
