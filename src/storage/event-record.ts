import { hash } from "node:crypto";
import type { LoggedEvent } from "../notifications/event-log.ts";

const FORMAT = 1;
/** Hex digits of the checksum that each line begins with: of the SHA-256 of what comes after it. */
const CHECK_DIGITS = 16;
const SPACE = 0x20;

/** What the first line of a segment says. */
export interface SegmentHeader {
  /** When the log was begun, ms since the epoch. */
  readonly createdMs: number;
  /** Sequence number of the first event in the segment. */
  readonly first: number;
  /** No event in the segments before happened later, ms since the epoch. */
  readonly newestBeforeMs: number;
}

/** The first line of a segment. */
export const encodeHeader = (header: SegmentHeader): Buffer =>
  sealed(Buffer.from(JSON.stringify({ format: FORMAT, ...header })));

/** Undefined when the line, without its newline, is not one that was written here for this format. */
export function decodeHeader(line: Buffer): SegmentHeader | undefined {
  const text = unsealed(line);
  if (text?.[0] !== 0x7b) return undefined;
  const { format, ...header } = JSON.parse(text.toString()) as SegmentHeader & { readonly format: number };
  return format === FORMAT ? header : undefined;
}

/** An event is one line: its sequence number, its time and its message. */
export const encodeEvent = ({ sequence, timeMs, message }: LoggedEvent): Buffer =>
  sealed(Buffer.concat([Buffer.from(`${sequence} ${timeMs} `), message]));

/** Undefined when the line, without its newline, is not one that was written here, whole and unchanged. */
export function decodeEvent(line: Buffer): LoggedEvent | undefined {
  const text = unsealed(line);
  if (text === undefined) return undefined;
  const timeAt = text.indexOf(SPACE) + 1;
  const messageAt = text.indexOf(SPACE, timeAt) + 1;
  if (timeAt === 0 || messageAt === 0) return undefined;
  return {
    sequence: Number(text.toString("latin1", 0, timeAt - 1)),
    timeMs: Number(text.toString("latin1", timeAt, messageAt - 1)),
    message: text.subarray(messageAt),
  };
}

const checksum = (text: Uint8Array): string => hash("sha256", text, "hex").slice(0, CHECK_DIGITS);

const sealed = (text: Buffer): Buffer => Buffer.concat([Buffer.from(`${checksum(text)} `), text, Buffer.from("\n")]);

function unsealed(line: Buffer): Buffer | undefined {
  const text = line.subarray(CHECK_DIGITS + 1);
  return line.toString("latin1", 0, CHECK_DIGITS + 1) === `${checksum(text)} ` ? text : undefined;
}
