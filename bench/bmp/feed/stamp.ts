import { monotonicUs } from "../../shared/monotonic.ts";

const WRAP_US = 2 ** 32;
const STAMP_BYTES = 4;

/** Attributes whose last octets, a community, say when they were sent. */
export function stampedAttributes(as: number): Buffer {
  const fourOctets = [as >>> 24, (as >>> 16) & 255, (as >>> 8) & 255, as & 255];
  const now = Buffer.alloc(STAMP_BYTES);
  now.writeUInt32BE(monotonicUs() % WRAP_US);
  const origin = [0x40, 1, 1, 0];
  const asPath = [0x40, 2, 6, 2, 1, ...fourOctets];
  const nextHop = [0x40, 3, 4, 10, 99, 0, 2];
  const communities = [0xc0, 8, STAMP_BYTES, ...now];
  return Buffer.from([...origin, ...asPath, ...nextHop, ...communities]);
}

/** Time since attributes that end at `end` were sent, in microseconds. */
export function ageUs(octets: Buffer, end: number, nowUs: number): number {
  return (nowUs - octets.readUInt32BE(end - STAMP_BYTES) + WRAP_US) % WRAP_US;
}
