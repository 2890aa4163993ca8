/** Every bound on what a neighbour, or whoever reaches our port, can make the speaker do. */
export interface BgpLimits {
  /** Connections not (yet) Established, those being closed included; beyond, new ones are reset at once. */
  readonly unestablishedConnections: number;
  /** Connections of one neighbour, those being closed included; beyond, new ones are reset at once. */
  readonly connectionsPerNeighbor: number;
  /** Seconds to wait for the OPEN of a neighbour (RFC 4271 section 8.2.2 suggests 4 minutes). */
  readonly openWaitS: number;
  /** Octets of one connection handled before others get their turn; reading stops while any are left. */
  readonly sliceBytes: number;
  /** Connections handled in one turn of the event loop. */
  readonly slicesPerTurn: number;
  /** Candidates, or routes of a neighbour that comes or goes, that the Loc-RIB looks at in one slice. */
  readonly locRibSliceRoutes: number;
  /** Octets that a neighbour leaves unread before the connection is given up (RFC 9687). */
  readonly unsentBytes: number;
  /** Octets of distinct attributes kept for one neighbour; beyond, Cease, Out of Resources. */
  readonly attributeBytes: number;
  /** Octets of memory for the NLRI of one neighbour that are no plain prefixes; beyond, Cease, Out of Resources. */
  readonly nlriMemoryBytes: number;
  /** ms a closed connection may take to deliver its NOTIFICATION. */
  readonly closingMs: number;
  /** ms in Idle after the second failure in a row; doubles with each further one. */
  readonly idleHoldMs: number;
  /** Longest time in Idle; also how long a session must last to count as a success. */
  readonly idleHoldMaximumMs: number;
  /** Least time between two warnings about the prefixes of a neighbour, in all or of one family, in ms. */
  readonly prefixWarningIntervalMs: number;
  /** Least time between two resets of a neighbour, in ms. Sooner ones are refused. */
  readonly resetIntervalMs: number;
}

export const BGP_LIMITS: BgpLimits = Object.freeze({
  unestablishedConnections: 1024,
  connectionsPerNeighbor: 8,
  openWaitS: 240,
  sliceBytes: 32 * 1024,
  slicesPerTurn: 8,
  locRibSliceRoutes: 512,
  unsentBytes: 64 * 1024,
  attributeBytes: 1024 * 1024 * 1024,
  nlriMemoryBytes: 1024 * 1024 * 1024,
  closingMs: 1000,
  idleHoldMs: 1000,
  idleHoldMaximumMs: 60_000,
  prefixWarningIntervalMs: 60_000,
  resetIntervalMs: 1_000,
});
