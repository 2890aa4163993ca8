import { type AddressFamily, IPV4_UNICAST } from "../address-family.ts";
import { HEADER_BYTES } from "./common-header.ts";
import { AttributeType } from "./iana.ts";
import { concatOctets, readUint16 } from "./octets.ts";
import { encodeUpdate, encodeWithdrawal } from "./update.ts";

const EXTENDED_LENGTH = 0x10;
/** MP_UNREACH_NLRI's AFI and SAFI. */
const FAMILY_BYTES = 3;
const EMPTY = new Uint8Array(0);

/** MP_REACH_NLRI or MP_UNREACH_NLRI. All octets are views of the PDU. */
interface MultiprotocolPart {
  readonly isReach: boolean;
  readonly afi: number;
  readonly safi: number;
  readonly nlri: Uint8Array;
  /** The whole attribute. */
  readonly attribute: Uint8Array;
}

/** An UPDATE by what its parts are about. */
interface UpdateParts {
  readonly withdrawn: Uint8Array;
  readonly nlri: Uint8Array;
  readonly multiprotocol: readonly MultiprotocolPart[];
  /** The other attributes, in pieces. */
  readonly attributes: readonly Uint8Array[];
}

/**
 * An UPDATE less the routes of all other families; `pdu` itself if it has none. Undefined: it has no others. A marker
 * (End-of-RIB) is of its family; an UPDATE about no route at all stays as it is.
 * @param pdu a valid UPDATE
 */
export function withFamilies(pdu: Uint8Array, families: readonly AddressFamily[]): Uint8Array | undefined {
  const { withdrawn, nlri, multiprotocol, attributes } = partsOf(pdu);
  const hasClassic =
    withdrawn.length + nlri.length > 0 || (multiprotocol.length === 0 && pdu.length === HEADER_BYTES + 4);
  const isClassicKept = hasClassic && families.includes(IPV4_UNICAST);
  const kept = multiprotocol.filter((part) => families.some((family) => isOf(part, family)));
  if (kept.length === multiprotocol.length && isClassicKept === hasClassic) return pdu;
  if (kept.length === 0 && !isClassicKept) return undefined;
  // Attributes without routes that they are of would be an error (RFC 7606 section 5.2).
  const isAnnouncing = kept.some(({ isReach }) => isReach) || (isClassicKept && nlri.length > 0);
  return encodeUpdate({
    withdrawn: isClassicKept ? withdrawn : EMPTY,
    attributes: concatOctets([...kept.map(({ attribute }) => attribute), ...(isAnnouncing ? attributes : [])]),
    nlri: isClassicKept ? nlri : EMPTY,
  });
}

/**
 * What withdraws all routes of `family` that an UPDATE is about, be it that it announces or withdraws them. Undefined:
 * there are none.
 * @param pdu a valid UPDATE
 */
export function withdrawalOf(pdu: Uint8Array, family: AddressFamily): Uint8Array | undefined {
  const { withdrawn, nlri, multiprotocol } = partsOf(pdu);
  const classic = family === IPV4_UNICAST ? [withdrawn, nlri] : [];
  const routes = concatOctets([
    ...classic,
    ...multiprotocol.filter((part) => isOf(part, family)).map((part) => part.nlri),
  ]);
  return routes.length === 0 ? undefined : encodeWithdrawal(family, routes);
}

const isOf = ({ afi, safi }: MultiprotocolPart, family: AddressFamily): boolean =>
  family.afi === afi && family.safi === safi;

function partsOf(pdu: Uint8Array): UpdateParts {
  const withdrawnStart = HEADER_BYTES + 2;
  const withdrawnEnd = withdrawnStart + readUint16(pdu, HEADER_BYTES);
  const attributesEnd = withdrawnEnd + 2 + readUint16(pdu, withdrawnEnd);
  const multiprotocol: MultiprotocolPart[] = [];
  const attributes: Uint8Array[] = [];
  let keptFrom = withdrawnEnd + 2;
  for (let offset = keptFrom; offset < attributesEnd; ) {
    const headerBytes = ((pdu[offset] as number) & EXTENDED_LENGTH) === 0 ? 3 : 4;
    const valueBytes = headerBytes === 3 ? (pdu[offset + 2] as number) : readUint16(pdu, offset + 2);
    const end = offset + headerBytes + valueBytes;
    const part = multiprotocolPart(pdu.subarray(offset, end), headerBytes);
    if (part !== undefined) {
      multiprotocol.push(part);
      attributes.push(pdu.subarray(keptFrom, offset));
      keptFrom = end;
    }
    offset = end;
  }
  attributes.push(pdu.subarray(keptFrom, attributesEnd));
  return {
    withdrawn: pdu.subarray(withdrawnStart, withdrawnEnd),
    nlri: pdu.subarray(attributesEnd),
    multiprotocol,
    attributes,
  };
}

/** Undefined: another attribute. */
function multiprotocolPart(attribute: Uint8Array, headerBytes: number): MultiprotocolPart | undefined {
  const isReach = attribute[1] === AttributeType.mpReachNlri;
  if (!isReach && attribute[1] !== AttributeType.mpUnreachNlri) return undefined;
  const value = attribute.subarray(headerBytes);
  // Behind the next hop there is a reserved octet.
  const nlriStart = isReach ? FAMILY_BYTES + 2 + (value[FAMILY_BYTES] as number) : FAMILY_BYTES;
  return { isReach, afi: readUint16(value, 0), safi: value[2] as number, nlri: value.subarray(nlriStart), attribute };
}
