import { framingLimits } from "../framing/limits.ts";

/** Limits on what one NETCONF peer, or all together, can take of the server. */
export const netconfLimits = Object.freeze({
  /** Bytes of the client's `<hello>`; a longer one ends the session. */
  helloBytes: 64 * 1024,
  /** Seconds from the channel's opening to the client's complete `<hello>`; then the session ends. */
  helloTimeS: 30,
  /** Bytes of one later message; a longer one is answered with `too-big`, and the session ends. */
  messageBytes: framingLimits.maxMessageBytes,
  /** Requests of one session in work at the same time; those that change something are alone. */
  requestsAtOnce: 8,
  /** Seconds in which the client neither sends nor takes anything while no operation runs; then the session ends. */
  idleTimeS: 3600,
  /** Characters of the description of a commit. */
  descriptionCharacters: 1024,
  /** Characters of the token of a persistent confirmed commit. */
  persistCharacters: 1024,
  /** Characters of the expressions of one `<partial-lock>` together. */
  selectCharacters: 8_192,
  /** Sessions open at once; a further one is closed before its hello. */
  sessions: 512,
  /** List entries in one document of the server's own state; other work goes on in between. */
  entriesPerDocument: 250,
});

export type NetconfLimits = { readonly [name in keyof typeof netconfLimits]: number };
