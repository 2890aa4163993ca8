import { isIPv6, Socket } from "node:net";
import { closeFd, openDeviceSocket } from "./linux-socket.ts";

/** Silence after which TCP asks whether the other side is still there, in ms. */
const KEEPALIVE_IDLE_MS = 60_000;

export interface DialOptions {
  /** IPv4 or IPv6 text. */
  readonly address: string;
  readonly port: number;
  readonly sourceAddress?: string;
  /** Linux device the socket is bound to, such as a VRF. */
  readonly device?: string;
}

/**
 * Opens a TCP connection. The socket tells how it went by `connect` or `error`; there is no timeout but the kernel's,
 * so the caller destroys it when it has waited enough. Throws Error if the device cannot be used.
 */
export function dial({ address, port, sourceAddress, device }: DialOptions): Socket {
  const socket = device === undefined ? new Socket() : deviceSocket(isIPv6(address) ? 6 : 4, device);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEPALIVE_IDLE_MS);
  return socket.connect({
    host: address,
    port,
    ...(sourceAddress === undefined ? {} : { localAddress: sourceAddress }),
  });
}

function deviceSocket(family: 4 | 6, device: string): Socket {
  const fd = openDeviceSocket(family, device);
  try {
    return new Socket({ fd });
  } catch (error) {
    closeFd(fd);
    throw error;
  }
}
