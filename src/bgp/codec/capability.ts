import { ADDRESS_FAMILIES, type AddressFamily } from "../address-family.ts";
import { openError } from "./bgp-error.ts";
import { CapabilityCode, OpenSubcode } from "./iana.ts";
import { concatOctets, readUint16, readUint32, uint16, uint32 } from "./octets.ts";

/** One capability of an OPEN (RFC 5492 section 4), known or not. */
export interface Capability {
  readonly code: number;
  readonly value: Uint8Array;
}

/** RFC 4760 section 8. */
export function multiprotocol(family: AddressFamily): Capability {
  return {
    code: CapabilityCode.multiprotocol,
    value: concatOctets([uint16(family.afi), Uint8Array.of(0, family.safi)]),
  };
}

/** RFC 2918 section 2. */
export const ROUTE_REFRESH: Capability = { code: CapabilityCode.routeRefresh, value: new Uint8Array(0) };

/** RFC 8654 section 3. */
export const EXTENDED_MESSAGE: Capability = { code: CapabilityCode.extendedMessage, value: new Uint8Array(0) };

/** RFC 4724 section 3, without families: no state of ours to preserve, but we know what End-of-RIB means. */
export const GRACEFUL_RESTART_AWARE: Capability = { code: CapabilityCode.gracefulRestart, value: new Uint8Array(2) };

const ADD_PATH_ENTRY_BYTES = 4;
const RECEIVE = 1;
const SEND = 2;

/** RFC 7911 section 4: several paths can be received in these families. */
export function addPathReceive(families: readonly AddressFamily[]): Capability {
  return addPath(families, RECEIVE);
}

/** RFC 7911 section 4: several paths can be sent in these families. */
export function addPathSend(families: readonly AddressFamily[]): Capability {
  return addPath(families, SEND);
}

function addPath(families: readonly AddressFamily[], direction: number): Capability {
  const entries = families.map(({ afi, safi }) => concatOctets([uint16(afi), Uint8Array.of(safi, direction)]));
  return { code: CapabilityCode.addPath, value: concatOctets(entries) };
}

/**
 * The families in which one side sends Path Identifiers to the other: it can send, and the other receive, several paths
 * (RFC 7911 section 4).
 */
export function addPathFamilies(receiver: readonly Capability[], sender: readonly Capability[]): AddressFamily[] {
  return ADDRESS_FAMILIES.filter((family) => offers(receiver, family, RECEIVE) && offers(sender, family, SEND));
}

/** Values that RFC 7911 does not define are ignored, as it asks. */
function offers(capabilities: readonly Capability[], { afi, safi }: AddressFamily, direction: number): boolean {
  return capabilities.some(({ code, value }) => {
    if (code !== CapabilityCode.addPath) return false;
    for (let offset = 0; offset < value.length; offset += ADD_PATH_ENTRY_BYTES) {
      const offered = value[offset + 3] as number;
      if (readUint16(value, offset) !== afi || value[offset + 2] !== safi) continue;
      if (offered <= (SEND | RECEIVE) && (offered & direction) !== 0) return true;
    }
    return false;
  });
}

/** RFC 6793 section 3. */
export function fourOctetAs(as: number): Capability {
  return { code: CapabilityCode.fourOctetAs, value: uint32(as) };
}

/** The AS number announced in four octets, if any. */
export function announcedFourOctetAs(capabilities: readonly Capability[]): number | undefined {
  const capability = capabilities.find(({ code }) => code === CapabilityCode.fourOctetAs);
  return capability && readUint32(capability.value, 0);
}

/** Families announced; IPv4 unicast alone for a speaker that announces none (RFC 4760 section 8). */
export function announcedFamilies(capabilities: readonly Capability[]): readonly AddressFamily[] {
  const announced = capabilities.filter(({ code }) => code === CapabilityCode.multiprotocol);
  if (announced.length === 0) return ADDRESS_FAMILIES.slice(0, 1);
  return ADDRESS_FAMILIES.filter(({ afi, safi }) =>
    announced.some(({ value }) => readUint16(value, 0) === afi && value[3] === safi),
  );
}

/** Whether the graceful restart capability was announced, and whether with any family (RFC 4724 section 3). */
export function announcedGracefulRestart(capabilities: readonly Capability[]): "none" | "aware" | "families" {
  const capability = capabilities.find(({ code }) => code === CapabilityCode.gracefulRestart);
  if (capability === undefined) return "none";
  return capability.value.length > 2 ? "families" : "aware";
}

export function encodeCapability({ code, value }: Capability): Uint8Array {
  return concatOctets([Uint8Array.of(code, value.length), value]);
}

/**
 * The capabilities of one optional parameter.
 * @throws BgpError OPEN Message Error, Unspecific: one overruns, or a known one has a length it cannot have.
 */
export function decodeCapabilities(bytes: Uint8Array): Capability[] {
  const capabilities: Capability[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const end = offset + 2 + (bytes[offset + 1] ?? Number.POSITIVE_INFINITY);
    if (end > bytes.length) throw openError(OpenSubcode.unspecific, "capability exceeds its parameter");
    const capability = { code: bytes[offset] as number, value: new Uint8Array(bytes.subarray(offset + 2, end)) };
    checkLength(capability);
    capabilities.push(capability);
    offset = end;
  }
  return capabilities;
}

function checkLength({ code, value }: Capability): void {
  if (!isLengthPossible(code, value.length))
    throw openError(OpenSubcode.unspecific, `capability ${code} of ${value.length} octets`);
}

function isLengthPossible(code: number, length: number): boolean {
  switch (code) {
    case CapabilityCode.multiprotocol:
    case CapabilityCode.fourOctetAs:
      return length === 4;
    case CapabilityCode.gracefulRestart:
      return length % 4 === 2;
    case CapabilityCode.addPath:
      return length % ADD_PATH_ENTRY_BYTES === 0;
    default:
      return true;
  }
}
