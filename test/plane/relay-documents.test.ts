import { afterEach, beforeAll, expect, test } from "vitest";
import { encodeInitiation } from "../../src/bmp/codec/initiation.ts";
import { relayDocuments } from "../../src/plane/relay-documents.ts";
import { scopeOf } from "../../src/plane/state-scope.ts";
import type { SubtreeFilter } from "../../src/yang/subtree-filter.ts";
import { announcePdu } from "../bmp/bgp-pdus.ts";
import { commit, type EngineFixture, edit, engineFixture, schemaFixture } from "../datastore/engine-fixture.ts";
import { OTHER_ROUTER, peerHeader, peerUp, RelayLab, ROUTER, route, until } from "../relay/relay-lab.ts";

const RELAY = "urn:bmpconfd:yang:relay";
const leaf = { attributes: [], children: [], text: "" };
const ofRouter = (address: string): SubtreeFilter => [
  {
    ...leaf,
    name: "relay",
    namespace: RELAY,
    children: [{ ...leaf, name: "router", children: [{ ...leaf, name: "address", text: address }] }],
  },
];

let datastore: EngineFixture;
let lab: RelayLab | undefined;
beforeAll(async () => {
  datastore = engineFixture(await schemaFixture());
  const routers = [ROUTER, OTHER_ROUTER].map((address) => `<router><address>${address}</address></router>`).join("");
  const listen = "<listen><address>127.0.0.1</address><port>11030</port></listen>";
  datastore.editCandidate(edit(`<relay xmlns="${RELAY}">${listen}${routers}</relay>`));
  commit(datastore);
});
afterEach(() => lab?.stop());

function start(): RelayLab {
  lab = new RelayLab();
  lab.configureRouter();
  lab.configureRouter({ address: OTHER_ROUTER, enabled: false });
  return lab;
}

const documents = (relay: RelayLab["relay"], filter?: SubtreeFilter, entries?: number): string[] => [
  ...relayDocuments(scopeOf(filter), relay, entries),
];

test("what a connected router's state is, as the model has it", async () => {
  const { relay } = start();
  // Characters that no YANG string has.
  const initiation = encodeInitiation({
    kind: "initiation",
    sysName: "r1\u0000\uffff",
    sysDescr: "OS <7>",
    strings: [],
  });
  const peer = peerHeader(1, { peerType: 1, distinguisher: 0x0000_fde8_0000_0001n });
  const locRib = peerHeader(1, { peerType: 3, address: "0.0.0.0" });
  const collector = await (lab as RelayLab).collector({ alias: "a" });
  await (lab as RelayLab).connect([
    initiation,
    peerUp(peer),
    peerUp(locRib, { tableName: "red" }),
    route(peer, announcePdu(1, 1)),
    route({ ...peer, isPostPolicy: true }, announcePdu(1, 1)),
    route(peer, announcePdu(2, 1)),
  ]);
  await until(() => (lab as RelayLab).state().routes === 3);
  await until(() => [...(lab as RelayLab).state().sessions].some(({ operState }) => operState === "up"));
  const shown = datastore
    .get(documents(relay, ofRouter(ROUTER)), ofRouter(ROUTER))
    .replace(/<(connected-since|remote-port|local-port|sent-octets|sent-messages|received-octets)>[^<]*/g, "<$1>*");
  expect(collector.connections).toHaveLength(1);
  expect(shown).toBe(
    `<relay xmlns="${RELAY}"><router><address>${ROUTER}</address><state><oper-state>connected</oper-state>` +
      "<connected-since>*</connected-since><remote-port>*</remote-port><sys-name>r1\ufffd\ufffd</sys-name>" +
      "<sys-descr>OS &lt;7&gt;</sys-descr><connections>1</connections><refused-connections>0</refused-connections>" +
      "<peers>2</peers><routes>3</routes><peer><peer-type>route-distinguisher</peer-type>" +
      "<distinguisher>0000fde800000001</distinguisher><address>192.0.2.1</address><as>65001</as>" +
      "<router-id>192.0.2.1</router-id><up-since>2026-01-01T00:00:00.000+00:00</up-since><rib>" +
      "<name>adj-rib-in-pre</name><routes>2</routes></rib><rib><name>adj-rib-in-post</name><routes>1</routes></rib>" +
      "</peer><peer><peer-type>loc-rib</peer-type><distinguisher>0000000000000000</distinguisher>" +
      "<address>0.0.0.0</address><as>65001</as><router-id>192.0.2.1</router-id><table-name>red</table-name>" +
      "<up-since>2026-01-01T00:00:00.000+00:00</up-since></peer><received-messages>" +
      "<route-monitoring>3</route-monitoring><statistics-report>0</statistics-report><peer-down>0</peer-down>" +
      "<peer-up>2</peer-up><initiation>1</initiation><termination>0</termination>" +
      "<route-mirroring>0</route-mirroring><unknown>0</unknown></received-messages>" +
      "<received-octets>*</received-octets><problems><malformed-messages>0</malformed-messages>" +
      "<unknown-peer-messages>0</unknown-peer-messages><treat-as-withdraw-updates>0</treat-as-withdraw-updates>" +
      "<unusable-updates>0</unusable-updates></problems><bmp-session><vpn-instance>_public_</vpn-instance>" +
      "<address>127.0.0.1</address><alias>a</alias><oper-state>up</oper-state><local-port>*</local-port>" +
      "<sent-messages>*</sent-messages><sent-octets>*</sent-octets></bmp-session></state></router></relay>",
  );
});

