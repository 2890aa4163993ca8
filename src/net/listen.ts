import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { bindTcpSocket, type Network } from "./linux-socket.ts";

/** Where TCP connections are taken. */
export interface Endpoint {
  /** IPv4 or IPv6 text; `::` = all addresses, `0.0.0.0` = all of IPv4. */
  readonly address: string;
  /** 0 = any free one. */
  readonly port: number;
}

/**
 * Listens at `endpoint` in a network. Sockets are given to `accepted` paused. Rejects with the system's error, with its
 * `code`, or with one that says what is wrong, if that cannot be.
 */
export async function listen(
  { address, port }: Endpoint,
  network: Network,
  accepted: (socket: Socket, server: Server) => void,
): Promise<Server> {
  const server = createServer({ pauseOnConnect: true }, (socket) => accepted(socket, server));
  const isUsual = network.device === undefined && network.namespace === undefined;
  server.listen(isUsual ? { host: address, port } : { fd: bindTcpSocket(address, port, network) });
  await once(server, "listening");
  return server;
}

/** Where a server listens, its port resolved. */
export function endpointOf(server: Server): Endpoint {
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the server does not listen on a TCP port");
  return bound;
}

/** Closes a connection that is not wanted: nothing is left of it afterwards. */
export function refuse(socket: Socket): void {
  socket.on("error", () => {});
  socket.resetAndDestroy();
}
