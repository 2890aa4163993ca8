import { endianness } from "node:os";
import ipaddr from "ipaddr.js";

export const AF_INET = 2;
export const AF_INET6 = 10;
// struct sockaddr_in and sockaddr_in6 of netinet/in.h: family, port, (flow,) address(, scope).
const SOCKADDR_IN_BYTES = 16;
const SOCKADDR_IN6_BYTES = 28;
const PORT_AT = 2;
const ADDRESS_AT = 4;
const ADDRESS_AT_IN6 = 8;

/** `sockaddr_in` or `sockaddr_in6`: an IPv6 socket knows IPv4 addresses as mapped ones. */
export function socketAddress(family: 4 | 6, address: string, port: number): Buffer {
  const bytes = Buffer.alloc(family === 6 ? SOCKADDR_IN6_BYTES : SOCKADDR_IN_BYTES);
  writeUInt16(bytes, family === 6 ? AF_INET6 : AF_INET, 0);
  bytes.writeUInt16BE(port, PORT_AT);
  const parsed = ipaddr.process(address);
  const isMapped = family === 6 && parsed.kind() === "ipv4";
  bytes.set(
    (isMapped ? (parsed as ipaddr.IPv4).toIPv4MappedAddress() : parsed).toByteArray(),
    family === 6 ? ADDRESS_AT_IN6 : ADDRESS_AT,
  );
  return bytes;
}

/** In the byte order of this machine. */
export function writeUInt16(option: Buffer, value: number, at: number): void {
  if (endianness() === "LE") option.writeUInt16LE(value, at);
  else option.writeUInt16BE(value, at);
}
