import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { RoutingInstance } from "../../src/bgp/config.ts";
import { dial } from "../../src/net/dial.ts";
import { endpointOf, listen } from "../../src/net/listen.ts";
import { namespaceWith } from "../net/namespace.ts";
import { Router } from "./router.ts";
import { neighbor, type SpeakerLab, startSpeaker } from "./speaker-lab.ts";

const ADDRESS = "192.0.2.7";
const NAMESPACE = namespaceWith(`${ADDRESS}/32`);
/** On loopback what is wanted is answered at once. */
const UNANSWERED_MS = 200;

const red = (more: Partial<RoutingInstance> = {}): RoutingInstance => ({
  name: "red",
  network: { namespace: NAMESPACE },
  peerType: "route-distinguisher",
  distinguisher: 0x0000_fde8_0000_0064n,
  ...more,
});

/** A speaker whose only neighbour is in VPN instance red. */
async function speakerInRed(more: Parameters<typeof neighbor>[0] = {}): Promise<SpeakerLab> {
  const lab = await startSpeaker({ neighbors: [] });
  lab.speaker.setVpnInstance(red());
  lab.speaker.setNeighbor(neighbor({ address: ADDRESS, vpnInstance: "red", ...more }));
  return lab;
}

/** A router that connects to us, in the namespace unless told otherwise. */
async function connectFrom(port: number, more: { to?: string; network?: object; md5Key?: string } = {}) {
  const { to = ADDRESS, network = { namespace: NAMESPACE }, md5Key } = more;
  const socket = dial({
    address: to,
    port,
    ...network,
    ...(md5Key !== undefined && { md5Key }),
  });
  onTestFinished(() => void socket.destroy());
  const router = new Router(socket);
  await once(socket, "connect").catch((error: NodeJS.ErrnoException) => {
    // Refused after the handshake: as if it had been closed at once.
    if (error.code !== "ECONNRESET") throw error;
  });
  return router;
}

/** Whether nobody listens there, once it is so. */
const untilRefused = (port: number) =>
  vi.waitFor(() => expect(connectFrom(port)).rejects.toMatchObject({ code: "ECONNREFUSED" }));

const connected = (port: number, more = {}) => vi.waitFor(() => connectFrom(port, more));

describe("a neighbour in a VPN instance", () => {
  test("connects to us there, and is reported under its Route Distinguisher (RFC 7854 4.2)", async () => {
    const { port, recorder } = await speakerInRed();
    const router = await connected(port);
    await router.establish();
    expect((await recorder.next("up")).peer).toMatchObject({
      peerType: "route-distinguisher",
      distinguisher: 0x0000_fde8_0000_0064n,
      address: ADDRESS,
      localAddress: ADDRESS,
    });
  });

  test("is connected to from there", async () => {
    const accepted: Router[] = [];
    const server = await listen({ address: ADDRESS, port: 0 }, { namespace: NAMESPACE }, (socket) => {
      accepted.push(new Router(socket));
      socket.resume();
    });
    onTestFinished(() => void server.close());
    const { recorder } = await speakerInRed({ connectionMode: "active", port: endpointOf(server).port });
    const router = await vi.waitUntil(() => accepted[0]);
    await router.establish();
    expect((await recorder.next("up")).peer).toMatchObject({ peerType: "route-distinguisher", address: ADDRESS });
  });

  test("is nobody's in the public network, and one of that is nobody's there", async () => {
    const { port, speaker } = await speakerInRed();
    speaker.setNeighbor(neighbor());
    await connected(port);
    const isAnswered = async (router: Router) =>
      Promise.race([router.next().then((pdu) => pdu !== "closed"), sleep(UNANSWERED_MS, false)]);
    expect(await isAnswered(await connectFrom(port, { to: "127.0.0.1" }))).toBe(false);
    expect(await isAnswered(await connectFrom(port, { to: "127.0.0.1", network: {} }))).toBe(true);
    speaker.setNeighbor(neighbor({ vpnInstance: "red" }));
    expect(await isAnswered(await connectFrom(port, { to: "127.0.0.1", network: {} }))).toBe(false);
    expect(await isAnswered(await connectFrom(port, { to: "127.0.0.1" }))).toBe(true);
  });

  test("is listened for only while it may connect", async () => {
    const { port, speaker } = await speakerInRed();
    await connected(port);
    speaker.setNeighbor(neighbor({ address: ADDRESS, vpnInstance: "red", connectionMode: "active" }));
    await untilRefused(port);
    speaker.setNeighbor(neighbor({ address: ADDRESS, vpnInstance: "red", connectionMode: "both" }));
    await connected(port);
    speaker.removeNeighbor(ADDRESS);
    await untilRefused(port);
  });

  test("with a key is let in with that key only, there", async () => {
    const { port } = await speakerInRed({ md5Key: "secret" });
    await connected(port, { to: "127.0.0.1" });
    await (await connectFrom(port, { md5Key: "secret" })).establish();
    const unsigned = connectFrom(port).then(() => "connected");
    expect(await Promise.race([unsigned, sleep(UNANSWERED_MS, "nothing")])).toBe("nothing");
  });

  test("has its session ended and another one when the instance changes, and nobody else has", async () => {
    const { port, speaker, recorder } = await speakerInRed();
    speaker.setNeighbor(neighbor());
    const other = await Router.dial(port);
    await other.establish();
    await recorder.next("up");
    const router = await connected(port);
    await router.establish();
    await recorder.next("up");
    speaker.setVpnInstance(red());
    speaker.setVpnInstance(red({ peerType: "local", distinguisher: 7n }));
    expect(await router.notification()).toBe("6/6");
    await recorder.next("down");
    await (await connected(port)).establish();
    expect((await recorder.next("up")).peer).toMatchObject({ peerType: "local", distinguisher: 7n });
    expect(recorder.pending).toBe(0);
  });
});

test("listeners for a change that is not made are given back; a port in use in the network is told", async () => {
  const { speaker, port } = await startSpeaker({ neighbors: [] });
  const networks = new Map([["red", { namespace: NAMESPACE }]]);
  expect(await speaker.listeners.prepare(networks)).toEqual([]);
  speaker.listeners.discard();
  await untilRefused(port);
  const taken = await listen({ address: "::", port }, { namespace: NAMESPACE }, () => {});
  onTestFinished(() => void taken.close());
  expect(await speaker.listeners.prepare(networks)).toMatchObject([{ id: "red", error: { code: "EADDRINUSE" } }]);
});

test("a device that is no VRF cannot be listened on beside the addresses of the public network", async () => {
  const { speaker } = await startSpeaker({ neighbors: [] });
  expect(await speaker.listeners.prepare(new Map([["loop", { device: "lo" }]]))).toMatchObject([
    { id: "loop", error: { code: "EADDRINUSE" } },
  ]);
});
