import { type AddressFamily, IPV4_UNICAST } from "../address-family.ts";
import { ATTRIBUTE_RULES, type AttributeContext, type RouteLoop } from "./attribute-rules.ts";
import { type BgpError, updateError } from "./bgp-error.ts";
import { HEADER_BYTES } from "./common-header.ts";
import { AttributeType, UpdateSubcode } from "./iana.ts";
import {
  ALL_FAMILIES,
  decodeMpReach,
  decodeMpUnreach,
  type MpReach,
  type MpUnreach,
  type NlriContext,
} from "./multiprotocol-nlri.ts";
import { isNlriValid } from "./nlri.ts";
import { concatOctets, readUint16 } from "./octets.ts";

const OPTIONAL = 0x80;
const OPTIONAL_AND_TRANSITIVE = 0xc0;
const EXTENDED_LENGTH = 0x10;
const EMPTY = new Uint8Array(0);

/** UPDATE (RFC 4271 section 4.3), checked as RFC 7606 says. All octets are views of the PDU. */
export interface Update {
  /** IPv4 Withdrawn Routes. */
  readonly withdrawn: Uint8Array;
  /** IPv4 NLRI. */
  readonly nlri: Uint8Array;
  readonly mpReach: MpReach | undefined;
  readonly mpUnreach: MpUnreach | undefined;
  /** NEXT_HOP, of `nlri`. */
  readonly nextHop: Uint8Array | undefined;
  /** The attributes as received, less MP_REACH_NLRI, MP_UNREACH_NLRI and those discarded. */
  readonly attributes: Uint8Array;
  /** Types of attributes discarded: malformed, repeated or not for us (RFC 7606 section 2). */
  readonly discarded: readonly number[];
  /** Why its routes are to be treated as withdrawn. */
  readonly treatAsWithdraw: BgpError | undefined;
  /** What keeps its routes out of the decision process: they have come back to us. */
  readonly loop: RouteLoop | undefined;
  /** The family whose End-of-RIB this is (RFC 4724 section 2). */
  readonly endOfRib: AddressFamily | undefined;
}

/** Decoder of the UPDATEs of one session; keeps no state between them but scratch space. */
export class UpdateDecoder {
  readonly #context: AttributeContext;
  readonly #nlriContext: NlriContext;
  readonly #isClassicWithPathIds: boolean;
  /** By attribute type: number of the UPDATE in which it was seen last. */
  readonly #seenIn = new Uint32Array(256);
  #updateNumber = 0;
  #mpReach: MpReach | undefined;
  #mpUnreach: MpUnreach | undefined;
  #nextHop: Uint8Array | undefined;
  #kept: Uint8Array[] = [];
  #discarded: number[] = [];
  #fault: BgpError | undefined;
  #loop: RouteLoop | undefined;

  constructor(context: AttributeContext, nlriContext: NlriContext = ALL_FAMILIES) {
    this.#context = context;
    this.#nlriContext = nlriContext;
    this.#isClassicWithPathIds = nlriContext.pathIdFamilies.includes(IPV4_UNICAST);
  }

  /** @throws BgpError UPDATE Message Error: the session cannot go on ("session reset" of RFC 7606 section 2). */
  decode(pdu: Uint8Array): Update {
    const withdrawnStart = HEADER_BYTES + 2;
    const withdrawnEnd = withdrawnStart + readUint16(pdu, HEADER_BYTES);
    if (withdrawnEnd + 2 > pdu.length) throw malformedList("Withdrawn Routes exceed the message");
    const attributesStart = withdrawnEnd + 2;
    const attributesEnd = attributesStart + readUint16(pdu, withdrawnEnd);
    if (attributesEnd > pdu.length) throw malformedList("path attributes exceed the message");
    const withdrawn = this.#checkedNlri(pdu.subarray(withdrawnStart, withdrawnEnd));
    const nlri = this.#checkedNlri(pdu.subarray(attributesEnd));

    this.#reset();
    if (attributesEnd > attributesStart) this.#walk(pdu.subarray(attributesStart, attributesEnd));
    const hasMpRoutes = this.#mpReach !== undefined && this.#mpReach.nlri.length > 0;
    const hasRoutes = nlri.length > 0 || hasMpRoutes;
    if (hasRoutes) this.#checkMandatory(nlri.length > 0);
    // Without routes it cannot be told whether the fault has hidden some (RFC 7606 section 5.2).
    else if (this.#fault !== undefined) throw this.#fault;
    return {
      withdrawn,
      nlri,
      mpReach: this.#mpReach,
      mpUnreach: this.#mpUnreach,
      nextHop: this.#nextHop,
      attributes: this.#kept.length <= 1 ? (this.#kept[0] ?? EMPTY) : concatOctets(this.#kept),
      discarded: this.#discarded,
      treatAsWithdraw: this.#fault,
      loop: hasRoutes ? this.#loop : undefined,
      endOfRib: withdrawn.length === 0 && !hasRoutes ? this.#endOfRib(pdu.length) : undefined,
    };
  }

  #checkedNlri(nlri: Uint8Array): Uint8Array {
    if (!isNlriValid(IPV4_UNICAST, nlri, this.#isClassicWithPathIds))
      throw updateError(UpdateSubcode.invalidNetworkField, "malformed IPv4 prefixes");
    return nlri;
  }

  #reset(): void {
    if (++this.#updateNumber > 0xffff_ffff) {
      this.#seenIn.fill(0);
      this.#updateNumber = 1;
    }
    this.#mpReach = undefined;
    this.#mpUnreach = undefined;
    this.#nextHop = undefined;
    this.#kept = [];
    this.#discarded = [];
    this.#fault = undefined;
    this.#loop = undefined;
  }

  #walk(attributes: Uint8Array): void {
    let keptFrom = 0;
    let offset = 0;
    while (offset < attributes.length) {
      const headerBytes = ((attributes[offset] as number) & EXTENDED_LENGTH) === 0 ? 3 : 4;
      const start = offset + headerBytes;
      if (start > attributes.length) {
        this.#blame(malformedList("octets after the last path attribute"));
        break;
      }
      const end = start + (headerBytes === 3 ? (attributes[offset + 2] as number) : readUint16(attributes, offset + 2));
      if (end > attributes.length) {
        this.#blameOverrun(attributes.subarray(offset));
        break;
      }
      if (!this.#accept(attributes.subarray(offset, end), headerBytes)) {
        if (offset > keptFrom) this.#kept.push(attributes.subarray(keptFrom, offset));
        keptFrom = end;
      }
      offset = end;
    }
    if (attributes.length > keptFrom) this.#kept.push(attributes.subarray(keptFrom));
  }

