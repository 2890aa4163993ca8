import { type AddressFamily, IPV4_UNICAST } from "../bgp/address-family.ts";
import { BgpError } from "../bgp/codec/bgp-error.ts";
import { messageType } from "../bgp/codec/common-header.ts";
import { AttributeType, MessageType } from "../bgp/codec/iana.ts";
import { ALL_FAMILIES, type NlriContext } from "../bgp/codec/multiprotocol-nlri.ts";
import { nlriEnd, PATH_ID_BYTES } from "../bgp/codec/nlri.ts";
import { readUint16, readUint32 } from "../bgp/codec/octets.ts";
import { decodePrefixes } from "../bgp/codec/prefix.ts";
import { type Update, UpdateDecoder } from "../bgp/codec/update-decoder.ts";
import { decodeIpAddress } from "../bmp/codec/ip-address.ts";
import type { LabLimits } from "./limits.ts";

const EXTENDED_LENGTH = 0x10;
const AS_SET = 1;

/** An UPDATE in a line. A malformed one is described as such. */
export function describeUpdate(
  pdu: Uint8Array,
  isFourOctetAs: boolean,
  limits: LabLimits,
  context = ALL_FAMILIES,
): string {
  if (messageType(pdu) !== MessageType.update) return `BGP message of type ${messageType(pdu)}`;
  try {
    // What an AS_PATH may hold depends on the session, which a collector does not know: take it all.
    const update = new UpdateDecoder({ isFourOctetAs, isExternal: false }, context).decode(pdu);
    return update.endOfRib === undefined
      ? describeRoutes(update, isFourOctetAs, limits, context)
      : `End-of-RIB ${update.endOfRib.name}`;
  } catch (error) {
    if (!(error instanceof BgpError)) throw error;
    return `malformed UPDATE: ${error.message}`;
  }
}

function describeRoutes(update: Update, isFourOctetAs: boolean, limits: LabLimits, context: NlriContext): string {
  const { withdrawn, mpUnreach, nlri, mpReach, attributes, treatAsWithdraw } = update;
  const parts: string[] = [];
  const add = (verb: string, family: AddressFamily | undefined, routes: Uint8Array, suffix = "") => {
    if (family === undefined) parts.push(`${verb} routes of another address family`);
    else if (routes.length > 0) parts.push(`${verb} ${describeNlri(family, routes, limits, context)}${suffix}`);
  };
  const path = describePath(attributes, isFourOctetAs);
  const announce = treatAsWithdraw === undefined ? "announce" : `withdraw (${treatAsWithdraw.message})`;
  add("withdraw", IPV4_UNICAST, withdrawn);
  if (mpUnreach !== undefined) add("withdraw", mpUnreach.family, mpUnreach.nlri);
  add(announce, IPV4_UNICAST, nlri, `${describeNextHop(attribute(attributes, AttributeType.nextHop))}${path}`);
  if (mpReach !== undefined) add(announce, mpReach.family, mpReach.nlri, `${describeNextHop(mpReach.nextHop)}${path}`);
  return parts.length > 0 ? parts.join("; ") : "UPDATE without routes";
}

/** Prefixes, each with its Path Identifier if it has one; of other routes only how many they are. */
function describeNlri(
  family: AddressFamily,
  nlri: Uint8Array,
  { describedPrefixes }: LabLimits,
  { pathIdFamilies }: NlriContext,
): string {
  const hasPathIds = pathIdFamilies.includes(family);
  const texts: string[] = [];
  let count = 0;
  for (let offset = 0; offset < nlri.length; count++) {
    const end = nlriEnd(family, nlri, offset, hasPathIds);
    if (family.form === "prefix" && count < describedPrefixes)
      texts.push(describePrefix(family, nlri.subarray(offset, end), hasPathIds));
    offset = end;
  }
  if (family.form !== "prefix") return `${count} ${count === 1 ? "route" : "routes"} of ${family.name}`;
  return count > describedPrefixes ? `${texts.join(" ")} and ${count - describedPrefixes} more` : texts.join(" ");
}

function describePrefix(family: AddressFamily, nlri: Uint8Array, hasPathIds: boolean): string {
  if (!hasPathIds) return decodePrefixes(family, nlri).join();
  return `${decodePrefixes(family, nlri.subarray(PATH_ID_BYTES)).join()} (path ${readUint32(nlri, 0)})`;
}

/** Of two next hops the first is the global one (RFC 2545 section 3). What else a family may have is not spelt out. */
function describeNextHop(nextHop: Uint8Array | undefined): string {
  if (nextHop === undefined || ![4, 16, 32].includes(nextHop.length)) return "";
  const field = new Uint8Array(16);
  field.set(nextHop.subarray(0, 16), nextHop.length === 4 ? 12 : 0);
  return `, next hop ${decodeIpAddress(field, nextHop.length > 4)}`;
}

function describePath(attributes: Uint8Array, isFourOctetAs: boolean): string {
  const value = attribute(attributes, AttributeType.asPath);
  if (value === undefined) return "";
  const asBytes = isFourOctetAs ? 4 : 2;
  const segments: string[] = [];
  for (let offset = 0; offset + 2 <= value.length; ) {
    const start = offset + 2;
    const end = start + (value[offset + 1] as number) * asBytes;
    const numbers: number[] = [];
    for (let at = start; at + asBytes <= Math.min(end, value.length); at += asBytes) {
      numbers.push(isFourOctetAs ? readUint32(value, at) : readUint16(value, at));
    }
    segments.push(value[offset] === AS_SET ? `{${numbers.join(",")}}` : numbers.join(" "));
    offset = end;
  }
  return `, AS path ${segments.join(" ") || "empty"}`;
}

/** Value of the attribute of `type` in a well-formed list. */
function attribute(attributes: Uint8Array, type: number): Uint8Array | undefined {
  for (let offset = 0; offset < attributes.length; ) {
    const isExtended = ((attributes[offset] as number) & EXTENDED_LENGTH) !== 0;
    const length = isExtended ? readUint16(attributes, offset + 2) : (attributes[offset + 2] as number);
    const start = offset + (isExtended ? 4 : 3);
    if (attributes[offset + 1] === type) return attributes.subarray(start, start + length);
    offset = start + length;
  }
  return undefined;
}
