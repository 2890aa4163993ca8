/** The families this speaker negotiates (IANA AFI/SAFI numbers). */
export type FamilyName = "ipv4-unicast" | "ipv6-unicast";

export interface AddressFamily {
  readonly name: FamilyName;
  readonly afi: number;
  readonly safi: number;
}

export const IPV4_UNICAST: AddressFamily = { name: "ipv4-unicast", afi: 1, safi: 1 };
export const IPV6_UNICAST: AddressFamily = { name: "ipv6-unicast", afi: 2, safi: 1 };

export const ADDRESS_FAMILIES: readonly AddressFamily[] = [IPV4_UNICAST, IPV6_UNICAST];
