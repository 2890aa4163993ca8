import { endianness } from "node:os";
import ipaddr from "ipaddr.js";

// struct tcp_md5sig of linux/tcp.h: sockaddr_storage, flags, prefix length, key length, interface, key.
const SOCKADDR_STORAGE_BYTES = 128;
const KEY_LENGTH_AT = SOCKADDR_STORAGE_BYTES + 2;
const KEY_AT = SOCKADDR_STORAGE_BYTES + 8;
const MAX_KEY_BYTES = 80;
const AF_INET = 2;
const AF_INET6 = 10;
const SOCKADDR_IN_ADDRESS_AT = 4;
const SOCKADDR_IN6_ADDRESS_AT = 8;

/** Who has which key for TCP MD5 signatures (RFC 2385). */
export interface Md5Key {
  /** IPv4 or IPv6 text. */
  readonly address: string;
  /** 1 to 80 octets; "" takes the key back. */
  readonly key: string;
}

/** The value of socket option TCP_MD5SIG, for a socket of `family`: an IPv6 socket knows IPv4 addresses as mapped ones. */
export function md5Signature(family: 4 | 6, { address, key }: Md5Key): Buffer {
  const option = Buffer.alloc(KEY_AT + MAX_KEY_BYTES);
  const octets = Buffer.from(key);
  if (octets.length > MAX_KEY_BYTES) throw new Error(`a TCP MD5 key has at most ${MAX_KEY_BYTES} octets`);
  const parsed = ipaddr.process(address);
  const isMapped = family === 6 && parsed.kind() === "ipv4";
  const bytes = (isMapped ? (parsed as ipaddr.IPv4).toIPv4MappedAddress() : parsed).toByteArray();
  writeUInt16(option, family === 6 ? AF_INET6 : AF_INET, 0);
  option.set(bytes, family === 6 ? SOCKADDR_IN6_ADDRESS_AT : SOCKADDR_IN_ADDRESS_AT);
  writeUInt16(option, octets.length, KEY_LENGTH_AT);
  option.set(octets, KEY_AT);
  return option;
}

function writeUInt16(option: Buffer, value: number, at: number): void {
  if (endianness() === "LE") option.writeUInt16LE(value, at);
  else option.writeUInt16BE(value, at);
}
