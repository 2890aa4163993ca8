import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { failureText } from "../net/tls.ts";

/** Why a connection ended or an attempt failed: `down-reason` in the model, which says what each means. */
export type DownReason =
  | "administrative"
  | "reset"
  | "reconfigured"
  | "refused"
  | "unreachable"
  | "timeout"
  | "connection-reset"
  | "closed-by-server"
  | "authentication"
  | "tls"
  | "stuck"
  | "overflow"
  | "unexpected-data"
  | "local-error";

/** The same for programs and for people. */
export interface Down {
  readonly reason: DownReason;
  readonly text: string;
}

const REASONS: Readonly<Record<string, DownReason>> = {
  ECONNREFUSED: "refused",
  ENETUNREACH: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETDOWN: "unreachable",
  EHOSTDOWN: "unreachable",
  ETIMEDOUT: "timeout",
  ECONNRESET: "connection-reset",
  EPIPE: "connection-reset",
};

/** Why `socket` has failed. What the system says of itself, such as that it has no address to give, is a local error. */
export function socketDown(socket: Socket, error: Error): Down {
  const { code = "" } = error as NodeJS.ErrnoException;
  const text = failureText(socket, error);
  if (socket instanceof TLSSocket && socket.authorizationError) return { reason: "authentication", text };
  if (code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_")) return { reason: "tls", text };
  return { reason: REASONS[code] ?? "local-error", text };
}
