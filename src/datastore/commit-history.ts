/** Who made a commit, and when. */
export interface CommitRecord {
  /** Counts up from 1; 0 is the empty configuration before the first commit. */
  readonly id: number;
  /** RFC 3339. */
  readonly time: string;
  readonly username: string;
  readonly sessionId: number;
}

/** A commit as it was recorded, and the whole configuration it left. */
export interface RecordedCommit {
  readonly record: CommitRecord;
  /** XML: the top-level configuration elements. */
  readonly config: Uint8Array;
}

/** Where acknowledged configuration lives. Every method throws when it cannot keep its promise. */
export interface CommitHistory {
  /** The newest commit. */
  latest(): RecordedCommit | undefined;
  /** When it returns, the commit survives a power cut. */
  append(commit: RecordedCommit): void;
  /** The startup datastore; undefined when there is none. */
  readStartup(): Uint8Array | undefined;
  /** Durable when it returns; undefined deletes it. */
  writeStartup(config: Uint8Array | undefined): void;
}
