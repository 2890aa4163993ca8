export type FeedOperState = "disabled" | "loading" | "replaying" | "done" | "failed";

/** Operational state of a feed. Times are ms since the epoch. */
export interface MrtFeedState {
  readonly name: string;
  readonly operState: FeedOperState;
  /** Peer Distinguisher of its peers. */
  readonly distinguisher: bigint;
  /** Of the file as it is, packed or not. */
  readonly fileBytes: number;
  readonly bytesRead: number;
  /** Records read, of them those that are not about routes of peers that are wanted. */
  readonly records: number;
  readonly skippedRecords: number;
  readonly routes: number;
  /** Routes of a RIB that are malformed and were left out. */
  readonly invalidRoutes: number;
  /** Peers that are up. */
  readonly peers: number;
  /** When the record replayed last was written. */
  readonly replayedUntil: number | undefined;
  readonly lastError: string | undefined;
}