  /** Whether the attribute stays among those kept as received. */
  #accept(attribute: Uint8Array, headerBytes: number): boolean {
    const type = attribute[1] as number;
    const isRepeated = this.#seenIn[type] === this.#updateNumber;
    this.#seenIn[type] = this.#updateNumber;
    if (type === AttributeType.mpReachNlri || type === AttributeType.mpUnreachNlri) {
      if (isRepeated) throw malformedList(`attribute ${type} appears twice`);
      this.#acceptMultiprotocol(attribute, headerBytes);
      return false;
    }
    return (!isRepeated && this.#isSound(type, attribute, headerBytes)) || this.#discard(type);
  }

  #acceptMultiprotocol(attribute: Uint8Array, headerBytes: number): void {
    if (((attribute[0] as number) & OPTIONAL_AND_TRANSITIVE) !== OPTIONAL)
      throw updateError(UpdateSubcode.attributeFlagsError, `flags of attribute ${attribute[1]}`, attribute);
    const value = attribute.subarray(headerBytes);
    if (attribute[1] === AttributeType.mpReachNlri) this.#mpReach = decodeMpReach(value, attribute, this.#nlriContext);
    else this.#mpUnreach = decodeMpUnreach(value, attribute, this.#nlriContext);
  }

  /** False: to be discarded. */
  #isSound(type: number, attribute: Uint8Array, headerBytes: number): boolean {
    const flags = (attribute[0] as number) & OPTIONAL_AND_TRANSITIVE;
    const rule = ATTRIBUTE_RULES.get(type);
    if (rule === undefined) {
      if ((flags & OPTIONAL) === 0)
        throw updateError(UpdateSubcode.unrecognizedWellKnownAttribute, `attribute ${type} is unknown`, attribute);
      return true;
    }
    if (rule.isUnwanted?.(this.#context) === true) return false;
    if (flags !== rule.flags) {
      this.#blame(updateError(UpdateSubcode.attributeFlagsError, `flags of attribute ${type}`, attribute));
      return true;
    }
    const value = attribute.subarray(headerBytes);
    const subcode = rule.check(value, this.#context);
    if (subcode === undefined) {
      if (type === AttributeType.nextHop) this.#nextHop = value;
      if (rule.loop?.isThere(value, this.#context) === true) this.#loop ??= rule.loop.kind;
      return true;
    }
    if (rule.handling === "attribute-discard") return false;
    // AS_PATH is the one attribute whose NOTIFICATION carries no data (RFC 4271 section 6.3).
    const data = subcode === UpdateSubcode.malformedAsPath ? undefined : attribute;
    this.#blame(updateError(subcode as typeof UpdateSubcode.attributeLengthError, `malformed attribute ${type}`, data));
    return true;
  }

  #discard(type: number): false {
    this.#discarded.push(type);
    return false;
  }

  /** RFC 7606 section 4; but routes inside the attribute that is cut off are lost (section 3 j). */
  #blameOverrun(rest: Uint8Array): void {
    const error = updateError(UpdateSubcode.attributeLengthError, `attribute ${rest[1]} exceeds the others`, rest);
    if (rest[1] === AttributeType.mpReachNlri || rest[1] === AttributeType.mpUnreachNlri) throw error;
    this.#blame(error);
  }

  #checkMandatory(needsNextHop: boolean): void {
    const mandatory = needsNextHop
      ? [AttributeType.origin, AttributeType.asPath, AttributeType.nextHop]
      : [AttributeType.origin, AttributeType.asPath];
    for (const type of mandatory)
      if (this.#seenIn[type] !== this.#updateNumber)
        this.#blame(
          updateError(UpdateSubcode.missingWellKnownAttribute, `attribute ${type} is missing`, Uint8Array.of(type)),
        );
  }

  /** The first fault is the one reported. */
  #blame(error: BgpError): void {
    this.#fault ??= error;
  }

  #endOfRib(pduBytes: number): AddressFamily | undefined {
    if (pduBytes === HEADER_BYTES + 4) return IPV4_UNICAST;
    const isAlone = this.#kept.length === 0 && this.#mpReach === undefined && this.#discarded.length === 0;
    if (!isAlone || this.#mpUnreach === undefined || this.#mpUnreach.nlri.length > 0) return undefined;
    return this.#mpUnreach.family;
  }
}

function malformedList(message: string): BgpError {
  return updateError(UpdateSubcode.malformedAttributeList, message);
}
