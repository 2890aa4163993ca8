import type { Socket } from "node:net";
import type { BmpSessionConfig } from "./config.ts";
import { type Down, socketDown } from "./down-reason.ts";
import type { SessionHost } from "./session-host.ts";

const MS_PER_S = 1000;

interface AttemptHandlers {
  /** Connected, TLS included. The socket is the receiver's. */
  readonly connected: (socket: Socket) => void;
  /** Never called before the attempt was returned. */
  readonly failed: (down: Down) => void;
}

/** An attempt to connect to a collector; one of the handlers is called, once, unless it is given up. */
export interface ConnectionAttempt {
  giveUp(): void;
}

/** Throws Error if the socket cannot be as the session wants it. */
export function attemptConnection(
  config: BmpSessionConfig,
  host: SessionHost,
  { connected, failed }: AttemptHandlers,
): ConnectionAttempt {
  const { md5Key, tls, connectTimeoutS } = config;
  const socket = open(config, host);
  let isOver = false;
  const end = (): boolean => {
    if (isOver) return false;
    isOver = true;
    cancelTimeout();
    return true;
  };
  const cancelTimeout = host.clock.schedule(connectTimeoutS * MS_PER_S, () => {
    isOver = true;
    socket.destroy();
    // Segments that are signed otherwise are thrown away, on both sides, without a word.
    const hint = md5Key === undefined ? "" : "; does the server have the same tcp-md5 key?";
    failed({ reason: "timeout", text: `no connection within ${connectTimeoutS} s${hint}` });
  });
  socket.on(tls === undefined ? "connect" : "secureConnect", () => {
    if (end()) connected(socket);
  });
  socket.on("error", (error) => {
    // Once connected, errors are the connection's business.
    if (end()) failed(socketDown(socket, error));
  });
  return {
    giveUp() {
      end();
      socket.destroy();
    },
  };
}

function open(config: BmpSessionConfig, host: SessionHost): Socket {
  const { address, port, sourceAddress, sourceInterface, md5Key, tls, timeouts, vpnInstance } = config;
  const network = sourceInterface === undefined ? host.networkOf(vpnInstance) : { device: sourceInterface };
  return host.dial({
    address,
    port,
    ...network,
    ...(sourceAddress === undefined ? {} : { sourceAddress }),
    ...(md5Key === undefined ? {} : { md5Key }),
    ...(tls === undefined ? {} : { tls }),
    ...timeouts,
  });
}