test("peers come in documents of entriesPerDocument, and add up", async () => {
  const { relay } = start();
  const peers = [1, 2, 3, 4, 5].map((number) => peerHeader(number));
  await (lab as RelayLab).connect([
    encodeInitiation({ kind: "initiation", strings: [] }),
    ...peers.map((peer) => peerUp(peer)),
  ]);
  await until(() => (lab as RelayLab).state().peerCount === 5);
  const parts = documents(relay, ofRouter(ROUTER), 2);
  expect(parts).toHaveLength(1 + 3);
  expect(datastore.get(parts).match(/<peer><peer-type>/g)).toHaveLength(5);
});

test("only what a filter can select is made; nothing of a relay that is not in use", async () => {
  const { relay } = start();
  await (lab as RelayLab).port();
  const ofAll = documents(relay).map((json) => Object.keys(JSON.parse(json)["bmpconfd-relay:relay"]));
  expect(ofAll).toEqual([["state", "listen"], ["router"], ["router"]]);
  expect(documents(relay, [{ ...leaf, name: "bmp", namespace: "urn:bmpconfd:yang:bmp" }])).toEqual([]);
  expect(documents(relay, ofRouter(OTHER_ROUTER)).join("")).toContain('"oper-state":"disabled"');
  expect(documents(relay, ofRouter(OTHER_ROUTER)).join("")).not.toContain(ROUTER);
  relay.removeRouter(ROUTER);
  relay.removeRouter(OTHER_ROUTER);
  relay.listeners.remove({ address: "127.0.0.1", port: 0 });
  expect(documents(relay)).toEqual([]);
});

test("what routers make up can be left out, so that what is left is bounded by the configuration", async () => {
  const { relay } = start();
  await (lab as RelayLab).connect([
    encodeInitiation({ kind: "initiation", sysName: "r1", sysDescr: "", strings: [] }),
    peerUp(peerHeader(1)),
    peerUp(peerHeader(2)),
  ]);
  await until(() => [...relay.routerStates(ROUTER)][0]?.peerCount === 2);
  const found = [...relayDocuments({ ...scopeOf(undefined), isOfConfiguredOnly: true }, relay)].flatMap(
    (document) => JSON.parse(document)["bmpconfd-relay:relay"].router ?? [],
  );
  expect(found).toMatchObject([
    { address: ROUTER, state: { "oper-state": "connected", peers: 2 } },
    { address: OTHER_ROUTER, state: { "oper-state": "disabled", peers: 0 } },
  ]);
  expect(found.some(({ state }) => "peer" in state || "bmp-session" in state)).toBe(false);
});
