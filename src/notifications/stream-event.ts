import type { XmlElement } from "../xml/element.ts";
import { parseWhole } from "../xml/envelope.ts";
import { NETCONF_NOTIFICATION } from "../xml/netconf-namespace.ts";

/** The `<notification>` message (RFC 5277 section 4) of something that happened at `timeMs`, ms since the epoch. */
export const notificationMessage = (timeMs: number, content: string): Buffer =>
  Buffer.from(
    `<notification xmlns="${NETCONF_NOTIFICATION}"><eventTime>${new Date(timeMs).toISOString()}</eventTime>${content}` +
      "</notification>",
  );

/** An event of a stream: encoded once, for all who are told of it. */
export class StreamEvent {
  /** Counts up by one with each event. */
  readonly sequence: number;
  /** ms since the epoch. */
  readonly timeMs: number;
  /** The whole `<notification>`, in UTF-8 and on one line. */
  readonly message: Buffer;
  #content: XmlElement | undefined;

  constructor(sequence: number, timeMs: number, message: Buffer) {
    this.sequence = sequence;
    this.timeMs = timeMs;
    this.message = message;
  }

  /** The element that says what happened; read when the first filter asks for it. */
  get content(): XmlElement {
    this.#content ??= parseWhole(this.message).children[1] as XmlElement;
    return this.#content;
  }
}
