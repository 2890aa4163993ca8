/** A TCP connection as a session sees it. */
export interface Connection {
  /** Canonical text. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly remotePort: number;
  /** Octets written that the kernel has not taken yet. */
  readonly unsentBytes: number;
  write(bytes: Uint8Array): void;
  pause(): void;
  resume(): void;
  /** Delivers what was written, then closes; the handler hears no more. */
  close(): void;
}

/** Told what becomes of a connection; never from within a call to it. */
export interface ConnectionHandler {
  connected(): void;
  received(bytes: Uint8Array): void;
  /** Last of all. Without an error, the neighbour has closed. */
  closed(error?: Error): void;
}
