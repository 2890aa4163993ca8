/** Every bound on what a file can make the monitoring plane do. */
export const MRT_LIMITS = Object.freeze({
  /** Octets of one record; a file with a longer one is not taken. */
  recordBytes: 16 * 1024 * 1024,
  /** Peers of one feed; a file with more fails, unless fewer are selected. */
  peersPerFeed: 4096,
  /** Routes of one feed at a time; beyond, it fails, unless fewer peers are selected. */
  routesPerFeed: 20_000_000,
  /** Octets of memory for distinct attributes, and for NLRI that are no plain prefixes, of one feed; beyond, it fails. */
  tableBytes: 2 * 1024 * 1024 * 1024,
  /** Octets of a file read at once. */
  readBytes: 64 * 1024,
  /** ms that one feed works on records before others get their turn. */
  sliceMs: 3,
  /** ms between two log lines that say how far a feed has come. */
  progressMs: 10_000,
});

export type MrtLimits = { readonly [name in keyof typeof MRT_LIMITS]: number };
