import type { AddressFamily } from "./address-family.ts";
import { HEADER_BYTES, MAX_MESSAGE_BYTES } from "./codec/common-header.ts";
import { AttributeType, MessageType } from "./codec/iana.ts";

/** Header, no Withdrawn Routes, and the length of the attributes. */
const FIXED_BYTES = HEADER_BYTES + 4;
/** MP_REACH_NLRI's AFI, SAFI, length of next hop and reserved octet. */
const MP_REACH_FIXED_BYTES = 5;
const MARKER_BYTES = 16;
const OPTIONAL = 0x80;
const EXTENDED_LENGTH = 0x10;

/**
 * Makes UPDATEs of routes that share attributes, each as full as 4096 octets allow: `begin`, write prefixes while
 * they fit, `take`. Works in one buffer, for a dump makes as many UPDATEs as the neighbour has sent.
 */
export class UpdatePacker {
  /** Where to write prefixes, from `nlriEnd` on. */
  readonly octets: Buffer = Buffer.alloc(2 * MAX_MESSAGE_BYTES);
  nlriEnd = 0;
  readonly #family: AddressFamily;
  #nlriStart = 0;
  #nlriLimit = 0;
  #set = "";
  #nextHopBytes = 0;

  constructor(family: AddressFamily) {
    this.#family = family;
  }

  /** @param set one character an octet: length of the next hop, next hop, attributes; as the Adj-RIB-In keeps them */
  begin(set: string): void {
    this.#set = set;
    this.#nextHopBytes = set.charCodeAt(0);
    const attributesBytes = set.length - 1 - this.#nextHopBytes;
    const leftBytes = MAX_MESSAGE_BYTES - FIXED_BYTES - attributesBytes;
    if (this.#nextHopBytes === 0) {
      this.#nlriStart = FIXED_BYTES + attributesBytes;
      this.#nlriLimit = MAX_MESSAGE_BYTES;
    } else {
      const valueStart = FIXED_BYTES + 4;
      const fixedBytes = MP_REACH_FIXED_BYTES + this.#nextHopBytes;
      this.#nlriStart = valueStart + fixedBytes;
      // At least what the UPDATE that brought the attributes had, so that every prefix fits.
      this.#nlriLimit = valueStart + Math.max(leftBytes - 4, Math.min(255, leftBytes - 3));
    }
    this.nlriEnd = this.#nlriStart;
  }

  fits(nlriBytes: number): boolean {
    return this.nlriEnd + nlriBytes <= this.#nlriLimit;
  }

  /** The UPDATE with the prefixes written. */
  take(): Uint8Array {
    return this.#nextHopBytes === 0 ? this.#takeClassic() : this.#takeMultiprotocol();
  }

  #takeClassic(): Uint8Array {
    const attributesBytes = this.#nlriStart - FIXED_BYTES;
    this.octets.write(this.#set.slice(1), FIXED_BYTES, "latin1");
    return this.#finish(0, this.nlriEnd, attributesBytes);
  }

  /** MP_REACH_NLRI comes first of all attributes: RFC 7606 section 5.1. */
  #takeMultiprotocol(): Uint8Array {
    const { octets } = this;
    const { afi, safi } = this.#family;
    const valueStart = this.#nlriStart - MP_REACH_FIXED_BYTES - this.#nextHopBytes;
    octets[valueStart] = afi >>> 8;
    octets[valueStart + 1] = afi;
    octets[valueStart + 2] = safi;
    // Length and next hop, as they stand in the set.
    octets.write(this.#set.slice(0, 1 + this.#nextHopBytes), valueStart + 3, "latin1");
    octets[this.#nlriStart - 1] = 0;
    octets.write(this.#set.slice(1 + this.#nextHopBytes), this.nlriEnd, "latin1");

    const valueBytes = this.nlriEnd - valueStart;
    const start = valueBytes > 255 ? 0 : 1;
    const attribute = start + FIXED_BYTES;
    octets[attribute] = start === 0 ? OPTIONAL | EXTENDED_LENGTH : OPTIONAL;
    octets[attribute + 1] = AttributeType.mpReachNlri;
    if (start === 0) octets[attribute + 2] = valueBytes >>> 8;
    octets[valueStart - 1] = valueBytes;
    const end = this.nlriEnd + this.#set.length - 1 - this.#nextHopBytes;
    return this.#finish(start, end, end - attribute);
  }

  #finish(start: number, end: number, attributesBytes: number): Uint8Array {
    const { octets } = this;
    const length = end - start;
    octets.fill(0xff, start, start + MARKER_BYTES);
    octets[start + 16] = length >>> 8;
    octets[start + 17] = length;
    octets[start + 18] = MessageType.update;
    octets[start + 19] = 0;
    octets[start + 20] = 0;
    octets[start + 21] = attributesBytes >>> 8;
    octets[start + 22] = attributesBytes;
    const pdu = Buffer.allocUnsafe(length);
    octets.copy(pdu, 0, start, end);
    return pdu;
  }
}
