/**
 * The byte stream cannot be cut into messages any more, so the session cannot go on (RFC 6242 section 4.2: "the peer
 * MUST terminate the NETCONF session"). `reason` says why: `malformed` bytes, or a message that is `too-big`.
 */
export class FramingError extends Error {
  readonly reason: "malformed" | "too-big";

  constructor(reason: FramingError["reason"], message: string) {
    super(message);
    this.name = "FramingError";
    this.reason = reason;
  }
}

/** The message in hand has, or announces, more than `maxMessageBytes`. */
export const messageTooBig = (maxMessageBytes: number): FramingError =>
  new FramingError("too-big", `The message is longer than the ${maxMessageBytes} bytes this server takes.`);

/** The bytes break the grammar of RFC 6242 section 4.2. */
export const malformedFraming = (message: string): FramingError => new FramingError("malformed", message);
