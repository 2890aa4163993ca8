import { type AddressFamily, IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { concatOctets } from "../../src/bgp/codec/octets.ts";
import { encodeAttribute, encodeMpReach, encodeMpUnreach, encodeUpdate } from "../../src/bgp/codec/update.ts";
import { UpdateDecoder } from "../../src/bgp/codec/update-decoder.ts";
import { RibPeer } from "../../src/bgp/established-peer.ts";
import type {
  EstablishedPeer,
  PeerLabels,
  PeerStatistics,
  PeerType,
  RibName,
  RouteDump,
} from "../../src/bgp/route-source.ts";
import { openPdu } from "./bgp-pdus.ts";

export const RIBS = ["adj-rib-in-pre", "adj-rib-in-post"] as const;
export type PeerRib = (typeof RIBS)[number];

const IPV6_NEXT_HOP = Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
/** 10.0.N.0/24 and 2001:db8:N::/48 */
const NLRI_BYTES = 4;
const NLRI6_BYTES = 7;
const nlri4 = (prefix: number) => Uint8Array.of(24, 10, 0, prefix);
const nlri6 = (prefix: number) => Uint8Array.of(48, 0x20, 1, 0xd, 0xb8, 0, prefix);

/** IPv4 and IPv6 unicast, before and after policy, in tables like those of the speaker. */
export class TwoRibPeer implements EstablishedPeer {
  readonly peerType: PeerType;
  readonly distinguisher: bigint;
  readonly address: string;
  readonly remoteAs = 65001;
  readonly remoteBgpId = 0xc0000201;
  readonly localAddress = "192.0.2.254";
  readonly localPort = 179;
  readonly remotePort = 40000;
  readonly sentOpen = openPdu(65000, [192, 0, 2, 254]);
  readonly receivedOpen = openPdu(65001, [192, 0, 2, 1]);
  readonly establishedAt = 0;
  readonly isFourOctetAs = true;
  readonly families = [IPV4_UNICAST, IPV6_UNICAST];
  readonly ribs = RIBS;
  readonly #tables: ReadonlyMap<RibName, RibPeer>;

  constructor(number: number, distinguisher: bigint) {
    this.address = `192.0.2.${number}`;
    this.distinguisher = distinguisher;
    this.peerType = distinguisher === 0n ? "global" : "route-distinguisher";
    const facts = { ...this.#facts(), isExtendedMessage: false, pathIdFamilies: [] };
    const open = { as: 65001, holdTimeS: 90, bgpId: 1, capabilities: [] };
    this.#tables = new Map(RIBS.map((rib) => [rib, new RibPeer(facts, open, { as: 65000, bgpId: 2 }, number)]));
  }

  #facts() {
    const { peerType, distinguisher, address, remoteAs, remoteBgpId, localAddress, localPort, remotePort } = this;
    const { sentOpen, receivedOpen, establishedAt, isFourOctetAs, families, ribs } = this;
    const ends = { address, remoteAs, remoteBgpId, localAddress, localPort, remotePort };
    const facts = { peerType, distinguisher, sentOpen, receivedOpen, establishedAt, isFourOctetAs, families, ribs };
    return { ...ends, ...facts, labels: () => this.labels() };
  }

  labels(): PeerLabels {
    return { adminLabels: [] };
  }

  statistics(): PeerStatistics {
    return this.#table("adj-rib-in-pre").statistics();
  }

  isEndOfRib(family: AddressFamily, rib: RibName): boolean {
    return this.#table(rib).isEndOfRib(family);
  }

  dump(family: AddressFamily, rib: RibName): RouteDump {
    return this.#table(rib).dump(family);
  }

  apply(rib: RibName, pdu: Uint8Array): readonly Uint8Array[] {
    return this.#table(rib).apply(pdu);
  }

  #table(rib: RibName): RibPeer {
    const table = this.#tables.get(rib);
    if (table === undefined) throw new Error(`no ${rib}`);
    return table;
  }
}

/** One UPDATE that announces a prefix in each of the families. */
export function announce(families: readonly AddressFamily[], prefix: number, med: number): Uint8Array {
  const attributes = [
    encodeAttribute(0x40, 1, Uint8Array.of(0)),
    encodeAttribute(0x40, 2, Uint8Array.of(2, 1, 0, 0, 0xfd, 0xe9)),
    encodeAttribute(0x40, 3, Uint8Array.of(192, 0, 2, 1)),
    encodeAttribute(0x80, 4, Uint8Array.of(0, 0, 0, med)),
  ];
  const reach = families.includes(IPV6_UNICAST) ? [encodeMpReach(IPV6_UNICAST, IPV6_NEXT_HOP, nlri6(prefix))] : [];
  return encodeUpdate({
    attributes: concatOctets([...reach, ...attributes]),
    nlri: families.includes(IPV4_UNICAST) ? nlri4(prefix) : new Uint8Array(0),
  });
}

/** One UPDATE that withdraws a prefix in each of the families. */
export function withdraw(families: readonly AddressFamily[], prefix: number): Uint8Array {
  return encodeUpdate({
    withdrawn: families.includes(IPV4_UNICAST) ? nlri4(prefix) : new Uint8Array(0),
    attributes: families.includes(IPV6_UNICAST) ? encodeMpUnreach(IPV6_UNICAST, nlri6(prefix)) : new Uint8Array(0),
  });
}

const decoder = new UpdateDecoder({ isFourOctetAs: true, isExternal: true });

/** Applies an UPDATE made of the prefixes above to `table`: NLRI in hex to attributes in hex. */
export function applyTo(table: Map<string, string>, update: Uint8Array): void {
  const { withdrawn, nlri, mpReach, mpUnreach, attributes, treatAsWithdraw } = decoder.decode(update);
  if (treatAsWithdraw !== undefined) throw treatAsWithdraw;
  for (const route of routesIn(withdrawn, NLRI_BYTES)) table.delete(route);
  for (const route of routesIn(mpUnreach?.nlri, NLRI6_BYTES)) table.delete(route);
  const text = Buffer.from(attributes).toString("hex");
  for (const route of routesIn(nlri, NLRI_BYTES)) table.set(route, text);
  for (const route of routesIn(mpReach?.nlri, NLRI6_BYTES)) table.set(route, text);
}

function routesIn(nlri: Uint8Array = new Uint8Array(0), bytes: number): string[] {
  const hex = Buffer.from(nlri).toString("hex");
  return hex.match(new RegExp(`.{${2 * bytes}}`, "g")) ?? [];
}
