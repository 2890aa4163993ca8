import { describe, expect, test } from "vitest";
import { ADDRESS_FAMILIES, IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { type Capability, EXTENDED_MESSAGE, fourOctetAs, multiprotocol } from "../../src/bgp/codec/capability.ts";
import { encodeKeepalive } from "../../src/bgp/codec/keepalive.ts";
import { concatOctets } from "../../src/bgp/codec/octets.ts";
import { encodeAttribute, encodeEndOfRib, encodeMpReach, encodeUpdate } from "../../src/bgp/codec/update.ts";
import { hex, message, update } from "./codec/octets.ts";
import { ROUTER_AS, Router, routerOpen } from "./router.ts";
import { SAMPLE_ROUTES } from "./sample-routes.ts";
import { neighbor, startSpeaker } from "./speaker-lab.ts";

const ATTRIBUTES = "400101 00 400206 0201 0000fde9 400304 7f000001";
const ALL = ADDRESS_FAMILIES.map(({ name }) => name);
const USUAL = [...ADDRESS_FAMILIES.map(multiprotocol), fourOctetAs(ROUTER_AS)];

const addPath = (value: string): Capability => ({ code: 69, value: hex(value) });

/** An UPDATE of `octets` octets, almost all of them one attribute. */
function updateOf(octets: number): Uint8Array {
  const fixed = hex(ATTRIBUTES);
  const attribute = encodeAttribute(0xc0, 99, new Uint8Array(octets - 23 - fixed.length - 4 - 2));
  return encodeUpdate({ attributes: concatOctets([fixed, attribute]), nlri: hex("080a") });
}

describe("extended messages (RFC 8654)", () => {
  const session = async (capabilities: readonly Capability[]) => {
    const { recorder, port } = await startSpeaker();
    const router = await Router.dial(port);
    const open = await router.establish({ capabilities });
    const { peer } = await recorder.next("up");
    return { recorder, router, open, peer };
  };

  test("once both sides have announced it, UPDATEs of up to 65,535 octets come and are dumped", async () => {
    const { recorder, router, open, peer } = await session([...USUAL, EXTENDED_MESSAGE]);
    expect(Buffer.from(open).toString("hex")).toContain("0600");
    for (const octets of [4097, 65_535]) {
      router.send(updateOf(octets));
      expect((await recorder.next("update")).pdu).toEqual(updateOf(octets));
      expect([...peer.dump(IPV4_UNICAST, "adj-rib-in-pre")].map((pdu) => new Uint8Array(pdu))).toEqual([
        updateOf(octets),
      ]);
    }
  });

  test("from a neighbour that has not announced it, 4097 octets are Bad Message Length", async () => {
    const { recorder, router } = await session(USUAL);
    router.send(updateOf(4096));
    await recorder.next("update");
    router.send(updateOf(4097));
    expect(await router.notification()).toBe("1/2");
  });

  test("an OPEN is never extended, a NOTIFICATION may be", async () => {
    const { port } = await startSpeaker();
    const early = await Router.dial(port);
    early.send(hex(`${"ff".repeat(16)} 1001 01`));
    expect(await early.notification()).toBe("1/2");

    const { recorder, router } = await session([...USUAL, EXTENDED_MESSAGE]);
    const notification = message(3, `0602${"00".repeat(5000)}`);
    router.send(notification);
    expect((await recorder.next("down")).reason).toEqual({ kind: "remote-notification", notification });
    const other = await session([...USUAL, EXTENDED_MESSAGE]);
    other.router.send(hex(`${"ff".repeat(16)} 1001 01`));
    expect(await other.router.notification()).toBe("1/2");
  });
});

test("each family is announced, learned, counted and dumped", async () => {
  const { speaker, recorder, port } = await startSpeaker({ neighbors: [neighbor({ families: ALL })] });
  const router = await Router.dial(port);
  const open = Buffer.from(await router.establish({ capabilities: [...USUAL, EXTENDED_MESSAGE] })).toString("hex");
  const { peer } = await recorder.next("up");
  expect(peer.families).toEqual(ADDRESS_FAMILIES);
  for (const family of ADDRESS_FAMILIES) {
    expect(open).toContain(Buffer.from(multiprotocol(family).value).toString("hex"));
    const [route] = SAMPLE_ROUTES[family.name];
    const nextHop = new Uint8Array(
      { 1: family.safi === 128 ? 12 : 4, 2: family.safi === 128 ? 24 : 16 }[family.afi] ?? 4,
    );
    const reach = encodeMpReach(family, nextHop, route?.nlri as Uint8Array);
    const pdu = encodeUpdate({ attributes: concatOctets([reach, hex(ATTRIBUTES.slice(0, -16))]) });
    router.send(pdu, encodeEndOfRib(family));
    expect((await recorder.next("update")).pdu).toEqual(pdu);
    expect((await recorder.next("update")).pdu).toEqual(encodeEndOfRib(family));
    expect([...peer.dump(family, "adj-rib-in-pre")].map((dumped) => new Uint8Array(dumped))).toEqual([pdu]);
  }
  expect([...speaker.neighborStates()][0]?.addressFamilies).toEqual(
    ALL.map((name) => ({ name, prefixes: 1, endOfRib: true, hasPathIds: false })),
  );
  expect(peer.statistics?.().adjRibInByFamily).toEqual(ADDRESS_FAMILIES.map((family) => ({ family, routes: 1 })));
});

test("maximumPrefixes counts the routes of all families", async () => {
  const { recorder, port } = await startSpeaker({ neighbors: [neighbor({ families: ALL, maximumPrefixes: 3 })] });
  const router = await Router.dial(port);
  await router.establish({ capabilities: USUAL });
  await recorder.next("up");
  router.send(update({ attributes: ATTRIBUTES, nlri: "080a 080b" }));
  await recorder.next("update");
  router.send(update({ attributes: "800e0d 0001 85 00 00 03038106 03038111 400101 00 400200" }));
  expect(await router.notification()).toBe("6/1");
});

test("NLRI of a family that was not negotiated are not looked into", async () => {
  const { recorder, port } = await startSpeaker();
  const router = await Router.dial(port);
  await router.establish({ capabilities: USUAL });
  await recorder.next("up");
  router.send(update({ attributes: `800e06 0001 85 00 00 ff ${ATTRIBUTES}`, nlri: "080a" }));
  expect((await recorder.next("update")).pdu).toEqual(update({ attributes: ATTRIBUTES, nlri: "080a" }));
});

describe("ADD-PATH (RFC 7911)", () => {
  const PATHS = ["ipv4-unicast", "l3vpn-ipv4-unicast"] as const;
  const session = async (capabilities: readonly Capability[]) => {
    const lab = await startSpeaker({ neighbors: [neighbor({ families: ALL, addPathReceive: PATHS })] });
    const router = await Router.dial(lab.port);
    const open = await router.establish({ capabilities: [...USUAL, ...capabilities] });
    const { peer } = await lab.recorder.next("up");
    return { ...lab, router, open, peer };
  };
  const TWO_PATHS = update({ attributes: ATTRIBUTES, nlri: "00000001 080a 00000002 080a" });

  test("is announced for the families configured, and used for those in which the neighbour sends", async () => {
    const { speaker, recorder, router, open, peer } = await session([addPath("0001 01 02 0002 01 03")]);
    expect(Buffer.from(open).toString("hex")).toContain("4508 0001 01 01 0001 80 01".replaceAll(" ", ""));
    expect(peer.sentOpen).toEqual(open);
    router.send(TWO_PATHS);
    expect((await recorder.next("update")).pdu).toEqual(TWO_PATHS);
    // The newest route comes first.
    expect([...peer.dump(IPV4_UNICAST, "adj-rib-in-pre")].map((pdu) => new Uint8Array(pdu))).toEqual([
      update({ attributes: ATTRIBUTES, nlri: "00000002 080a 00000001 080a" }),
    ]);
    const withdrawal = update({ withdrawn: "00000001 080a 00000003 080a" });
    router.send(withdrawal);
    expect((await recorder.next("update")).pdu).toEqual(withdrawal);
    const states = [...speaker.neighborStates()][0]?.addressFamilies;
    expect(states?.find(({ name }) => name === "ipv4-unicast")).toMatchObject({ prefixes: 1, hasPathIds: true });
    expect(states?.filter(({ hasPathIds }) => hasPathIds)).toHaveLength(1);
    const withoutIds = update({
      attributes: "800e1a 0002 01 10 20010db8000000000000000000000001 00 2020010db8 400101 00 400200",
    });
    router.send(withoutIds);
    expect((await recorder.next("update")).pdu).toEqual(withoutIds);
    expect([...peer.dump(IPV6_UNICAST, "adj-rib-in-pre")]).toHaveLength(1);
  });

  test.each([
    ["nothing", []],
    ["that it receives", [addPath("0001 01 01")]],
    ["what RFC 7911 does not define", [addPath("0001 01 06")]],
    ["other families", [addPath("0002 01 03")]],
  ])("a neighbour that announces %s sends no Path Identifiers", async (_what, capabilities) => {
    const { router, recorder } = await session(capabilities);
    const withoutIds = update({ attributes: ATTRIBUTES, nlri: "080a" });
    router.send(withoutIds);
    expect((await recorder.next("update")).pdu).toEqual(withoutIds);
  });

  test("a route without its Path Identifier is an Invalid Network Field", async () => {
    const { router } = await session([addPath("0001 01 02")]);
    router.send(update({ attributes: ATTRIBUTES, nlri: "080a" }));
    expect(await router.notification()).toBe("3/10");
  });

  test("a capability that is not made of whole entries is refused", async () => {
    const { port } = await startSpeaker();
    const router = await Router.dial(port);
    router.send(routerOpen({ capabilities: [addPath("0001 01")] }), encodeKeepalive());
    expect(await router.notification()).toBe("2/0");
  });
});

test("nlriMemoryBytes: beyond, Cease, Out of Resources", async () => {
  const limits = { nlriMemoryBytes: 64 * 1024 };
  const { recorder, port } = await startSpeaker({
    limits,
    neighbors: [neighbor({ families: ALL, maximumPrefixes: 1e6 })],
  });
  const router = await Router.dial(port);
  await router.establish({ capabilities: USUAL });
  await recorder.next("up");
  const flow = ADDRESS_FAMILIES.find(({ name }) => name === "ipv4-flowspec") ?? IPV4_UNICAST;
  const send = (first: number): void => {
    const nlri = Array.from({ length: 400 }, (_, i) => Uint8Array.of(5, 1, 24, 10, (first + i) >>> 8, first + i));
    const attributes = [encodeMpReach(flow, new Uint8Array(0), concatOctets(nlri)), hex("400101 00 400200")];
    router.send(encodeUpdate({ attributes: concatOctets(attributes) }));
  };
  // A page has room for 4096 of them.
  for (let i = 0; i < 10; i++) send(400 * i);
  for (let i = 0; i < 10; i++) await recorder.next("update");
  send(4000);
  expect(await router.notification()).toBe("6/8");
});
