import type { XmlElement } from "../xml/element.ts";
import { parseWhole } from "../xml/envelope.ts";
import { NETCONF_NOTIFICATION } from "../xml/netconf-namespace.ts";
import type { LoggedEvent } from "./event-log.ts";

/**
 * The `<notification>` message (RFC 5277 section 4) of something that happened at `timeMs`, ms since the epoch; on one
 * line.
 */
export const notificationMessage = (timeMs: number, content: string): Buffer =>
  Buffer.from(
    `<notification xmlns="${NETCONF_NOTIFICATION}"><eventTime>${new Date(timeMs).toISOString()}</eventTime>` +
      `${content.replaceAll("\n", "&#10;")}</notification>`,
  );

const REPLAY = "urn:ietf:params:xml:ns:netmod:notification";

/** The same of a notice about the subscription itself (RFC 5277 section 3.3). */
export const noticeMessage = (timeMs: number, name: "replayComplete" | "notificationComplete"): Buffer =>
  notificationMessage(timeMs, `<${name} xmlns="${REPLAY}"/>`);

/** An event of a stream: encoded once, for all who are told of it. See `LoggedEvent`. */
export class StreamEvent implements LoggedEvent {
  readonly sequence: number;
  readonly timeMs: number;
  readonly message: Uint8Array;
  #content: XmlElement | undefined;

  constructor(sequence: number, timeMs: number, message: Uint8Array) {
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
