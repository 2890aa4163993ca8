import { isIPv6, Socket } from "node:net";
import { closeFd, type LinuxSocketOptions, openTcpSocket } from "./linux-socket.ts";

/** Silence after which TCP asks whether the other side is still there, in ms. */
const KEEPALIVE_IDLE_MS = 60_000;

export interface DialOptions {
  /** IPv4 or IPv6 text. */
  readonly address: string;
  readonly port: number;
  readonly sourceAddress?: string;
  /** Linux device the socket is bound to, such as a VRF. */
  readonly device?: string;
  /** Key that both sides sign their segments with (RFC 2385), 1 to 80 octets. */
  readonly md5Key?: string;
}

/**
 * Opens a TCP connection. The socket tells how it went by `connect` or `error`; there is no timeout but the kernel's,
 * so the caller destroys it when it has waited enough. Throws Error if device or key cannot be used.
 */
export function dial({ address, port, sourceAddress, device, md5Key }: DialOptions): Socket {
  const socket =
    device === undefined && md5Key === undefined
      ? new Socket()
      : linuxSocket(isIPv6(address) ? 6 : 4, {
          ...(device !== undefined && { device }),
          ...(md5Key !== undefined && { md5: { address, key: md5Key } }),
        });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEPALIVE_IDLE_MS);
  return socket.connect({
    host: address,
    port,
    ...(sourceAddress === undefined ? {} : { localAddress: sourceAddress }),
  });
}

function linuxSocket(family: 4 | 6, options: LinuxSocketOptions): Socket {
  const fd = openTcpSocket(family, options);
  try {
    return new Socket({ fd });
  } catch (error) {
    closeFd(fd);
    throw error;
  }
}
