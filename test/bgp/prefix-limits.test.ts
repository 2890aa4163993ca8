import { describe, expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { encodeAnnouncement } from "../../src/bgp/codec/announcement.ts";
import { messageType } from "../../src/bgp/codec/common-header.ts";
import { decodeNotification } from "../../src/bgp/codec/notification.ts";
import { encodeWithdrawal } from "../../src/bgp/codec/update.ts";
import type { NeighborConfig } from "../../src/bgp/config.ts";
import type { PrefixEvent } from "../../src/bgp/prefix-watch.ts";
import { Router } from "./router.ts";
import { ManualClock, neighbor, startSpeaker } from "./speaker-lab.ts";

const NEIGHBOR = "127.0.0.1";
const ipv4 = (...numbers: number[]) =>
  encodeAnnouncement(
    IPV4_UNICAST,
    { origin: 0, asPath: [65001], nextHop: ["127.0.0.1"] },
    numbers.map((number) => `10.0.${number}.0/24`),
  );
const withoutIpv4 = (number: number) => encodeWithdrawal(IPV4_UNICAST, Uint8Array.of(24, 10, 0, number));
const ipv6 = (...numbers: number[]) =>
  encodeAnnouncement(
    IPV6_UNICAST,
    { origin: 0, asPath: [65001], nextHop: ["2001:db8::1"] },
    numbers.map((number) => `2001:db8:${number}::/48`),
  );

async function established(changes: Partial<NeighborConfig>) {
  const events: PrefixEvent[] = [];
  const clock = new ManualClock();
  const lab = await startSpeaker({
    clock,
    neighbors: [neighbor(changes)],
    report: (event) => void events.push(event),
  });
  const router = await Router.dial(lab.port);
  await router.establish();
  await lab.recorder.next("up");
  return { ...lab, clock, events, router };
}

async function lastWords(router: Router) {
  for (;;) {
    const pdu = await router.next();
    if (pdu === "closed") throw new Error("closed without NOTIFICATION");
    if (messageType(pdu) === 3) return decodeNotification(pdu);
  }
}

describe("a maximum of prefixes (RFC 4486 section 4)", () => {
  test("of one family ends the session, and the NOTIFICATION names the family and the maximum", async () => {
    const maximums = [{ family: "ipv6-unicast", maximum: 2 }] as const;
    const { speaker, recorder, router, events } = await established({ familyMaximums: maximums });
    router.send(ipv4(1, 2, 3), ipv6(1, 2));
    await recorder.next("update");
    await recorder.next("update");
    router.send(ipv6(3));
    await recorder.next("update");
    expect((await recorder.next("down")).reason.kind).toBe("local-notification");
    expect(await lastWords(router)).toEqual({
      code: 6,
      subcode: 1,
      data: Uint8Array.of(0, 2, 1, 0, 0, 0, 2),
    });
    expect(events.at(-1)).toEqual({
      kind: "prefix-limit-exceeded",
      address: NEIGHBOR,
      family: "ipv6-unicast",
      prefixes: 3,
      maximum: 2,
    });
    expect([...speaker.neighborStates()][0]).toMatchObject({
      lastNotificationSent: { code: 6, subcode: 1, text: "Cease, Maximum Number of Prefixes Reached (6/1)" },
      sentMessages: { notification: 1 },
      lastError: expect.stringContaining("3 prefixes in ipv6-unicast where 2 are allowed"),
    });
  });

  test("of all families counts them together, and names none", async () => {
    const maximums = [{ family: "ipv6-unicast", maximum: 100 }] as const;
    const { router, events } = await established({ maximumPrefixes: 3, familyMaximums: maximums });
    router.send(ipv4(1, 2), ipv6(1, 2));
    expect(await lastWords(router)).toEqual({ code: 6, subcode: 1, data: new Uint8Array() });
    expect(events.at(-1)).toEqual({
      kind: "prefix-limit-exceeded",
      address: NEIGHBOR,
      prefixes: 4,
      maximum: 3,
    });
  });

  test("of a family that the neighbour does not speak bounds nothing", async () => {
    const maximums = [{ family: "l2vpn-evpn", maximum: 1 }] as const;
    const { recorder, router } = await established({ familyMaximums: maximums });
    router.send(ipv4(1, 2, 3));
    await recorder.next("update");
    router.send(ipv6(1));
    await recorder.next("update");
  });

  test("that is lowered below what there is ends the session at once", async () => {
    const { speaker, recorder, router } = await established({});
    router.send(ipv4(1, 2, 3));
    await recorder.next("update");
    speaker.setNeighbor(neighbor({ familyMaximums: [{ family: "ipv4-unicast", maximum: 3 }] }));
    speaker.setNeighbor(neighbor({ familyMaximums: [{ family: "ipv4-unicast", maximum: 2 }] }));
    await recorder.next("down");
    expect(await router.notification()).toBe("6/1");
  });
});

describe("a warning comes", () => {
  const warning = (prefixes: number, maximum: number, family?: string) => ({
    kind: "prefix-limit-warning",
    address: NEIGHBOR,
    ...(family !== undefined && { family }),
    prefixes,
    maximum,
  });

  test("beyond the threshold, once, of each maximum for itself", async () => {
    const { recorder, router, events } = await established({
      maximumPrefixes: 8,
      familyMaximums: [{ family: "ipv4-unicast", maximum: 6 }],
      prefixWarningPercent: 50,
    });
    const send = async (pdu: Uint8Array) => {
      router.send(pdu);
      await recorder.next("update");
      return events.splice(0);
    };
    expect(await send(ipv4(1, 2, 3))).toEqual([]);
    expect(await send(ipv4(4))).toEqual([warning(4, 6, "ipv4-unicast")]);
    expect(await send(ipv6(1))).toEqual([warning(5, 8)]);
    expect(await send(ipv6(2))).toEqual([]);
  });

  test("again when there were fewer in between, but once in prefixWarningIntervalMs at most", async () => {
    const { recorder, router, events, clock } = await established({ maximumPrefixes: 4, prefixWarningPercent: 50 });
    const oscillate = async () => {
      router.send(ipv4(1, 2, 3), withoutIpv4(3));
      await recorder.next("update");
      await recorder.next("update");
      return events.splice(0);
    };
    expect(await oscillate()).toEqual([warning(3, 4)]);
    expect(await oscillate()).toEqual([]);
    clock.advance(59_999);
    expect(await oscillate()).toEqual([]);
    clock.advance(1);
    expect(await oscillate()).toEqual([warning(3, 4)]);
  });

  test("never with 100 percent", async () => {
    const { recorder, router, events } = await established({ maximumPrefixes: 3, prefixWarningPercent: 100 });
    router.send(ipv4(1, 2, 3));
    await recorder.next("update");
    expect(events).toEqual([]);
  });
});
