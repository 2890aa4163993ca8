import { createHash } from "node:crypto";
import ipaddr from "ipaddr.js";

/** RFC 4364 section 4.2. */
const TYPE_AS = 0;
const TYPE_ADDRESS = 1;
const TYPE_FOUR_OCTET_AS = 2;
const MAX_TWO_OCTET_AS = 65_535;

/**
 * A Route Distinguisher as 64 bits (RFC 4364 section 4.2), from `AS:number` or `address:number`: type 0 for an AS number
 * of two octets, 2 for one that needs four, 1 for an IPv4 address.
 */
export function routeDistinguisher(text: string): bigint {
  const [administrator = "", assigned = ""] = text.split(":");
  const octets = Buffer.alloc(8);
  if (administrator.includes(".")) {
    octets.writeUInt16BE(TYPE_ADDRESS, 0);
    octets.set(ipaddr.IPv4.parse(administrator).octets, 2);
    octets.writeUInt16BE(Number(assigned), 6);
  } else if (Number(administrator) <= MAX_TWO_OCTET_AS) {
    octets.writeUInt16BE(TYPE_AS, 0);
    octets.writeUInt16BE(Number(administrator), 2);
    octets.writeUInt32BE(Number(assigned), 4);
  } else {
    octets.writeUInt16BE(TYPE_FOUR_OCTET_AS, 0);
    octets.writeUInt32BE(Number(administrator), 2);
    octets.writeUInt16BE(Number(assigned), 6);
  }
  return octets.readBigUInt64BE();
}

/**
 * What tells a routing instance that has no Route Distinguisher (RFC 7854 section 4.2, peer type 2): 64 bits that follow
 * from its name, so that they are the same after a restart, and whatever other instances there are.
 */
export function localDistinguisher(name: string): bigint {
  const number = createHash("sha256").update(name).digest().readBigUInt64BE();
  // 0 is the global instance.
  return number === 0n ? 1n : number;
}
