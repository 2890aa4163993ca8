import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BgpSpeaker } from "../../src/bgp/speaker.ts";
import { MrtFeeds } from "../../src/mrt/feeds.ts";
import { MrtFolder } from "../../src/mrt/mrt-folder.ts";
import { stateDocuments } from "../../src/plane/state-documents.ts";
import { scopeOf } from "../../src/plane/state-scope.ts";
import type { SubtreeFilter, SubtreeFilterNode } from "../../src/yang/subtree-filter.ts";
import { neighbor } from "../bgp/speaker-lab.ts";
import { EngineFixture, session } from "../bmp/engine-fixture.ts";
import {
  bmp,
  session as bmpSession,
  commit,
  type EngineFixture as DatastoreFixture,
  edit,
  engineFixture,
  schemaFixture,
} from "../datastore/engine-fixture.ts";

/** Keys of the sessions, and addresses of the neighbours, in the model's canonical form. */
const SESSIONS = [
  { vpnInstance: "_public_", address: "10.0.0.1", alias: "" },
  { vpnInstance: "_public_", address: "10.0.0.1", alias: "a" },
  { vpnInstance: "_public_", address: "2001:db8::1", alias: "a" },
  // The model shortens the second run of zeros, RFC 5952 the first.
  { vpnInstance: "_public_", address: "0:0:1::1:1:1", alias: "b" },
];
const NEIGHBORS = ["192.0.2.1", "2001:db8::2"];
const FEEDS = ["a", "lab"];

/** Addresses to listen on for collectors. They are nobody's here. */
const LISTENERS = ["192.0.2.77", "2001:db8::77"];

const { engine } = new EngineFixture();
afterAll(() => engine.stop());
for (const address of LISTENERS) engine.listeners.add({ vpnInstance: "_public_", address, port: 5 });
for (const key of SESSIONS) engine.setSession(session(1, { ...key, enabled: false }));
const observer = { peerUp: () => {}, received: () => {}, update: () => {}, peerDown: () => {} };
const speaker = new BgpSpeaker({
  observer,
  listen: [],
  log: () => {},
});
for (const address of NEIGHBORS) speaker.setNeighbor(neighbor({ address }));
const feeds = new MrtFeeds({ folder: new MrtFolder(undefined), observer, log: () => {} });
for (const name of FEEDS)
  feeds.setFeed({ name, file: "rib", enabled: false, replaySpeed: 1, repeat: false, peers: [] });

function documents(filter?: SubtreeFilter, entriesPerDocument?: number): string[] {
  return [...stateDocuments(scopeOf(filter), { engine, speaker, feeds }, entriesPerDocument)];
}

/** The entries in some documents, each as its keys joined. */
function entries(all: readonly string[]): string[] {
  return all.flatMap((json) => {
    const { "bmpconfd-bmp:bmp": sessions, "bmpconfd-bgp:bgp": bgp, "bmpconfd-mrt:mrt": mrt } = JSON.parse(json);
    return [
      ...(sessions?.["bmp-session"] ?? []).map((each: Record<string, string>) => `${each["address"]} ${each["alias"]}`),
      ...(sessions?.listen ?? []).map((each: Record<string, string>) => `${each["address"]} port ${each["port"]}`),
      ...(bgp?.neighbor ?? []).map((each: Record<string, string>) => each["address"]),
      ...(mrt?.feed ?? []).map((each: Record<string, string>) => each["name"]),
    ];
  });
}

function node(name: string, content: string | SubtreeFilter = "", namespace?: string): SubtreeFilterNode {
  const isText = typeof content === "string";
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    attributes: [],
    children: isText ? [] : content,
    text: isText ? content : "",
  };
}

const BMP = "urn:bmpconfd:yang:bmp";
const inBmp = (...children: SubtreeFilterNode[]) => [node("bmp", children, BMP)];
const key = (vpnInstance: string, address: string, alias: string, ...more: SubtreeFilterNode[]) =>
  node("bmp-session", [node("vpn-instance", vpnInstance), node("address", address), node("alias", alias), ...more]);

const ALL_SESSIONS = ["10.0.0.1 ", "10.0.0.1 a", "2001:db8::1 a", "0:0:1::1:1:1 b"];
const ALL_LISTENERS = LISTENERS.map((address) => `${address} port 5`);
const ALL_OF_BMP = [...ALL_SESSIONS, ...ALL_LISTENERS];

