import { type AddressFamily, IPV4_UNICAST } from "./address-family.ts";
import { HEADER_BYTES, MAX_EXTENDED_MESSAGE_BYTES, MAX_MESSAGE_BYTES } from "./codec/common-header.ts";
import { AttributeType, MessageType } from "./codec/iana.ts";

/** Header, no Withdrawn Routes, and the length of the attributes. */
const FIXED_BYTES = HEADER_BYTES + 4;
/** MP_REACH_NLRI's AFI, SAFI, length of next hop and reserved octet. */
const MP_REACH_FIXED_BYTES = 5;
const MARKER_BYTES = 16;
const OPTIONAL = 0x80;
const EXTENDED_LENGTH = 0x10;

/**
 * Makes UPDATEs of routes that share attributes, each as full as 4096 octets allow: `begin`, write routes while they
 * fit, `take`. Works in one buffer, for a dump makes as many UPDATEs as the neighbour has sent. Where the neighbour may
 * send extended messages (RFC 8654), and the attributes leave little of 4096 octets, or not enough for the first
 * route, an UPDATE is as full as 65,535 octets allow: then whatever has been received can be packed.
 */
export class UpdatePacker {
  /** Where to write routes, from `nlriEnd` on. */
  octets = newBuffer(2 * MAX_MESSAGE_BYTES);
  nlriEnd = 0;
  readonly #family: AddressFamily;
  readonly #isExtendedMessage: boolean;
  #isClassic = false;
  #nlriStart = 0;
  #nlriLimit = 0;
  #set = "";
  #nextHopBytes = 0;

  constructor(family: AddressFamily, isExtendedMessage: boolean) {
    this.#family = family;
    this.#isExtendedMessage = isExtendedMessage;
  }

  /**
   * @param set one character an octet: length of the next hop, next hop, attributes; as the Adj-RIB-In keeps them
   * @param firstBytes octets of the first route
   */
  begin(set: string, firstBytes: number): void {
    this.#set = set;
    this.#nextHopBytes = set.charCodeAt(0);
    // Other families are in MP_REACH_NLRI even where they have no next hop.
    this.#isClassic = this.#nextHopBytes === 0 && this.#family === IPV4_UNICAST;
    this.#setLimits(MAX_MESSAGE_BYTES);
    if (!this.#isExtendedMessage || (set.length <= MAX_MESSAGE_BYTES / 2 && this.fits(firstBytes))) return;
    this.#setLimits(MAX_EXTENDED_MESSAGE_BYTES);
    if (this.octets.length < 2 * MAX_EXTENDED_MESSAGE_BYTES) this.octets = newBuffer(2 * MAX_EXTENDED_MESSAGE_BYTES);
  }

  #setLimits(messageBytes: number): void {
    const attributesBytes = this.#set.length - 1 - this.#nextHopBytes;
    const leftBytes = messageBytes - FIXED_BYTES - attributesBytes;
    if (this.#isClassic) {
      this.#nlriStart = FIXED_BYTES + attributesBytes;
      this.#nlriLimit = messageBytes;
    } else {
      const valueStart = FIXED_BYTES + 4;
      const fixedBytes = MP_REACH_FIXED_BYTES + this.#nextHopBytes;
      this.#nlriStart = valueStart + fixedBytes;
      // At least what the UPDATE that brought the attributes had, so that every route fits.
      this.#nlriLimit = valueStart + Math.max(leftBytes - 4, Math.min(255, leftBytes - 3));
    }
    this.nlriEnd = this.#nlriStart;
  }

  fits(nlriBytes: number): boolean {
    return this.nlriEnd + nlriBytes <= this.#nlriLimit;
  }

  /** The UPDATE with the routes written. */
  take(): Uint8Array {
    return this.#isClassic ? this.#takeClassic() : this.#takeMultiprotocol();
  }

  #takeClassic(): Uint8Array {
    const attributesBytes = this.#nlriStart - FIXED_BYTES;
    // The length of the next hop comes to where the length of the attributes will be.
    this.octets.write(this.#set, FIXED_BYTES - 1, "latin1");
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
    // Only the last octet of the marker can be another than it was before.
    octets[start + MARKER_BYTES - 1] = 0xff;
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

/** Begins with a marker, at 0 and at 1. */
function newBuffer(bytes: number): Buffer {
  return Buffer.alloc(bytes).fill(0xff, 0, MARKER_BYTES + 1);
}
