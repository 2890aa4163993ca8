/** The configuration of the server under test, as XML. */

type Leaves = Readonly<Record<string, string | number | boolean>>;

export const SERVER_AS = 65001;
export const SERVER_ROUTER_ID = "10.255.0.1";

const leaves = (values: Leaves): string =>
  Object.entries(values)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join("");

export const bgp = (...neighbors: string[]): string =>
  `<bgp xmlns="urn:bmpconfd:yang:bgp">${leaves({ "local-as": SERVER_AS, "router-id": SERVER_ROUTER_ID })}${neighbors.join("")}</bgp>`;

/** Tries again every second: tests restart neighbours. */
export const neighbor = (address: string, remoteAs: number, more: Leaves = {}): string =>
  `<neighbor>${leaves({ address, "remote-as": remoteAs, "connect-retry-time": 1, "hold-time": 9, ...more })}</neighbor>`;

export const bmp = (...content: string[]): string => `<bmp xmlns="urn:bmpconfd:yang:bmp">${content.join("")}</bmp>`;

/** A session in the public network without an alias that tries again after a second, whatever happens. */
export const session = (address: string, more: Leaves = {}): string =>
  `<bmp-session>${leaves({ "vpn-instance": "_public_", address, alias: "", ...more })}` +
  "<connect-retry><initial>1</initial><maximum>1</maximum></connect-retry></bmp-session>";

/** Removes a session; an absent one is an error. */
export const noSession = (address: string): string =>
  bmp(`<bmp-session nc:operation="delete">${leaves({ "vpn-instance": "_public_", address, alias: "" })}</bmp-session>`);

/** The relay, which listens on all addresses at `port`, and the routers that it takes. */
export const relay = (port: number, ...routers: string[]): string =>
  `<relay xmlns="urn:bmpconfd:yang:relay"><listen>${leaves({ address: "0.0.0.0", port })}</listen>` +
  `${routers.map((address) => `<router>${leaves({ address })}</router>`).join("")}</relay>`;
