import { readAs } from "./address.ts";
import { OctetReader } from "./octet-reader.ts";

const IPV6 = 0x01;
const FOUR_OCTET_AS = 0x02;

export interface IndexedPeer {
  /** 32 bits; 0 where the writer did not know. */
  readonly bgpId: number;
  /** 4 or 16 octets, a view. */
  readonly address: Uint8Array;
  readonly as: number;
}

/** PEER_INDEX_TABLE (RFC 6396 section 4.3.1). */
export interface PeerIndexTable {
  readonly collectorBgpId: number;
  /** In the order in which RIB entries count them. */
  readonly peers: readonly IndexedPeer[];
}

/** @throws MrtError */
export function decodePeerIndexTable(body: Uint8Array): PeerIndexTable {
  const reader = new OctetReader(body);
  const collectorBgpId = reader.uint32("Collector BGP ID");
  reader.octets(reader.uint16("View Name Length"), "View Name");
  const peers: IndexedPeer[] = [];
  for (let left = reader.uint16("Peer Count"); left > 0; left--) {
    const type = reader.uint8("Peer Type");
    const bgpId = reader.uint32("Peer BGP ID");
    const address = reader.octets((type & IPV6) === 0 ? 4 : 16, "Peer IP Address");
    peers.push({ bgpId, address, as: readAs(reader, (type & FOUR_OCTET_AS) !== 0, "Peer AS") });
  }
  reader.requireEnd();
  return { collectorBgpId, peers };
}
