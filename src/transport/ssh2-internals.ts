import type { Socket } from "node:net";
import type { Connection, ServerChannel } from "ssh2";

/**
 * What ssh2 1.17 knows and its interface does not tell. Without it a peer could make the server hold any number of
 * packets during a key exchange, or loop for ever. All of it is read here, and nowhere else, and only read.
 */
interface ConnectionInternals {
  readonly _sock: Socket;
  readonly _protocol: {
    /** Set from the sending of KEXINIT to the end of the key exchange. */
    readonly _kexinit: Buffer | undefined;
    /** Packets that wait for the end of the key exchange. */
    readonly _queue: readonly Buffer[] | undefined;
  };
}

interface ChannelInternals {
  readonly outgoing: { readonly packetSize: number };
}

const internalsOf = (connection: Connection): ConnectionInternals => connection as unknown as ConnectionInternals;

/** The socket that was injected for `connection`. */
export const socketOf = (connection: Connection): Socket => internalsOf(connection)._sock;

/** Whether what is written now waits for the end of a key exchange. */
export const isExchangingKeys = (connection: Connection): boolean =>
  internalsOf(connection)._protocol._kexinit !== undefined;

/** Packets that wait for the end of the key exchange. */
export const packetsHeld = (connection: Connection): number => internalsOf(connection)._protocol._queue?.length ?? 0;

/** The most bytes of data that the client takes in a packet. ssh2 loops for ever when it is 0. */
export const maxPacketBytes = (channel: ServerChannel): number =>
  (channel as unknown as ChannelInternals).outgoing.packetSize;
