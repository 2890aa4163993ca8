/** Who is who in the lab. The AS numbers are for private use (RFC 6996), the BGP Identifiers from RFC 5737. */
export const LAB_SPEAKER = Object.freeze({ as: 65000, routerId: "192.0.2.1" });

/** All of 127.0.0.0/8 is the loopback interface's on Linux, so that the neighbour can have an address of its own. */
export const LAB_NEIGHBOR = Object.freeze({ address: "127.0.0.2", as: 64512, routerId: "192.0.2.2", holdTimeS: 30 });

/** The model's default port of a monitoring server. */
export const DEFAULT_COLLECTOR_PORT = 11_019;

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Where to connect to on this host to reach a listener; those on all addresses take IPv4 too. */
export function reachable({ address, port }: Endpoint): Endpoint {
  return { address: address === "0.0.0.0" || address === "::" ? "127.0.0.1" : address, port };
}

/** `127.0.0.1:830`, `[::1]:830`. */
export function formatEndpoint({ address, port }: Endpoint): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
