/** What made a commit; `revert` is the server itself, which undoes what was not confirmed. */
export type CommitKind = "commit" | "edit-config" | "copy-config" | "revert";

/** What a commit is that has yet to be confirmed (RFC 6241 section 8.4). */
export interface Unconfirmed {
  /** The commit to go back to; 0 = what there was before the first one. */
  readonly revertTo: number;
  /** RFC 3339: when to go back. */
  readonly deadline: string;
  /** The token that confirms it on any session; undefined = it ends with its session. */
  readonly persist?: string;
  /** The time from one start of the device to the next one: it does not outlive that. */
  readonly bootId: string;
}

/** Who made a commit, and when. */
export interface CommitRecord {
  /** Counts up from 1; 0 is the configuration before the first commit. */
  readonly id: number;
  /** RFC 3339. */
  readonly time: string;
  readonly username: string;
  readonly sessionId: number;
  /** Absent = `commit`. */
  readonly kind?: CommitKind | undefined;
  /** What its author says about it. */
  readonly description?: string | undefined;
  /** Absent = nothing is waited for: neither this commit nor any before it. */
  readonly unconfirmed?: Unconfirmed | undefined;
}

/** A commit, and what it changed. */
export interface RecordedChange {
  readonly record: CommitRecord;
  /**
   * XML: a `<config>` with operation attributes (RFC 6241 section 7.2). Carried out on the configuration before the
   * commit it gives the one after it.
   */
  readonly change: Uint8Array;
}

/** The configuration after a commit. */
export interface Snapshot {
  /** XML: the top-level configuration elements. */
  readonly config: Uint8Array;
  /** Of the schema that it was found to be valid for; undefined where it was not validated as a whole. */
  readonly schemaId?: string | undefined;
}

/** A configuration as it is kept: what it was once, whole, and what has changed since. */
export interface StoredConfiguration {
  /** The newest commit in it; its id is 0 before the first one. */
  readonly newest: CommitRecord;
  readonly snapshot: Snapshot & { readonly id: number };
  /** Oldest first, without a gap from `snapshot.id` to the newest. */
  readonly changes: readonly RecordedChange[];
}

/** Bytes on disk. */
export interface StoredBytes {
  /** The newest snapshot. */
  readonly snapshot: number;
  /** What has changed since. */
  readonly changes: number;
  readonly startup: number;
}

/** Where acknowledged configuration lives. Every method throws when it cannot keep its promise. */
export interface CommitHistory {
  /**
   * Running: undefined before the first commit. To be called first, and once. It changes nothing on disk, so that what
   * only wants to know can use it too. Throws `DamagedFileError`.
   */
  load(): StoredConfiguration | undefined;
  /** Before the first commit only: what running is made of then. Durable when it returns, and no commit yet. */
  begin(config: Uint8Array): void;
  /** When it returns, the commit survives a power cut. When it throws, the commit was not made. */
  append(change: RecordedChange): void;

  /** The last commits, newest first. */
  commits(): readonly CommitRecord[];
  /**
   * The configuration after one of `commits()`, or the one that the newest commit, being unconfirmed, may have to go back
   * to; undefined when it is not kept. Throws `DamagedFileError`.
   */
  configurationAt(id: number): StoredConfiguration | undefined;

  /** One of `commits()` with what it changed; undefined when that is not kept. Throws `DamagedFileError`. */
  changeOf(id: number): RecordedChange | undefined;

  storedBytes(): StoredBytes;

  /** The startup datastore; undefined when there is none. */
  readStartup(): Uint8Array | undefined;
  /** Durable when it returns; undefined deletes it. */
  writeStartup(config: Uint8Array | undefined): void;
}
