const KIB = 1 << 10;

/** Every bound on what a router, or whoever reaches the relay's port, can make it do. */
export interface RelayLimits {
  /** Connections of one router that have not sent their Initiation; beyond, new ones are reset at once. */
  readonly uninitiatedConnections: number;
  /** ms from a connection to its Initiation; then it is reset. */
  readonly initiationMs: number;
  /** Octets of one message; a longer one ends the connection. So much at most is kept of what is not whole yet. */
  readonly messageBytes: number;
  /** Octets of one connection handled before others get their turn; reading stops while any are left. */
  readonly sliceBytes: number;
  /** Connections handled in one turn of the event loop. */
  readonly slicesPerTurn: number;
  /** Octets of distinct attributes kept for one router; beyond, its connection ends. */
  readonly attributeBytes: number;
  /** Octets of memory for the NLRI of one router that are no plain prefixes; beyond, its connection ends. */
  readonly nlriMemoryBytes: number;
  /** Octets of the Peer Ups of the peers of one router that are up; beyond, its connection ends. */
  readonly peerUpBytes: number;
  /** ms for which no connection of a router is taken that has exceeded a limit of what is kept. */
  readonly holdOffMs: number;
  /** ms between two log lines about messages of one router that could not be taken; what is between is counted. */
  readonly problemLogMs: number;
  /** ms of silence after which TCP asks whether the router is still there: BMP has no message for it. */
  readonly keepaliveMs: number;
  /** Characters of the words of a router's Termination that are kept and passed on; the rest is cut off. */
  readonly terminationCharacters: number;
}

export const RELAY_LIMITS: RelayLimits = Object.freeze({
  uninitiatedConnections: 2,
  initiationMs: 30_000,
  messageBytes: 256 * KIB,
  sliceBytes: 32 * KIB,
  slicesPerTurn: 8,
  attributeBytes: 1024 * 1024 * 1024,
  nlriMemoryBytes: 1024 * 1024 * 1024,
  peerUpBytes: 64 * 1024 * 1024,
  holdOffMs: 60_000,
  problemLogMs: 10_000,
  keepaliveMs: 60_000,
  terminationCharacters: 4096,
});
