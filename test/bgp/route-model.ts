import { ADDRESS_FAMILIES, type AddressFamily, IPV4_UNICAST } from "../../src/bgp/address-family.ts";
import { UpdateDecoder } from "../../src/bgp/codec/update-decoder.ts";
import { SAMPLE_ROUTES, type SampleRoute } from "./sample-routes.ts";

/** A table made by applying UPDATEs one after the other: `routeKey` to next hop, attributes and NLRI in hex. */
export type RouteModel = Map<string, string>;

const PATH_ID_BYTES = 4;

export const toHex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

export function routeKey(family: AddressFamily, key: string): string {
  return `${family.name} ${key}`;
}

/** The sample routes that `field` is made of, keys and octets with their Path Identifiers. */
function routesIn(family: AddressFamily, field: Uint8Array, hasPathIds: boolean): SampleRoute[] {
  const found: SampleRoute[] = [];
  const idBytes = hasPathIds ? PATH_ID_BYTES : 0;
  for (let offset = 0; offset < field.length; ) {
    const start = offset + idBytes;
    const route = SAMPLE_ROUTES[family.name].find(({ nlri }) =>
      Buffer.from(nlri).equals(field.subarray(start, start + nlri.length)),
    );
    if (route === undefined) throw new Error(`${family.name}: no sample route in ${toHex(field.subarray(offset))}`);
    const end = start + route.nlri.length;
    found.push({ key: `${toHex(field.subarray(offset, start))} ${route.key}`, nlri: field.subarray(offset, end) });
    offset = end;
  }
  return found;
}

export function applyToModel(
  model: RouteModel,
  pdu: Uint8Array,
  { isExternal = true, pathIds = new Set<AddressFamily>() as ReadonlySet<AddressFamily> } = {},
): void {
  const context = { isFourOctetAs: true, isExternal };
  const { withdrawn, nlri, mpReach, mpUnreach, attributes } = new UpdateDecoder(context, {
    families: ADDRESS_FAMILIES,
    pathIdFamilies: [...pathIds],
  }).decode(pdu);
  const text = toHex(attributes);
  const withdraw = (family: AddressFamily, field: Uint8Array): void => {
    for (const { key } of routesIn(family, field, pathIds.has(family))) model.delete(routeKey(family, key));
  };
  const announce = (family: AddressFamily, field: Uint8Array, nextHop: string): void => {
    for (const route of routesIn(family, field, pathIds.has(family)))
      model.set(routeKey(family, route.key), `${nextHop} ${text} ${toHex(route.nlri)}`);
  };
  withdraw(IPV4_UNICAST, withdrawn);
  if (mpUnreach?.family !== undefined) withdraw(mpUnreach.family, mpUnreach.nlri);
  announce(IPV4_UNICAST, nlri, "-");
  if (mpReach?.family !== undefined) announce(mpReach.family, mpReach.nlri, toHex(mpReach.nextHop));
}