describe("state is made of what a filter can select", () => {
  test.each<[string, SubtreeFilter | undefined, string[]]>([
    ["without a filter everything", undefined, [...ALL_OF_BMP, ...NEIGHBORS, ...FEEDS]],
    ["an empty filter nothing", [], []],
    ["of one container", [node("bmp")], ALL_OF_BMP],
    ["of another namespace", [node("bmp", "", "urn:bmpconfd:yang:bgp")], []],
    ["one session by key", inBmp(key("_public_", "10.0.0.1", "a")), ["10.0.0.1 a"]],
    [
      "one by key, in any form of the address",
      inBmp(key("_public_", "2001:DB8:0::1", "a", node("state"))),
      ["2001:db8::1 a"],
    ],
    [
      "one whose address the model writes in a form of its own",
      inBmp(key("_public_", "0:0:1:0:0:1:1:1", "b")),
      ["0:0:1::1:1:1 b"],
    ],
    [
      "several, each once",
      inBmp(key("_public_", "10.0.0.1", "a"), key("_public_", "10.0.0.1", "a"), key("_public_", "2001:db8::1", "a")),
      ["10.0.0.1 a", "2001:db8::1 a"],
    ],
    ["none by a key that is no address", inBmp(key("_public_", "nowhere", "a")), []],
    ["none by an unknown key", inBmp(key("red", "10.0.0.1", "a")), []],
    ["by some of the keys", inBmp(node("bmp-session", [node("address", "10.0.0.1")])), ["10.0.0.1 ", "10.0.0.1 a"]],
    [
      "by several of them separately: all",
      inBmp(node("bmp-session", [node("alias", "a")]), node("bmp-session", [node("alias", "b")])),
      ALL_SESSIONS,
    ],
    ["by what is no key: all", inBmp(node("bmp-session", [node("port", "1"), node("state")])), ALL_SESSIONS],
    [
      "of configuration alone: none",
      inBmp(key("_public_", "10.0.0.1", "a", node("port")), node("statistics-interval")),
      [],
    ],
    ["guarded by a leaf beside: all", inBmp(node("statistics-interval", "60")), ALL_OF_BMP],
    ["an attribute nothing has", inBmp({ ...node("bmp-session"), attributes: [{ name: "a", value: "b" }] }), []],
    [
      "a neighbour",
      [node("bgp", [node("neighbor", [node("address", "2001:0db8::2"), node("state", [node("fsm-state")])])])],
      ["2001:db8::2"],
    ],
    [
      "a listener",
      inBmp(node("listen", [node("port", "5"), node("address", "2001:DB8::77"), node("state")])),
      ["2001:db8::77 port 5"],
    ],
    ["all listeners", inBmp(node("listen")), ALL_LISTENERS],
    ["all neighbours", [node("bgp", [node("neighbor", [node("state")])])], NEIGHBORS],
    ["a feed", [node("mrt", [node("feed", [node("name", "lab")])])], ["lab"]],
    ["all feeds", [node("mrt")], FEEDS],
    ["a feed that there is not", [node("mrt", [node("feed", [node("name", "b")])])], []],
  ])("%s", (_, filter, expected) => {
    expect(entries(documents(filter))).toEqual(expected);
  });
});

test("of all sessions together when BMP's state is asked for, and BMP is enabled", () => {
  const sum = (filter?: SubtreeFilter, of = engine) =>
    [...stateDocuments(scopeOf(filter), { engine: of, speaker, feeds })].flatMap(
      (json) => JSON.parse(json)["bmpconfd-bmp:bmp"]?.["state"] ?? [],
    );
  const expected = [
    {
      sessions: 4,
      "sessions-up": 0,
      "sent-messages": "0",
      "sent-octets": "0",
      "discontinuity-time": "2026-01-01T00:00:00.000Z",
    },
  ];
  expect(sum()).toEqual(expected);
  expect(sum([node("bmp")])).toEqual(expected);
  expect(sum(inBmp(node("state", [node("sessions")])))).toEqual(expected);
  expect(sum(inBmp(key("_public_", "10.0.0.1", "a")))).toEqual([]);
  expect(sum(inBmp(node("statistics-interval")))).toEqual([]);
  const { engine: disabled } = new EngineFixture();
  disabled.configure(undefined);
  expect(sum(undefined, disabled)).toEqual([]);
});

