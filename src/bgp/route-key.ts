import type { AddressFamily } from "./address-family.ts";
import { FLOW_LONG_LENGTH, PATH_ID_BYTES } from "./codec/nlri.ts";
import { prefixBytes } from "./codec/prefix.ts";

const LABEL_BYTES = 3;
const ROUTE_DISTINGUISHER_BYTES = 8;
const ETHERNET_SEGMENT_BYTES = 10;
const ETHERNET_TAG_BYTES = 4;
/** Where the Ethernet Tag of a route is that has a Route Distinguisher and an Ethernet Segment before it. */
const TAG_OFFSET = ROUTE_DISTINGUISHER_BYTES + ETHERNET_SEGMENT_BYTES;
const MAC_BYTES = 6;

/** EVPN route types whose NLRI holds more than the key (RFC 7432, RFC 9136, RFC 9251). */
const EvpnType = {
  ethernetAutoDiscovery: 1,
  macIpAdvertisement: 2,
  ipPrefix: 5,
  selectiveMulticast: 6,
  membershipReport: 7,
  leaveSynch: 8,
} as const;

/**
 * What tells a route from others: its NLRI less labels and all else that its family counts among the attributes, and
 * bits behind the length of a prefix. Reused, never kept.
 */
export class RouteKey {
  octets = new Uint8Array(64);
  length = 0;
  readonly #family: AddressFamily;
  readonly #hasPathIds: boolean;

  constructor(family: AddressFamily, hasPathIds: boolean) {
    this.#family = family;
    this.#hasPathIds = hasPathIds;
  }

  /** Reads the valid NLRI that is octets `start` to `end` of `nlri`. */
  read(nlri: Uint8Array, start: number, end: number): void {
    if (end - start > this.octets.length) this.octets = new Uint8Array(2 * (end - start));
    this.length = 0;
    if (!this.#hasPathIds) return this.#readRoute(nlri, start, end);
    this.#add(nlri, start, start + PATH_ID_BYTES);
    this.#readRoute(nlri, start + PATH_ID_BYTES, end);
  }

  isEqual(other: RouteKey): boolean {
    if (this.length !== other.length) return false;
    for (let i = 0; i < this.length; i++) if (this.octets[i] !== other.octets[i]) return false;
    return true;
  }

  #readRoute(nlri: Uint8Array, start: number, end: number): void {
    switch (this.#family.form) {
      case "prefix":
        return this.#addPrefix(nlri, start + 1, nlri[start] as number);
      case "labeled-prefix":
      case "vpn-prefix":
        return this.#addPrefix(nlri, start + 1 + LABEL_BYTES, (nlri[start] as number) - 8 * LABEL_BYTES);
      case "evpn":
        return this.#addEvpn(nlri, start, end);
      // Its length can be written in two ways.
      case "flow":
        return this.#add(nlri, start + ((nlri[start] as number) < FLOW_LONG_LENGTH ? 1 : 2), end);
      case "link-state":
      case "type-and-length":
      case "octet-length":
      case "bit-length":
        return this.#add(nlri, start, end);
    }
  }

  #add(nlri: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end; i++) this.octets[this.length++] = nlri[i] as number;
  }

  /** `bits` of prefix from `start` on, behind their number. */
  #addPrefix(nlri: Uint8Array, start: number, bits: number): void {
    this.octets[this.length++] = bits;
    this.#add(nlri, start, start + prefixBytes(bits) - 1);
    const spare = (8 - (bits & 7)) & 7;
    if (spare > 0) {
      const last = this.length - 1;
      this.octets[last] = (this.octets[last] as number) & (0xff << spare);
    }
  }

  /** One that does not have the fields of its type is told apart by all its octets. */
  #addEvpn(nlri: Uint8Array, start: number, end: number): void {
    const type = nlri[start] as number;
    const value = start + 2;
    const length = end - value;
    const key = evpnKey(type, nlri, value, length);
    if (key === undefined) return this.#add(nlri, start, end);
    // No length, which others have there: what is no part of the key may differ in it.
    this.octets[this.length++] = type;
    this.octets[this.length++] = 0;
    this.#add(nlri, value, value + (key.hasSegment ? TAG_OFFSET : ROUTE_DISTINGUISHER_BYTES));
    this.#add(nlri, value + TAG_OFFSET, value + key.bytes);
  }
}

/** The octets of a value that are its key: `bytes` of them, without the Ethernet Segment or with it. */
interface EvpnKey {
  readonly bytes: number;
  readonly hasSegment: boolean;
}

function evpnKey(type: number, nlri: Uint8Array, value: number, length: number): EvpnKey | undefined {
  const hasSegment = type !== EvpnType.macIpAdvertisement && type !== EvpnType.ipPrefix;
  const bytes = evpnKeyBytes(type, nlri, value, length);
  return bytes !== undefined && bytes >= TAG_OFFSET ? { bytes, hasSegment } : undefined;
}

function evpnKeyBytes(type: number, nlri: Uint8Array, value: number, length: number): number | undefined {
  switch (type) {
    case EvpnType.ethernetAutoDiscovery:
      return length === TAG_OFFSET + ETHERNET_TAG_BYTES + LABEL_BYTES ? length - LABEL_BYTES : undefined;
    case EvpnType.macIpAdvertisement:
      return macIpKeyBytes(nlri, value, length);
    case EvpnType.ipPrefix:
      return ipPrefixKeyBytes(length);
    case EvpnType.selectiveMulticast:
    case EvpnType.membershipReport:
      return length - FLAGS_BYTES;
    case EvpnType.leaveSynch:
      return length - LEAVE_SYNCH_TRAILER_BYTES;
    default:
      return undefined;
  }
}

/** RFC 9251 sections 9.1 and 9.2. */
const FLAGS_BYTES = 1;

/** Reserved, Maximum Response Time and Flags (RFC 9251 section 9.3). */
const LEAVE_SYNCH_TRAILER_BYTES = 6;

/** Up to the end of the IP address (RFC 7432 section 7.2), if the value is made that way. */
function macIpKeyBytes(nlri: Uint8Array, value: number, length: number): number | undefined {
  const addressOffset = TAG_OFFSET + ETHERNET_TAG_BYTES + 1 + MAC_BYTES + 1;
  if (length < addressOffset || nlri[value + TAG_OFFSET + ETHERNET_TAG_BYTES] !== 8 * MAC_BYTES) return undefined;
  const addressBits = nlri[value + addressOffset - 1] as number;
  if (addressBits !== 0 && addressBits !== 32 && addressBits !== 128) return undefined;
  const end = addressOffset + addressBits / 8;
  return length === end + LABEL_BYTES || length === end + 2 * LABEL_BYTES ? end : undefined;
}

/** Up to the end of the prefix (RFC 9136 section 3.1), which is followed by a gateway of the same family and a label. */
function ipPrefixKeyBytes(length: number): number | undefined {
  const prefixOffset = TAG_OFFSET + ETHERNET_TAG_BYTES + 1;
  const addressBytes = (length - prefixOffset - LABEL_BYTES) / 2;
  return addressBytes === 4 || addressBytes === 16 ? prefixOffset + addressBytes : undefined;
}
