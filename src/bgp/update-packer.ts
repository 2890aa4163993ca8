import type { AddressFamily } from "./address-family.ts";
import { concatOctets } from "./codec/octets.ts";
import { encodeMpReach, encodeUpdate, UPDATE_ROOM_BYTES } from "./codec/update.ts";

/** MP_REACH_NLRI's AFI, SAFI, length of next hop and reserved octet. */
const MP_REACH_FIXED_BYTES = 5;

/** Makes UPDATEs of routes that share attributes, each as full as 4096 octets allow. */
export class UpdatePacker {
  /** Where to write prefixes, from `nlriEnd` on. */
  readonly nlri: Uint8Array;
  nlriEnd = 0;
  readonly #family: AddressFamily;
  readonly #nextHop: Uint8Array;
  readonly #attributes: Uint8Array;

  /** @param set length of the next hop, next hop, attributes: as the Adj-RIB-In keeps them */
  constructor(family: AddressFamily, set: Uint8Array) {
    const attributesStart = 1 + (set[0] as number);
    this.#family = family;
    this.#nextHop = set.subarray(1, attributesStart);
    this.#attributes = set.subarray(attributesStart);
    this.nlri = new Uint8Array(this.#roomBytes());
  }

  fits(nlriBytes: number): boolean {
    return this.nlriEnd + nlriBytes <= this.nlri.length;
  }

  /** The UPDATE with the prefixes written; the next ones start anew. */
  take(): Uint8Array {
    const nlri = this.nlri.subarray(0, this.nlriEnd);
    this.nlriEnd = 0;
    if (this.#nextHop.length === 0) return encodeUpdate({ attributes: this.#attributes, nlri });
    // First of all attributes: RFC 7606 section 5.1.
    const mpReach = encodeMpReach(this.#family, this.#nextHop, nlri);
    return encodeUpdate({ attributes: concatOctets([mpReach, this.#attributes]) });
  }

  /** At least what the UPDATE that brought the attributes had, so that every prefix fits. */
  #roomBytes(): number {
    const left = UPDATE_ROOM_BYTES - this.#attributes.length;
    if (this.#nextHop.length === 0) return left;
    const fixedBytes = MP_REACH_FIXED_BYTES + this.#nextHop.length;
    return Math.max(left - 4, Math.min(255, left - 3)) - fixedBytes;
  }
}
