/** Limits of what an SSH client can do. Times are in seconds, and may be fractions. */
export interface TransportLimits {
  /** TCP connections at the same time; further ones are closed at once. Most clients use one for each session. */
  readonly maxConnections: number;
  /** Of these, connections that have not logged in; further ones are closed at once. */
  readonly maxUnauthenticated: number;
  /** The same from one source: an IPv4 address or an IPv6 /64. */
  readonly maxUnauthenticatedPerSource: number;
  /** From TCP connect to login; then the connection is dropped. */
  readonly loginGraceS: number;
  /** Failed logins of a connection; the last one ends it. */
  readonly maxLoginFailures: number;
  /** Login requests of any kind, such as asking which keys are worth signing with; one more ends the connection. */
  readonly maxLoginRequests: number;
  /** Bytes a client can send before it has logged in; then the connection is dropped. */
  readonly maxUnauthenticatedBytes: number;
  /** Channels open on one connection; a further one is refused. Channels closed without NETCONF still count. */
  readonly maxChannelsPerConnection: number;
  /** After this long without a channel a connection is ended. */
  readonly emptyConnectionS: number;
  /** A client that takes only smaller SSH packets is dropped: each message would cost thousands. */
  readonly minPacketBytes: number;
  /** Bytes waiting in a socket; with more, channels send nothing. */
  readonly maxSocketBacklogBytes: number;
  /** Bytes waiting in a socket; with more, nothing is read from it, so that no more answers arise. */
  readonly maxReplyBacklogBytes: number;
  /** SSH packets waiting for a key exchange to end; with more, the connection is dropped. */
  readonly maxPacketsHeldByKeyExchange: number;
  /** Bytes in both directions between key exchanges (RFC 4253 section 9). */
  readonly rekeyBytes: number;
  /** Time between key exchanges (RFC 4253 section 9). */
  readonly rekeyS: number;
  /** Duration of a key exchange; then the connection is dropped. */
  readonly keyExchangeS: number;
  /** A client that is silent this long is asked for a sign of life … */
  readonly keepaliveS: number;
  /** … and after so many in vain the connection is dropped. */
  readonly maxKeepalivesUnanswered: number;
  /** Time for a client to take some of what is queued, and to confirm, when a channel or connection is being closed. */
  readonly closeS: number;
  /** Until a configured address that could not be bound, though it had to be, is tried again. */
  readonly listenRetryS: number;
}

export const transportLimits: TransportLimits = Object.freeze({
  maxConnections: 640,
  maxUnauthenticated: 128,
  maxUnauthenticatedPerSource: 32,
  loginGraceS: 30,
  maxLoginFailures: 6,
  maxLoginRequests: 32,
  maxUnauthenticatedBytes: 256 * 1024,
  maxChannelsPerConnection: 8,
  emptyConnectionS: 10,
  minPacketBytes: 1024,
  maxSocketBacklogBytes: 256 * 1024,
  maxReplyBacklogBytes: 1024 * 1024,
  maxPacketsHeldByKeyExchange: 4096,
  rekeyBytes: 1024 * 1024 * 1024,
  rekeyS: 3600,
  keyExchangeS: 30,
  keepaliveS: 30,
  maxKeepalivesUnanswered: 3,
  closeS: 3,
  listenRetryS: 10,
});
