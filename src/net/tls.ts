import type { Socket } from "node:net";
import { checkServerIdentity, connect, TLSSocket } from "node:tls";

/** How a connection is secured. All certificates and keys are PEM text. */
export interface TlsOptions {
  /** Name that the server's certificate must be for; undefined = the address that is connected to. */
  readonly serverName?: string;
  /** Whom the server's certificate must come from. */
  readonly caCertificates: string;
  /** Our own certificate, with what leads from it to a CA; not without `privateKey`. */
  readonly certificate?: string;
  readonly privateKey?: string;
}

/**
 * Has TLS, 1.2 or later, spoken on a socket that is being connected to `address`. `secureConnect` tells that the server
 * is who it should be; nothing can be sent before. Throws Error if the options cannot be used.
 */
export function secure(socket: Socket, address: string, options: TlsOptions): TLSSocket {
  const { serverName, caCertificates, certificate, privateKey } = options;
  const secured = connect({
    socket,
    ca: caCertificates,
    ...(certificate !== undefined && { cert: certificate }),
    ...(privateKey !== undefined && { key: privateKey }),
    minVersion: "TLSv1.2",
    // An address is no name to ask for (RFC 6066 section 3).
    ...(serverName !== undefined && { servername: serverName }),
    checkServerIdentity: (_name, presented) => checkServerIdentity(serverName ?? address, presented),
  });
  secured.disableRenegotiation();
  return secured;
}

/** Why a socket has failed, in words for an operator. */
export function failureText(socket: Socket, error: Error): string {
  if (socket instanceof TLSSocket && socket.authorizationError) return `the server's certificate: ${error.message}`;
  const { reason, code } = error as Error & { readonly reason?: string; readonly code?: string };
  return reason !== undefined && code?.startsWith("ERR_SSL_") === true ? `TLS: ${reason}` : error.message;
}
