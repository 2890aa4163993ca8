import { openError } from "./bgp-error.ts";
import { announcedFourOctetAs, type Capability, decodeCapabilities, encodeCapability } from "./capability.ts";
import { encodeMessage, HEADER_BYTES } from "./common-header.ts";
import { AS_TRANS, MessageType, OpenSubcode } from "./iana.ts";
import { concatOctets, readUint16, readUint32, uint16, uint32 } from "./octets.ts";

const VERSION = 4;
const PARAMETERS_LENGTH_OFFSET = HEADER_BYTES + 9;
const CAPABILITIES_PARAMETER = 2; // RFC 5492
const EXTENDED_LENGTH = 255; // RFC 9072: as length and as type of the first parameter

/** OPEN (RFC 4271 section 4.2). */
export interface Open {
  /** The sender's AS number: of the 4-octet AS capability if it is there, else of the My Autonomous System field. */
  readonly as: number;
  readonly holdTimeS: number;
  /** 32 bits. */
  readonly bgpId: number;
  readonly capabilities: readonly Capability[];
}

/** Announces `open.as` in the 2-octet field only; add the capability `fourOctetAs` for the rest (RFC 6793). */
export function encodeOpen(open: Open): Uint8Array {
  const capabilities = concatOctets(open.capabilities.map(encodeCapability));
  const parameters =
    capabilities.length === 0
      ? capabilities
      : concatOctets([Uint8Array.of(CAPABILITIES_PARAMETER, capabilities.length), capabilities]);
  if (parameters.length >= EXTENDED_LENGTH) throw new RangeError(`${parameters.length} octets of optional parameters`);
  return encodeMessage(
    MessageType.open,
    Uint8Array.of(VERSION),
    uint16(open.as > 0xffff ? AS_TRANS : open.as),
    uint16(open.holdTimeS),
    uint32(open.bgpId),
    Uint8Array.of(parameters.length),
    parameters,
  );
}

/**
 * Decodes and checks all that does not depend on configuration.
 * @throws BgpError OPEN Message Error (RFC 4271 section 6.2).
 */
export function decodeOpen(pdu: Uint8Array): Open {
  const version = pdu[HEADER_BYTES];
  if (version !== VERSION)
    throw openError(OpenSubcode.unsupportedVersionNumber, `BGP version ${version}`, uint16(VERSION));
  const capabilities = decodeParameters(pdu);
  const as = announcedFourOctetAs(capabilities) ?? readUint16(pdu, HEADER_BYTES + 1);
  const holdTimeS = readUint16(pdu, HEADER_BYTES + 3);
  const bgpId = readUint32(pdu, HEADER_BYTES + 5);
  if (as === 0) throw openError(OpenSubcode.badPeerAs, "AS number 0 (RFC 7607)");
  if (holdTimeS === 1 || holdTimeS === 2)
    throw openError(OpenSubcode.unacceptableHoldTime, `Hold Time of ${holdTimeS} s`, uint16(holdTimeS));
  if (bgpId === 0) throw openError(OpenSubcode.badBgpIdentifier, "BGP Identifier 0.0.0.0");
  return { as, holdTimeS, bgpId, capabilities };
}

function decodeParameters(pdu: Uint8Array): Capability[] {
  let lengthBytes = 1;
  let length = pdu[PARAMETERS_LENGTH_OFFSET] as number;
  let offset = PARAMETERS_LENGTH_OFFSET + 1;
  if (length === EXTENDED_LENGTH && pdu[offset] === EXTENDED_LENGTH && offset + 3 <= pdu.length) {
    lengthBytes = 2;
    length = readUint16(pdu, offset + 1);
    offset += 3;
  }
  if (offset + length !== pdu.length)
    throw openError(OpenSubcode.unspecific, `optional parameters of ${length} octets in ${pdu.length - offset}`);

  const capabilities: Capability[] = [];
  while (offset < pdu.length) {
    const type = pdu[offset] as number;
    const start = offset + 1 + lengthBytes;
    const end = start > pdu.length ? start : start + readLength(pdu, offset + 1, lengthBytes);
    if (end > pdu.length) throw openError(OpenSubcode.unspecific, "optional parameter exceeds the message");
    if (type !== CAPABILITIES_PARAMETER)
      throw openError(OpenSubcode.unsupportedOptionalParameter, `optional parameter ${type}`);
    capabilities.push(...decodeCapabilities(pdu.subarray(start, end)));
    offset = end;
  }
  return capabilities;
}

function readLength(pdu: Uint8Array, offset: number, lengthBytes: number): number {
  return lengthBytes === 1 ? (pdu[offset] as number) : readUint16(pdu, offset);
}
