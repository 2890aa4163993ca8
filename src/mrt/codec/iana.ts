/** Code points of the MRT format as IANA registers them (RFC 6396 section 11, RFC 8050 section 5). */

export const MrtType = { tableDumpV2: 13, bgp4mp: 16, bgp4mpEt: 17 } as const;

/** Every type that a record may have, those that nobody writes any more among them (RFC 6396 section 4, appendix B). */
export const REGISTERED_TYPES: ReadonlySet<number> = new Set([
  ...Array.from({ length: 14 }, (_, type) => type),
  16,
  17,
  32,
  33,
  48,
  49,
]);

export const TableDumpV2Subtype = {
  peerIndexTable: 1,
  ribIpv4Unicast: 2,
  ribIpv4Multicast: 3,
  ribIpv6Unicast: 4,
  ribIpv6Multicast: 5,
  ribGeneric: 6,
  ribIpv4UnicastAddPath: 8,
  ribIpv4MulticastAddPath: 9,
  ribIpv6UnicastAddPath: 10,
  ribIpv6MulticastAddPath: 11,
  ribGenericAddPath: 12,
} as const;

export const Bgp4mpSubtype = {
  stateChange: 0,
  message: 1,
  messageAs4: 4,
  stateChangeAs4: 5,
  messageLocal: 6,
  messageAs4Local: 7,
  messageAddPath: 8,
  messageAs4AddPath: 9,
  messageLocalAddPath: 10,
  messageAs4LocalAddPath: 11,
} as const;

/** Of the BGP FSM states in a state change (RFC 6396 section 4.4.1). */
export const ESTABLISHED = 6;
