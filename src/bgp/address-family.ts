/** The families this speaker can negotiate, named as in the YANG model. */
export type FamilyName =
  | "ipv4-unicast"
  | "ipv6-unicast"
  | "ipv4-labeled-unicast"
  | "ipv6-labeled-unicast"
  | "l3vpn-ipv4-unicast"
  | "l3vpn-ipv6-unicast"
  | "l2vpn-evpn"
  | "ipv4-flowspec"
  | "ipv6-flowspec"
  | "l3vpn-ipv4-flowspec"
  | "l3vpn-ipv6-flowspec"
  | "link-state"
  | "ipv4-multicast"
  | "ipv6-multicast"
  | "ipv4-mvpn"
  | "ipv6-mvpn"
  | "l2vpn-vpls"
  | "route-target-constraint"
  | "ipv4-sr-policy"
  | "ipv6-sr-policy";

/**
 * What an NLRI of the family looks like: a prefix (RFC 4271), one behind a label (RFC 8277), one behind a label and a
 * Route Distinguisher (RFC 4364), type and length (RFC 7432), a flow specification (RFC 8955), or type and length of
 * two octets each (RFC 9552). Of the last three nothing is known but where they end: behind a type of one octet and a
 * length of one (RFC 6514), a length of two octets (RFC 4761), or a length in bits (RFC 4684).
 */
export type NlriForm =
  | "prefix"
  | "labeled-prefix"
  | "vpn-prefix"
  | "evpn"
  | "flow"
  | "link-state"
  | "type-and-length"
  | "octet-length"
  | "bit-length";

/** An address family, with the numbers that IANA has given it. */
export interface AddressFamily {
  readonly name: FamilyName;
  readonly afi: number;
  readonly safi: number;
  readonly form: NlriForm;
}

export const IPV4_UNICAST: AddressFamily = { name: "ipv4-unicast", afi: 1, safi: 1, form: "prefix" };
export const IPV6_UNICAST: AddressFamily = { name: "ipv6-unicast", afi: 2, safi: 1, form: "prefix" };

/** All of them; the order is that of dumps and state. */
export const ADDRESS_FAMILIES: readonly AddressFamily[] = [
  IPV4_UNICAST,
  IPV6_UNICAST,
  { name: "ipv4-labeled-unicast", afi: 1, safi: 4, form: "labeled-prefix" },
  { name: "ipv6-labeled-unicast", afi: 2, safi: 4, form: "labeled-prefix" },
  { name: "l3vpn-ipv4-unicast", afi: 1, safi: 128, form: "vpn-prefix" },
  { name: "l3vpn-ipv6-unicast", afi: 2, safi: 128, form: "vpn-prefix" },
  { name: "l2vpn-evpn", afi: 25, safi: 70, form: "evpn" },
  { name: "ipv4-flowspec", afi: 1, safi: 133, form: "flow" },
  { name: "ipv6-flowspec", afi: 2, safi: 133, form: "flow" },
  { name: "l3vpn-ipv4-flowspec", afi: 1, safi: 134, form: "flow" },
  { name: "l3vpn-ipv6-flowspec", afi: 2, safi: 134, form: "flow" },
  { name: "link-state", afi: 16388, safi: 71, form: "link-state" },
  { name: "ipv4-multicast", afi: 1, safi: 2, form: "prefix" },
  { name: "ipv6-multicast", afi: 2, safi: 2, form: "prefix" },
  { name: "ipv4-mvpn", afi: 1, safi: 5, form: "type-and-length" },
  { name: "ipv6-mvpn", afi: 2, safi: 5, form: "type-and-length" },
  { name: "l2vpn-vpls", afi: 25, safi: 65, form: "octet-length" },
  { name: "route-target-constraint", afi: 1, safi: 132, form: "bit-length" },
  { name: "ipv4-sr-policy", afi: 1, safi: 73, form: "bit-length" },
  { name: "ipv6-sr-policy", afi: 2, safi: 73, form: "bit-length" },
];
