import { isIPv6, type Server, type Socket } from "node:net";
import { constants } from "node:os";
import { errnoName, libC } from "./lib-c.ts";
import { type Md5Key, md5Signature } from "./md5-signature.ts";
import { inNamespace } from "./network-namespace.ts";
import { AF_INET, AF_INET6, socketAddress } from "./socket-address.ts";

// Node has no way to bind a socket to a device, to open it in a network namespace, or to sign segments.

const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_KEEPALIVE = 9;
const SO_BINDTODEVICE = 25;
const IPPROTO_TCP = 6;
const TCP_KEEPIDLE = 4;
const TCP_KEEPINTVL = 5;
const TCP_KEEPCNT = 6;
const TCP_MD5SIG = 14;
const TCP_USER_TIMEOUT = 18;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
/** IFNAMSIZ less the final NUL. The kernel cuts longer names instead of refusing them. */
const MAX_DEVICE_NAME_BYTES = 15;
const MS_PER_S = 1000;

/** When silence is looked into. */
export interface Keepalive {
  /** Seconds of silence after which TCP asks whether the other side is still there. */
  readonly idleS: number;
  /** Seconds between two such questions. */
  readonly intervalS: number;
  /** Questions without an answer after which the connection is given up. */
  readonly count: number;
}

/** Which network a socket is in: with neither, that of the process. */
export interface Network {
  /** Device that its traffic goes through, and no other, such as a VRF. */
  readonly device?: string;
  /** Network namespace that it is opened in, by its name in /run/netns. */
  readonly namespace?: string;
}

/** What a socket has that Node cannot give it. */
export interface LinuxSocketOptions extends Network {
  /** Signs its segments (RFC 2385). */
  readonly md5?: Md5Key;
  readonly keepalive?: Keepalive;
  /** Seconds that what was sent may stay unacknowledged before the connection is given up (RFC 5482). */
  readonly userTimeoutS?: number;
}

/**
 * A non-blocking TCP socket, as a file descriptor that the caller owns. Throws Error that says what is wrong: no koffi,
 * no such device or namespace, no TCP MD5 in the kernel, not permitted.
 */
export function openTcpSocket(family: 4 | 6, { device, namespace, md5, keepalive, userTimeoutS }: LinuxSocketOptions) {
  const open = () =>
    openSocket(family, (fd) => {
      if (device !== undefined) bindToDevice(fd, device);
      if (md5 !== undefined) setMd5Key(fd, family, md5);
      if (keepalive !== undefined) setKeepalive(fd, keepalive);
      if (userTimeoutS !== undefined) setUserTimeout(fd, userTimeoutS);
    });
  return namespace === undefined ? open() : inNamespace(namespace, open);
}

/**
 * A TCP socket that is bound to an address of a network, and does not listen yet. As Node binds them: one for `::` takes
 * IPv4, too. Throws Error like `openTcpSocket`, with the system's `code` if the address cannot be had.
 */
export function bindTcpSocket(address: string, port: number, { device, namespace }: Network): number {
  const family = isIPv6(address) ? 6 : 4;
  const bind = () =>
    openSocket(family, (fd) => {
      setNumber(fd, SOL_SOCKET, SO_REUSEADDR, 1);
      if (family === 6) setNumber(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
      if (device !== undefined) bindToDevice(fd, device);
      const name = socketAddress(family, address, port);
      if (libC().bind(fd, name, name.length) === 0) return;
      const code = errnoName(libC().errno());
      throw Object.assign(new Error(`bind ${code} ${address}:${port}`), { code });
    });
  return namespace === undefined ? bind() : inNamespace(namespace, bind);
}

/** The socket is closed again if `prepare` throws. */
function openSocket(family: 4 | 6, prepare: (fd: number) => void): number {
  const libc = libC();
  const fd = libc.socket(family === 6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw new Error(`cannot open a socket: ${errnoName(libc.errno())}`);
  try {
    prepare(fd);
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
 * The file descriptor of a server that listens, or of a socket that is connected. Node has no public way to it, so that
 * another version may have none: throws Error then, and nobody goes on without what was to be set.
 */
export function fdOf(owner: Server | Socket): number {
  const fd = (owner as { readonly _handle?: { readonly fd?: unknown } | null })._handle?.fd;
  if (typeof fd !== "number" || fd < 0) throw new Error(`Node.js ${process.version} does not tell a file descriptor`);
  return fd;
}

/**
 * Has a listening server demand signatures of an address, or none any more with the key "". Throws Error that says what
 * is wrong.
 */
export function setListenerMd5Key(server: Server, md5: Md5Key): void {
  const bound = server.address();
  setMd5Key(fdOf(server), typeof bound === "object" && bound?.family === "IPv6" ? 6 : 4, md5);
}

/** How many of `wanted` addresses can have keys on one listener: the kernel bounds it (net.core.optmem_max). */
export function md5Capacity(wanted: number): number {
  const fd = openTcpSocket(6, {});
  try {
    for (let count = 0; count < wanted; count++) {
      const address = `fd00::${(count >>> 16).toString(16)}:${(count & 0xffff).toString(16)}`;
      const errno = setOption(fd, IPPROTO_TCP, TCP_MD5SIG, md5Signature(6, { address, key: "any" }));
      if (errno !== 0) return count;
    }
    return wanted;
  } finally {
    closeFd(fd);
  }
}

/** Gives a connected socket timeouts that Node cannot give it. Throws Error that says what is wrong. */
export function setTimeouts(socket: Socket, keepalive: Keepalive, userTimeoutS: number): void {
  const fd = fdOf(socket);
  setKeepalive(fd, keepalive);
  setUserTimeout(fd, userTimeoutS);
}

/** Why connections cannot be opened in that network now, or undefined if they can. */
export const networkProblem = (network: Network): string | undefined => socketProblem(network);

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

/** `seconds` 0: as long as the kernel sends again. */
function setUserTimeout(fd: number, seconds: number): void {
  setNumber(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, seconds * MS_PER_S);
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
