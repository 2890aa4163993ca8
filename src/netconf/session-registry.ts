/** A session as the others see it. */
export interface RegisteredSession {
  readonly id: number;
  /**
   * Ends the session, as session `killedBy` asks, and drops its connection; resolves when its locks are released. Never
   * rejects.
   */
  kill(killedBy: number): Promise<void>;
}

/** All open sessions. A session-id is never used twice while the server runs (RFC 6241 section 8.1). */
export class SessionRegistry {
  /** Those that are open stay, however many they are. */
  maxSessions: number;
  readonly #sessions = new Map<number, RegisteredSession>();
  #lastId = 0;

  constructor(maxSessions: number) {
    this.maxSessions = maxSessions;
  }

  /** Adds the session that `create` makes for a new id; undefined when there are too many already. */
  open<Session extends RegisteredSession>(create: (id: number) => Session): Session | undefined {
    if (this.#sessions.size >= this.maxSessions) return undefined;
    const session = create(++this.#lastId);
    this.#sessions.set(session.id, session);
    return session;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(id: number): RegisteredSession | undefined {
    return this.#sessions.get(id);
  }

  all(): readonly RegisteredSession[] {
    return [...this.#sessions.values()];
  }

  /** The session has ended and holds nothing any more. */
  delete(id: number): void {
    this.#sessions.delete(id);
  }
}