test("the Loc-RIB's routes by family, where a filter can select them, once there is one", () => {
  const inBgp = (child: string) => [node("bgp", [node(child, [node("state")])], "urn:bmpconfd:yang:bgp")];
  expect(documents(inBgp("loc-rib"))).toEqual([]);
  speaker.configure({
    localAs: 65010,
    routerId: "192.0.2.254",
    locRib: { tableName: "global", families: ["ipv4-unicast", "l2vpn-evpn"] },
  });
  const json = `{"bmpconfd-bgp:bgp":{"loc-rib":{"state":{"address-family":[{"name":"ipv4-unicast","routes":"0"},{"name":"l2vpn-evpn","routes":"0"}]}}}}`;
  expect(documents(inBgp("loc-rib"))).toEqual([json]);
  expect(documents(undefined).at(-1)).toBe(json);
  expect(documents(inBmp(node("bmp-session")))).not.toContain(json);
  speaker.configure(undefined);
});

test("entriesPerDocument divides it", () => {
  expect(documents(undefined, 3).map((document) => entries([document]).length)).toEqual([0, 3, 1, 2, 2, 2]);
});

describe("the datastore shows the same as if it had been given everything", () => {
  let datastore: DatastoreFixture;
  beforeAll(async () => {
    datastore = engineFixture(await schemaFixture());
    const sessions = SESSIONS.map(({ address, alias }) => bmpSession(address, "<port>5</port>", "", alias));
    const neighbors = NEIGHBORS.map(
      (address) => `<neighbor><address>${address}</address><remote-as>1</remote-as></neighbor>`,
    );
    const bgp = `<bgp xmlns="urn:bmpconfd:yang:bgp"><local-as>1</local-as><router-id>1.1.1.1</router-id>${neighbors.join("")}</bgp>`;
    const mrt = FEEDS.map((name) => `<feed><name>${name}</name><file>rib</file><enabled>false</enabled></feed>`);
    const listeners = LISTENERS.map(
      (address) => `<listen><vpn-instance>_public_</vpn-instance><address>${address}</address><port>5</port></listen>`,
    );
    datastore.editCandidate(
      edit(
        `${bmp([...sessions, ...listeners].join(""))}${bgp}<mrt xmlns="urn:bmpconfd:yang:mrt">${mrt.join("")}</mrt>`,
      ),
    );
    commit(datastore);
  });

  const text = fc.constantFrom(
    "_public_",
    "10.0.0.1",
    "2001:DB8::1",
    "0:0:1:0:0:1:1:1",
    "a",
    "b",
    "5",
    "idle",
    "2001:DB8::77",
    "",
  );
  const leaf = fc.tuple(fc.constantFrom("vpn-instance", "address", "alias", "port", "state", "oper-state"), text);
  const leafs = fc.array(leaf, { maxLength: 4 }).map((all) => all.map(([name, value]) => node(name, value)));
  const entry = fc.oneof(
    fc.tuple(text, text, text, leafs).map(([vpn, address, alias, more]) => key(vpn, address, alias, ...more)),
    fc
      .tuple(fc.constantFrom("bmp-session", "listen", "neighbor", "feed", "statistics-interval"), leafs)
      .map(([name, content]) => node(name, content)),
    fc.constantFrom(
      node("statistics-interval", "3600"),
      node("bmp-session"),
      node("neighbor", [node("state", [node("fsm-state", "idle")])]),
    ),
  );
  const filters = fc.array(
    fc
      .tuple(fc.constantFrom("bmp", "bgp", "mrt", "vpn-instances"), fc.array(entry, { maxLength: 3 }))
      .map(([name, content]) => node(name, content)),
    { maxLength: 3 },
  );

  test("whatever the filter", () => {
    const everything = documents();
    expect(datastore.get(everything)).toContain("<fsm-state>idle</fsm-state>");
    expect(datastore.get(everything)).toContain("<oper-state>disabled</oper-state>");
    fc.assert(
      fc.property(filters, (filter) => {
        expect(datastore.get(documents(filter), filter)).toBe(datastore.get(everything, filter));
      }),
      { numRuns: 1_000 },
    );
  });
});
