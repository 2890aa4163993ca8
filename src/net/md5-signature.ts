import { socketAddress, writeUInt16 } from "./socket-address.ts";

// struct tcp_md5sig of linux/tcp.h: sockaddr_storage, flags, prefix length, key length, interface, key.
const SOCKADDR_STORAGE_BYTES = 128;
const KEY_LENGTH_AT = SOCKADDR_STORAGE_BYTES + 2;
const KEY_AT = SOCKADDR_STORAGE_BYTES + 8;
const MAX_KEY_BYTES = 80;

/** Who has which key for TCP MD5 signatures (RFC 2385). */
export interface Md5Key {
  /** IPv4 or IPv6 text. */
  readonly address: string;
  /** 1 to 80 octets; "" takes the key back. */
  readonly key: string;
}

/** The value of socket option TCP_MD5SIG, for a socket of `family`. */
export function md5Signature(family: 4 | 6, { address, key }: Md5Key): Buffer {
  const option = Buffer.alloc(KEY_AT + MAX_KEY_BYTES);
  const octets = Buffer.from(key);
  if (octets.length > MAX_KEY_BYTES) throw new Error(`a TCP MD5 key has at most ${MAX_KEY_BYTES} octets`);
  option.set(socketAddress(family, address, 0), 0);
  writeUInt16(option, octets.length, KEY_LENGTH_AT);
  option.set(octets, KEY_AT);
  return option;
}
