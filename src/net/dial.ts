import { isIPv6, Socket } from "node:net";
import {
  closeFd,
  type Keepalive,
  type LinuxSocketOptions,
  type Network,
  openTcpSocket,
  setTimeouts,
} from "./linux-socket.ts";
import { secure, type TlsOptions } from "./tls.ts";

const MS_PER_S = 1000;

/** What Node can set: the time of silence is free, the rest is as it always is. */
export const USUAL_KEEPALIVE: Keepalive = { idleS: 60, intervalS: 1, count: 10 };

/** When a connection is given up. */
export interface TcpTimeouts {
  readonly keepalive: Keepalive;
  /** Seconds that what was sent may stay unacknowledged; undefined = as long as the kernel sends it again. */
  readonly userTimeoutS?: number;
}

export interface DialOptions extends Partial<TcpTimeouts>, Network {
  /** IPv4 or IPv6 text. */
  readonly address: string;
  readonly port: number;
  readonly sourceAddress?: string;
  /** Key that both sides sign their segments with (RFC 2385), 1 to 80 octets. */
  readonly md5Key?: string;
  readonly tls?: TlsOptions;
}

/**
 * Opens a TCP connection. The socket tells how it went by `connect`, with TLS by `secureConnect`, or by `error`; there
 * is no timeout but the kernel's, so the caller destroys it when it has waited enough. Throws Error if the socket cannot
 * be as it is to be.
 */
export function dial(options: DialOptions): Socket {
  const {
    address,
    port,
    sourceAddress,
    device,
    namespace,
    md5Key,
    keepalive = USUAL_KEEPALIVE,
    userTimeoutS,
    tls,
  } = options;
  const isUsual =
    device === undefined && namespace === undefined && md5Key === undefined && !needsLinux({ ...options, keepalive });
  const socket = isUsual
    ? new Socket().setKeepAlive(true, keepalive.idleS * MS_PER_S)
    : linuxSocket(isIPv6(address) ? 6 : 4, {
        keepalive,
        ...(device !== undefined && { device }),
        ...(namespace !== undefined && { namespace }),
        ...(md5Key !== undefined && { md5: { address, key: md5Key } }),
        ...(userTimeoutS !== undefined && { userTimeoutS }),
      });
  socket.setNoDelay(true);
  socket.connect({
    host: address,
    port,
    ...(sourceAddress === undefined ? {} : { localAddress: sourceAddress }),
  });
  if (tls === undefined) return socket;
  try {
    return secure(socket, address, tls);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Gives a connection that was accepted its timeouts. Throws Error if it cannot have them. */
export function settle(socket: Socket, { keepalive, userTimeoutS }: TcpTimeouts): void {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepalive.idleS * MS_PER_S);
  if (needsLinux({ keepalive, ...(userTimeoutS !== undefined && { userTimeoutS }) }))
    setTimeouts(socket, keepalive, userTimeoutS ?? 0);
}

/** Whether Node alone cannot give a socket these timeouts. */
export const needsLinux = ({ keepalive, userTimeoutS }: TcpTimeouts): boolean =>
  userTimeoutS !== undefined ||
  keepalive.intervalS !== USUAL_KEEPALIVE.intervalS ||
  keepalive.count !== USUAL_KEEPALIVE.count;

function linuxSocket(family: 4 | 6, options: LinuxSocketOptions): Socket {
  const fd = openTcpSocket(family, options);
  try {
    return new Socket({ fd });
  } catch (error) {
    closeFd(fd);
    throw error;
  }
}
