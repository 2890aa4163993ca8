/** One NETCONF transport channel, as the session sees it: bytes in, bytes out, an end. */
export interface NetconfChannel {
  readonly username: string;
  /** Undefined = none but those that the configuration gives. */
  readonly group: string | undefined;
  readonly peer: { readonly address: string; readonly port: number };
  /**
   * Queues bytes; resolves when the peer's side has taken them far enough for more to be queued (backpressure).
   * Never rejects; after the channel has closed it resolves at once.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** Sends what is queued, then ends the channel; `exitStatus` is 0 unless told. Only the first call counts. */
  close(exitStatus?: number): void;
  /** Drops the connection at once. */
  destroy(): void;
}

/** What the session does with a channel. Calls do not overlap; after `closed` there are none. */
export interface NetconfChannelHandler {
  /**
   * Takes received bytes. Returns when the session can take more; until then the transport stops reading
   * (backpressure).
   */
  received(bytes: Uint8Array): Promise<void> | void;
  /**
   * Resolves when all that was received is answered; absent where nothing ever is. A peer that ends its side after its
   * last request is still answered: the transport waits for this, sends what is queued, and only then closes.
   */
  answered?(): Promise<void>;
  /** The channel is gone, whoever ended it. Comes exactly once, and does not wait for a call that still runs. */
  closed(): void;
}

/** Called for each new channel; the session may write at once. */
export type AcceptChannel = (channel: NetconfChannel) => NetconfChannelHandler;
