import { encodeMessage } from "./common-header.ts";
import { MessageType } from "./iana.ts";

/** KEEPALIVE (RFC 4271 section 4.4): nothing but the header. */
export function encodeKeepalive(): Uint8Array {
  return encodeMessage(MessageType.keepalive);
}
