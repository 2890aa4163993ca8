import { ErrorCode, type HeaderSubcode, type OpenSubcode, type UpdateSubcode } from "./iana.ts";

const NO_DATA = new Uint8Array(0);

type ValueOf<T> = T[keyof T];

/** A fault of the neighbour, with the NOTIFICATION that answers it (RFC 4271 section 6). */
export class BgpError extends Error {
  override readonly name = "BgpError";
  readonly code: number;
  readonly subcode: number;
  /** The NOTIFICATION's Data field. */
  readonly data: Uint8Array;

  constructor(message: string, code: number, subcode: number, data: Uint8Array = NO_DATA) {
    super(message);
    this.code = code;
    this.subcode = subcode;
    this.data = data;
  }
}

/** RFC 4271 section 6.1. */
export function messageHeaderError(
  subcode: ValueOf<typeof HeaderSubcode>,
  message: string,
  data?: Uint8Array,
): BgpError {
  return new BgpError(message, ErrorCode.messageHeader, subcode, data);
}

/** RFC 4271 section 6.2. */
export function openError(subcode: ValueOf<typeof OpenSubcode>, message: string, data?: Uint8Array): BgpError {
  return new BgpError(message, ErrorCode.open, subcode, data);
}

/** RFC 4271 section 6.3; `data` is copied, for it points into the message received. */
export function updateError(subcode: ValueOf<typeof UpdateSubcode>, message: string, data?: Uint8Array): BgpError {
  return new BgpError(message, ErrorCode.update, subcode, data && new Uint8Array(data));
}
