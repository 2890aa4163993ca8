const MIB = 1 << 20;
const KIB = 1 << 10;

/** What bounds the memory, the time and the attention that collectors can cost. */
export interface BmpLimits {
  /** Octets of one page of the shared message log. A larger message gets a page of its own. */
  readonly pageBytes: number;
  /** Octets of tables encoded at once for one collector. */
  readonly dumpSliceBytes: number;
  /** Octets of a dump kept for collectors that share it. One that is further behind goes on alone. */
  readonly dumpWindowBytes: number;
  /** Share of a collector's queue limit. While more waits for it, mirrored messages are not sent but dropped. */
  readonly mirroringShare: number;
  /** Octets handed to one collector's socket in one turn; the rest waits until all others had theirs. */
  readonly turnBytes: number;
  /** Turns taken in one round of the event loop, by all collectors together. */
  readonly turnsPerRound: number;
  /** Octets a collector may send, which are discarded; RFC 7854 section 3.2 lets it send none. Beyond: closed. */
  readonly discardedBytes: number;
  /** Share of a collector's queue limit. More waiting than that is reported, by `queue-high` ... */
  readonly queueHighShare: number;
  /** ... and less than this share after it, by `queue-normal`. */
  readonly queueNormalShare: number;
  /** Least time between two `queue-high` of a session, in ms. */
  readonly queueHighIntervalMs: number;
  /** A collector that takes nothing for so long while something waits for it is reported as stuck, in ms. */
  readonly stuckNoticeMs: number;
  /** A collector that takes nothing for so long while something waits for it is closed, in ms. */
  readonly stuckTimeoutMs: number;
  /** Longest wait for a collector to take the Termination and close, in ms. Beyond: the connection is reset. */
  readonly lingerMs: number;
  /** Least time between two resets of a session, in ms: each costs a connection and the tables. Sooner ones are refused. */
  readonly resetIntervalMs: number;
  /** Connections that a collector may open at once, if it has opened none before (RFC 7854 section 3.2) … */
  readonly establishBurst: number;
  /** … and one more each time so much has passed, in ms. Sooner ones are refused. */
  readonly establishIntervalMs: number;
  /** How long a collector's further connection may wait for the end of the one there is, in ms; then it is refused. */
  readonly rivalMs: number;
  /** Octets of one message that a collector of ours takes. Beyond: BmpError, the connection ends. */
  readonly maxMessageBytes: number;
}

export const BMP_LIMITS: BmpLimits = Object.freeze({
  pageBytes: 64 * KIB,
  dumpSliceBytes: 64 * KIB,
  dumpWindowBytes: 4 * MIB,
  mirroringShare: 0.5,
  turnBytes: 256 * KIB,
  turnsPerRound: 4,
  discardedBytes: 64 * KIB,
  queueHighShare: 0.75,
  queueNormalShare: 0.25,
  queueHighIntervalMs: 10_000,
  stuckNoticeMs: 10_000,
  stuckTimeoutMs: 300_000,
  lingerMs: 2_000,
  resetIntervalMs: 1_000,
  establishBurst: 2,
  establishIntervalMs: 30_000,
  rivalMs: 5_000,
  maxMessageBytes: MIB,
});
