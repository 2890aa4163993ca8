import { END_OF_MESSAGE } from "./end-of-message.ts";
import { malformedFraming } from "./framing-error.ts";
import { type MessageEncoder, toBytes } from "./message-encoder.ts";

const NOTHING = Buffer.alloc(0);
/** As much as can begin a delimiter that the next bytes end. */
const KEPT_BYTES = END_OF_MESSAGE.length - 1;

/**
 * RFC 6242 section 4.3 end-of-message framing (base:1.0, and every hello). Throws `FramingError` when the delimiter is
 * not only at a message's end, which XML never needs: the peer would take the beginning for the whole.
 */
export class EndOfMessageEncoder implements MessageEncoder {
  /** The last bytes of the message so far. */
  #last: Buffer = NOTHING;

  encode(pieces: readonly (string | Uint8Array)[], isLast: boolean): Uint8Array {
    const bytes = Buffer.concat([...pieces.map(toBytes), ...(isLast ? [END_OF_MESSAGE] : [])]);
    const seam = Buffer.concat([this.#last, bytes.subarray(0, KEPT_BYTES)]);
    const first = bytes.indexOf(END_OF_MESSAGE);
    const isEarly = first >= 0 && (!isLast || first < bytes.length - END_OF_MESSAGE.length);
    if (isEarly || seam.includes(END_OF_MESSAGE)) {
      throw malformedFraming("The message contains the end-of-message delimiter.");
    }
    this.#last = isLast ? NOTHING : Buffer.concat([this.#last, bytes.subarray(-KEPT_BYTES)]).subarray(-KEPT_BYTES);
    return bytes;
  }
}
