import { type AddressFamily, IPV4_UNICAST } from "../../src/bgp/address-family.ts";
import { decodePrefixes } from "../../src/bgp/codec/prefix.ts";
import { UpdateDecoder } from "../../src/bgp/codec/update-decoder.ts";

/** A table made by applying UPDATEs one after the other: "family prefix" to next hop and attributes in hex. */
export type RouteModel = Map<string, string>;

export function routeKey(family: AddressFamily, prefix: string): string {
  return `${family.name} ${prefix}`;
}

export function applyToModel(model: RouteModel, pdu: Uint8Array, isExternal = true): void {
  const { withdrawn, nlri, mpReach, mpUnreach, attributes } = new UpdateDecoder({
    isFourOctetAs: true,
    isExternal,
  }).decode(pdu);
  const text = Buffer.from(attributes).toString("hex");
  const keys = (family: AddressFamily | undefined, field: Uint8Array): string[] =>
    family === undefined ? [] : decodePrefixes(family, field).map((prefix) => routeKey(family, prefix));
  for (const key of keys(IPV4_UNICAST, withdrawn)) model.delete(key);
  if (mpUnreach !== undefined) for (const key of keys(mpUnreach.family, mpUnreach.nlri)) model.delete(key);
  for (const key of keys(IPV4_UNICAST, nlri)) model.set(key, `- ${text}`);
  if (mpReach !== undefined)
    for (const key of keys(mpReach.family, mpReach.nlri))
      model.set(key, `${Buffer.from(mpReach.nextHop).toString("hex")} ${text}`);
}
