import { comparableAddress } from "../bgp/ip-address.ts";
import type { BmpSessionKey } from "./config.ts";

/** Tells a session from others, however its address is written. */
export function keyOf({ vpnInstance, address, alias }: BmpSessionKey): string {
  return JSON.stringify([vpnInstance, comparableAddress(address), alias]);
}
