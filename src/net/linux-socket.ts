import { createRequire } from "node:module";
import type { Server } from "node:net";
import { constants } from "node:os";
import { type Md5Key, md5Signature } from "./md5-signature.ts";

// The only file that calls the C library. Node has no way to bind a socket to a device, or to sign segments.

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_BINDTODEVICE = 25;
const SO_KEEPALIVE = 9;
const IPPROTO_TCP = 6;
const TCP_KEEPIDLE = 4;
const TCP_KEEPINTVL = 5;
const TCP_KEEPCNT = 6;
const TCP_MD5SIG = 14;
const TCP_USER_TIMEOUT = 18;
/** IFNAMSIZ less the final NUL. The kernel cuts longer names instead of refusing them. */
const MAX_DEVICE_NAME_BYTES = 15;
const MS_PER_S = 1000;

/** The part of koffi in use; written down here because the package is optional. */
interface Koffi {
  /** `null`: what the process itself has loaded. */
  load(library: null): { func(prototype: string): (...values: unknown[]) => number };
  errno(): number;
}

interface LibC {
  readonly socket: (...values: unknown[]) => number;
  readonly setsockopt: (...values: unknown[]) => number;
  readonly close: (...values: unknown[]) => number;
  readonly errno: () => number;
}

let loaded: LibC | undefined;

/** Loaded at first use: whoever uses none of this needs no koffi. */
function libC(): LibC {
  if (loaded !== undefined) return loaded;
  let koffi: Koffi;
  try {
    koffi = createRequire(import.meta.url)("koffi") as Koffi;
  } catch (cause) {
    throw new Error("this needs the optional package koffi, which cannot be loaded here", { cause });
  }
  const library = koffi.load(null);
  loaded = {
    socket: library.func("int socket(int, int, int)"),
    setsockopt: library.func("int setsockopt(int, int, int, const void *, uint32_t)"),
    close: library.func("int close(int)"),
    errno: () => koffi.errno(),
  };
  return loaded;
}

/** When silence is looked into. */
export interface Keepalive {
  /** Seconds of silence after which TCP asks whether the other side is still there. */
  readonly idleS: number;
  /** Seconds between two such questions. */
  readonly intervalS: number;
  /** Questions without an answer after which the connection is given up. */
  readonly count: number;
}

/** What a socket has that Node cannot give it. */
export interface LinuxSocketOptions {
  /** Device that its traffic goes through, and no other. */
  readonly device?: string;
  /** Signs its segments (RFC 2385). */
  readonly md5?: Md5Key;
  readonly keepalive?: Keepalive;
  /** Seconds that what was sent may stay unacknowledged before the connection is given up (RFC 5482). */
  readonly userTimeoutS?: number;
}

/**
 * A non-blocking TCP socket, as a file descriptor that the caller owns. Throws Error that says what is wrong: no koffi,
 * no such device, no TCP MD5 in the kernel, not permitted.
 */
export function openTcpSocket(family: 4 | 6, { device, md5, keepalive, userTimeoutS }: LinuxSocketOptions): number {
  const libc = libC();
  const fd = libc.socket(family === 6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw new Error(`cannot open a socket: ${errnoName(libc.errno())}`);
  try {
    if (device !== undefined) bindToDevice(fd, device);
    if (md5 !== undefined) setMd5Key(fd, family, md5);
    if (keepalive !== undefined) setKeepalive(fd, keepalive);
    if (userTimeoutS !== undefined) setNumber(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, userTimeoutS * MS_PER_S);
    return fd;
  } catch (error) {
    libc.close(fd);
    throw error;
  }
}

export function closeFd(fd: number): void {
  libC().close(fd);
}

/**
 * Has a listening server demand signatures of an address, or none any more with the key "". Throws Error that says what
 * is wrong.
 */
export function setListenerMd5Key(server: Server, md5: Md5Key): void {
  const bound = server.address();
  // Node has no public way to it.
  const { fd } = (server as unknown as { readonly _handle: { readonly fd: number } })._handle;
  setMd5Key(fd, typeof bound === "object" && bound?.family === "IPv6" ? 6 : 4, md5);
}

/** Why connections cannot be opened through `device` now, or undefined if they can. */
export const deviceProblem = (device: string): string | undefined => socketProblem({ device });

/** Why segments cannot be signed here, or undefined if they can. */
export const md5Problem = (): string | undefined => socketProblem({ md5: { address: "127.0.0.1", key: "any" } });

/** Why a connection cannot have these timeouts here, or undefined if it can. */
export const timeoutProblem = (options: Pick<LinuxSocketOptions, "keepalive" | "userTimeoutS">): string | undefined =>
  socketProblem(options);

function socketProblem(options: LinuxSocketOptions): string | undefined {
  try {
    closeFd(openTcpSocket(4, options));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function bindToDevice(fd: number, device: string): void {
  const name = Buffer.from(device);
  if (name.length === 0 || name.length > MAX_DEVICE_NAME_BYTES || name.includes(0)) {
    throw new Error(`"${device}" is not the name of a device: 1 to ${MAX_DEVICE_NAME_BYTES} bytes`);
  }
  const errno = setOption(fd, SOL_SOCKET, SO_BINDTODEVICE, name);
  if (errno === constants.errno.ENODEV) throw new Error(`device ${device} does not exist`);
  if (errno !== 0) throw new Error(`cannot bind a socket to device ${device}: ${errnoName(errno)}`);
}

function setMd5Key(fd: number, family: 4 | 6, md5: Md5Key): void {
  const errno = setOption(fd, IPPROTO_TCP, TCP_MD5SIG, md5Signature(family, md5));
  // A key that is not there need not be taken back.
  if (errno === 0 || (md5.key === "" && errno === constants.errno.ENOENT)) return;
  throw new Error(
    errno === constants.errno.ENOPROTOOPT
      ? "this kernel has no TCP MD5 (CONFIG_TCP_MD5SIG)"
      : `cannot set a TCP MD5 key: ${errnoName(errno)}`,
  );
}

function setKeepalive(fd: number, { idleS, intervalS, count }: Keepalive): void {
  setNumber(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  setNumber(fd, IPPROTO_TCP, TCP_KEEPIDLE, idleS);
  setNumber(fd, IPPROTO_TCP, TCP_KEEPINTVL, intervalS);
  setNumber(fd, IPPROTO_TCP, TCP_KEEPCNT, count);
}

function setNumber(fd: number, level: number, name: number, value: number): void {
  const errno = setOption(fd, level, name, Buffer.from(Int32Array.of(value).buffer));
  if (errno !== 0) throw new Error(`cannot set socket option ${name} to ${value}: ${errnoName(errno)}`);
}

/** Gives errno, 0 if all is well. */
function setOption(fd: number, level: number, name: number, value: Buffer): number {
  const libc = libC();
  return libc.setsockopt(fd, level, name, value, value.length) < 0 ? libc.errno() : 0;
}

function errnoName(errno: number): string {
  return Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
}
