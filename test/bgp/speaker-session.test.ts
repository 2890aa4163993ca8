import { expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { encodeAnnouncement } from "../../src/bgp/codec/announcement.ts";
import { GRACEFUL_RESTART_AWARE, multiprotocol } from "../../src/bgp/codec/capability.ts";
import { encodeKeepalive } from "../../src/bgp/codec/keepalive.ts";
import { encodeNotification } from "../../src/bgp/codec/notification.ts";
import { encodeRouteRefresh } from "../../src/bgp/codec/route-refresh.ts";
import { encodeEndOfRib, encodeWithdrawal } from "../../src/bgp/codec/update.ts";
import { hex, message, update } from "./codec/octets.ts";
import { Router, RouterListener, routerOpen } from "./router.ts";
import { LOCAL_AS, ManualClock, neighbor, startSpeaker } from "./speaker-lab.ts";

const ROUTE = { origin: 0 as const, asPath: [65001], nextHop: ["127.0.0.1"] };
const ANNOUNCEMENT = encodeAnnouncement(IPV4_UNICAST, ROUTE, ["192.0.2.0/24"]);
const OUR_OPEN = message(1, "04 fdf2 005a 00000005 1c 02 1a 010400010001 010400020001 0200 0600 40020000 41040000fdf2");

test("a neighbour connects, announces, withdraws and says goodbye", async () => {
  const { speaker, recorder, port } = await startSpeaker();
  const router = await Router.dial(port);
  expect(await router.establish()).toEqual(OUR_OPEN);
  const { peer } = await recorder.next("up");
  expect(peer).toMatchObject({
    address: "127.0.0.1",
    remoteAs: 65001,
    remoteBgpId: 1,
    localAddress: "127.0.0.1",
    localPort: port,
    remotePort: router.socket.localPort,
    sentOpen: OUR_OPEN,
    receivedOpen: routerOpen(),
    isFourOctetAs: true,
    families: [IPV4_UNICAST, IPV6_UNICAST],
  });
  expect([...speaker.establishedPeers()]).toEqual([peer]);

  router.send(ANNOUNCEMENT, encodeWithdrawal(IPV6_UNICAST, hex("20 20010db8")), encodeEndOfRib(IPV4_UNICAST));
  expect((await recorder.next("update")).pdu).toEqual(ANNOUNCEMENT);
  expect((await recorder.next("update")).pdu).toEqual(update({ attributes: "800f08 0002 01 2020010db8" }));
  expect((await recorder.next("update")).pdu).toEqual(update({}));
  expect(Array.from(peer.dump(IPV4_UNICAST, "adj-rib-in-pre"), (pdu) => new Uint8Array(pdu))).toEqual([ANNOUNCEMENT]);

  const goodbye = encodeNotification({ code: 6, subcode: 2, data: hex("026869") });
  router.send(goodbye);
  expect((await recorder.next("down")).reason).toEqual({ kind: "remote-notification", notification: goodbye });
  expect(await router.next()).toBe("closed");
  expect([...speaker.establishedPeers()]).toEqual([]);
  expect([...speaker.neighborStates()][0]).toMatchObject({
    receivedMessages: { open: 1, update: 3, notification: 1, keepalive: 1, routeRefresh: 0 },
    sentMessages: { open: 1, update: 0, notification: 0, keepalive: 1, routeRefresh: 0 },
    lastNotificationReceived: { code: 6, subcode: 2, text: 'Cease, Administrative Shutdown (6/2): "hi"' },
    lastNotificationSent: undefined,
    establishedTransitions: 1,
    lastError: 'received NOTIFICATION Cease, Administrative Shutdown (6/2): "hi"',
  });
});

test("a session counts what has come back to us (RFC 7854 4.8, types 4 and 5)", async () => {
  const { speaker, recorder, port } = await startSpeaker({ neighbors: [neighbor({ remoteAs: LOCAL_AS })] });
  const router = await Router.dial(port);
  await router.establish({ as: LOCAL_AS });
  await recorder.next("up");
  const [asPath, originator] = ["40020a 0202 00000001 0000fdf2", "400200 800904 00000005"];
  const clusterList = "400200 800a08 00000001 00000005";
  for (const attributes of [asPath, clusterList, originator, originator])
    router.send(update({ attributes: `400101 00 ${attributes} 400304 0a000001 400504 00000064`, nlri: "080a" }));
  for (let count = 0; count < 4; count++) await recorder.next("update");
  expect([...speaker.neighborStates()][0]?.statistics).toMatchObject({
    asPathLoops: 1,
    clusterListLoops: 1,
    originatorIdLoops: 2,
    duplicateUpdates: 1,
  });
});

test("the observer gets what a session receives as it is, before what comes of it (RFC 7854 4.7)", async () => {
  const { recorder, port } = await startSpeaker();
  const router = await Router.dial(port);
  await router.establish();
  await recorder.next("up");
  const malformed = update({ attributes: "400101 09 400200 400304 0a000001", nlri: "080a" });
  const refresh = encodeRouteRefresh(IPV4_UNICAST);
  const hopeless = update({ attributes: "400101 00 400200 400304 0a000001", nlri: "21" });
  router.send(ANNOUNCEMENT, malformed, encodeKeepalive(), refresh, hopeless);
  for (const event of ["update", "update", "update", "update", "down"] as const) await recorder.next(event);
  expect(recorder.messages).toEqual([
    { after: "up", pdu: ANNOUNCEMENT, isErrored: false },
    { after: "update", pdu: malformed, isErrored: true },
    { after: "update", pdu: encodeKeepalive(), isErrored: false },
    { after: "update", pdu: refresh, isErrored: false },
    { after: "update", pdu: hopeless, isErrored: true },
  ]);
});

test("the observer gets a NOTIFICATION before the end of the session", async () => {
  const { recorder, port } = await startSpeaker();
  const router = await Router.dial(port);
  await router.establish();
  await recorder.next("up");
  const notification = encodeNotification({ code: 6, subcode: 2, data: new Uint8Array(0) });
  router.send(notification);
  await recorder.next("down");
  expect(recorder.messages).toEqual([{ after: "up", pdu: notification, isErrored: false }]);
});

const NO_MESSAGES = { open: 0, update: 0, notification: 0, keepalive: 0, routeRefresh: 0 };

test("the state shows all of a session, and nothing of it afterwards", async () => {
  const clock = new ManualClock();
  const { speaker, recorder, port } = await startSpeaker({ clock });
  const waiting = {
    address: "127.0.0.1",
    fsmState: "active",
    lastChangeAt: 1_000_000,
    establishedTransitions: 0,
    uptimeS: undefined,
    remoteRouterId: undefined,
    localAddress: undefined,
    localPort: undefined,
    remotePort: undefined,
    negotiatedHoldTimeS: undefined,
    holdTimeLeftS: undefined,
    nextKeepaliveS: undefined,
    capabilities: [],
    addressFamilies: [],
    statistics: undefined,
    receivedMessages: NO_MESSAGES,
    sentMessages: NO_MESSAGES,
    discontinuityAt: 1_000_000,
    lastNotificationReceived: undefined,
    lastNotificationSent: undefined,
    lastError: undefined,
    lastErrorAt: undefined,
  };
  expect([...speaker.neighborStates()]).toEqual([waiting]);
  clock.advance(1000);
  const router = await Router.dial(port);
  await router.establish({ bgpId: 0xc000_0201, holdTimeS: 30 });
  await recorder.next("up");
  router.send(ANNOUNCEMENT, encodeEndOfRib(IPV6_UNICAST));
  await recorder.next("update");
  await recorder.next("update");
  clock.advance(2_400);
  const receivedMessages = { ...NO_MESSAGES, open: 1, update: 2, keepalive: 1 };
  const sentMessages = { ...NO_MESSAGES, open: 1, keepalive: 1 };
  expect([...speaker.neighborStates()]).toEqual([
    {
      ...waiting,
      fsmState: "established",
      lastChangeAt: 1_001_000,
      establishedTransitions: 1,
      uptimeS: 2,
      remoteRouterId: "192.0.2.1",
      localAddress: "127.0.0.1",
      localPort: port,
      remotePort: router.socket.localPort,
      negotiatedHoldTimeS: 30,
      // 30 and 8.75 s, less 2.4 s.
      holdTimeLeftS: 28,
      nextKeepaliveS: 7,
      capabilities: [1, 65],
      addressFamilies: [
        { name: "ipv4-unicast", prefixes: 1, endOfRib: false, hasPathIds: false },
        { name: "ipv6-unicast", prefixes: 0, endOfRib: true, hasPathIds: false },
      ],
      statistics: {
        duplicateAnnouncements: 0,
        duplicateWithdrawals: 0,
        asPathLoops: 0,
        originatorIdLoops: 0,
        clusterListLoops: 0,
        treatedAsWithdraw: 0,
        prefixesTreatedAsWithdraw: 0,
        duplicateUpdates: 0,
        adjRibInRoutes: 1,
        adjRibInByFamily: [
          { family: IPV4_UNICAST, routes: 1 },
          { family: IPV6_UNICAST, routes: 0 },
        ],
        // The next hop is our own address.
        postPolicyAdjRibIn: {
          routes: 0,
          byFamily: [
            { family: IPV4_UNICAST, routes: 0 },
            { family: IPV6_UNICAST, routes: 0 },
          ],
        },
      },
      receivedMessages,
      sentMessages,
    },
  ]);
  clock.advance(500);
  router.socket.end();
  expect((await recorder.next("down")).reason).toEqual({ kind: "remote-closed" });
  expect([...speaker.neighborStates()]).toEqual([
    {
      ...waiting,
      fsmState: "idle",
      lastChangeAt: 1_003_900,
      establishedTransitions: 1,
      receivedMessages,
      sentMessages,
      lastError: "the neighbour closed the connection",
      lastErrorAt: 1_003_900,
    },
  ]);
});

test("the speaker connects, and again after the connect retry time (RFC 4271 8.2.2)", async () => {
  const clock = new ManualClock();
  const listener = await RouterListener.open();
  const { port } = listener;
  const { speaker, recorder } = await startSpeaker({
    clock,
    neighbors: [neighbor({ connectionMode: "active", port, localAddress: "127.0.0.1" })],
  });
  const first = await listener.accept();
  await first.next();
  expect([...speaker.neighborStates()][0]?.fsmState).toBe("open-sent");
  first.socket.end();
  await first.next();
  // 30 s with a jitter of 0.875 (RFC 4271 section 10).
  clock.advance(26_249);
  expect([...speaker.neighborStates()][0]?.fsmState).toBe("active");
  clock.advance(1);
  expect([...speaker.neighborStates()][0]?.fsmState).toBe("connect");
  const second = await listener.accept();
  expect(await second.establish()).toEqual(OUR_OPEN);
  expect((await recorder.next("up")).peer).toMatchObject({ remotePort: port, localAddress: "127.0.0.1" });
  listener.close();
});

test("a connection attempt that fails is told, and tried again", async () => {
  const clock = new ManualClock();
  const listener = await RouterListener.open();
  const { port } = listener;
  listener.close();
  const { speaker } = await startSpeaker({ clock, neighbors: [neighbor({ connectionMode: "active", port })] });
  await expect.poll(() => [...speaker.neighborStates()][0]?.fsmState).toBe("active");
  expect([...speaker.neighborStates()][0]?.lastError).toBe(`connect ECONNREFUSED 127.0.0.1:${port}`);
  clock.advance(26_250);
  expect([...speaker.neighborStates()][0]?.fsmState).toBe("connect");
});

test.each([
  ["another AS than configured", { as: 65002 }, "2/2"],
  ["no family in common", { capabilities: [multiprotocol({ ...IPV4_UNICAST, safi: 128 })] }, "2/7"],
])("an OPEN with %s is refused (RFC 4271 6.2, RFC 5492 5)", async (_what, open, notification) => {
  const { speaker, port } = await startSpeaker();
  const router = await Router.dial(port);
  router.send(routerOpen(open));
  expect(await router.notification()).toBe(notification);
  expect(await router.next()).toBe("closed");
  expect([...speaker.neighborStates()][0]?.lastError).toContain(`(${notification})`);
});

test("an OPEN with our own BGP Identifier is refused inside our AS (RFC 6286 2.2)", async () => {
  const { port } = await startSpeaker({ neighbors: [neighbor({ remoteAs: 65010 })] });
  const router = await Router.dial(port);
  router.send(routerOpen({ as: 65010, bgpId: 5 }));
  expect(await router.notification()).toBe("2/3");
});

test("a neighbour without capabilities gets IPv4 and 2-octet AS_PATHs (RFC 4760 8, RFC 6793 4.1)", async () => {
  const { recorder, port } = await startSpeaker();
  const router = await Router.dial(port);
  await router.establish({ capabilities: [] });
  expect((await recorder.next("up")).peer).toMatchObject({ isFourOctetAs: false, families: [IPV4_UNICAST] });
  const announcement = encodeAnnouncement(IPV4_UNICAST, ROUTE, ["192.0.2.0/24"], false);
  router.send(announcement);
  expect((await recorder.next("update")).pdu).toEqual(announcement);
});

test.each([
  ["OpenSent", [encodeKeepalive()], "5/1"],
  ["OpenConfirm", [routerOpen(), ANNOUNCEMENT], "5/2"],
  ["Established", [routerOpen(), encodeKeepalive(), routerOpen()], "5/3"],
  ["OpenSent: a bad header", [hex("00".repeat(19))], "1/1"],
  ["OpenConfirm: a bad header", [routerOpen(), hex(`${"ff".repeat(16)} 0014 04`)], "1/2"],
  ["Established: a bad header", [routerOpen(), encodeKeepalive(), hex(`${"ff".repeat(16)} 0013 09`)], "1/3"],
  ["Established: a bad UPDATE", [routerOpen(), encodeKeepalive(), update({ nlri: "21" })], "3/10"],
])("a message that is not allowed is answered by NOTIFICATION: %s (RFC 6608)", async (_what, pdus, notification) => {
  const { port } = await startSpeaker();
  const router = await Router.dial(port);
  router.send(...pdus);
  expect(await router.notification()).toBe(notification);
  expect(await router.next()).toBe("closed");
});

test("the NOTIFICATION sent is the reason told", async () => {
  const { recorder, port } = await startSpeaker();
  const router = await Router.dial(port);
  await router.establish();
  await recorder.next("up");
  router.send(update({ attributes: "800f02 0002" }));
  const notification = message(3, "03 09 800f02 0002");
  expect((await recorder.next("down")).reason).toEqual({ kind: "local-notification", notification });
  expect(await router.next()).toEqual(notification);
});

test("what came before the connection ended is handled first", async () => {
  const { recorder, port } = await startSpeaker({ limits: { sliceBytes: 100 } });
  const router = await Router.dial(port);
  await router.establish();
  await recorder.next("up");
  router.socket.end(Buffer.concat([...Array.from({ length: 50 }, () => ANNOUNCEMENT), message(3, "0604")]));
  for (let i = 0; i < 50; i++) await recorder.next("update");
  expect((await recorder.next("down")).reason).toEqual({
    kind: "remote-notification",
    notification: message(3, "0604"),
  });
});

test("ROUTE-REFRESH is accepted and ignored (RFC 2918 4)", async () => {
  const { recorder, port } = await startSpeaker();
  const router = await Router.dial(port);
  await router.establish();
  await recorder.next("up");
  router.send(encodeRouteRefresh(IPV4_UNICAST), ANNOUNCEMENT);
  expect((await recorder.next("update")).pdu).toEqual(ANNOUNCEMENT);
});

test("the second KEEPALIVE stands for End-of-RIB if the neighbour does not know RFC 4724", async () => {
  const { recorder, port } = await startSpeaker();
  const router = await Router.dial(port);
  await router.establish();
  const { peer } = await recorder.next("up");
  expect(peer.isEndOfRib(IPV4_UNICAST, "adj-rib-in-pre")).toBe(false);
  router.send(encodeKeepalive());
  expect((await recorder.next("update")).pdu).toEqual(encodeEndOfRib(IPV4_UNICAST));
  expect((await recorder.next("update")).pdu).toEqual(encodeEndOfRib(IPV6_UNICAST));
  expect([peer.isEndOfRib(IPV4_UNICAST, "adj-rib-in-pre"), peer.isEndOfRib(IPV6_UNICAST, "adj-rib-in-pre")]).toEqual([
    true,
    true,
  ]);
});

test("no End-of-RIB is inferred if the neighbour knows RFC 4724", async () => {
  const { recorder, port } = await startSpeaker();
  const router = await Router.dial(port);
  await router.establish({ capabilities: [GRACEFUL_RESTART_AWARE] }).catch(() => undefined);
  const { peer } = await recorder.next("up");
  router.send(encodeKeepalive(), encodeAnnouncement(IPV4_UNICAST, ROUTE, ["10.0.0.0/8"], false));
  await recorder.next("update");
  expect(peer.isEndOfRib(IPV4_UNICAST, "adj-rib-in-pre")).toBe(false);
});

test("time of receipt has a fraction of a millisecond", async () => {
  const { recorder, port } = await startSpeaker();
  const before = performance.timeOrigin + performance.now();
  const router = await Router.dial(port);
  await router.establish();
  const { peer } = await recorder.next("up");
  router.send(ANNOUNCEMENT);
  const { receivedAt } = await recorder.next("update");
  expect(peer.establishedAt).toBeGreaterThan(before);
  expect(receivedAt).toBeGreaterThanOrEqual(peer.establishedAt);
});
