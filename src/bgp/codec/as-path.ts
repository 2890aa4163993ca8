import { concatOctets, readUint16, readUint32, uint32 } from "./octets.ts";

/** Types of path segments (RFC 4271 section 4.3, RFC 5065 section 3). */
export const SegmentType = { asSet: 1, asSequence: 2, confedSequence: 3, confedSet: 4 } as const;

const MAX_SEGMENT_NUMBERS = 255;

/** A path segment. */
export interface PathSegment {
  readonly type: number;
  readonly numbers: readonly number[];
}

export const isOfConfederation = ({ type }: PathSegment): boolean =>
  type === SegmentType.confedSequence || type === SegmentType.confedSet;

/** The segments of a well-formed AS_PATH. */
export function decodeAsPath(value: Uint8Array, asBytes: 2 | 4): PathSegment[] {
  const segments: PathSegment[] = [];
  for (let offset = 0; offset < value.length; ) {
    const type = value[offset] as number;
    const end = offset + 2 + (value[offset + 1] as number) * asBytes;
    const numbers: number[] = [];
    for (offset += 2; offset < end; offset += asBytes)
      numbers.push(asBytes === 4 ? readUint32(value, offset) : readUint16(value, offset));
    segments.push({ type, numbers });
  }
  return segments;
}

/** With AS numbers of four octets. */
export function encodeAsPath(segments: readonly PathSegment[]): Uint8Array {
  return concatOctets(
    segments.flatMap(({ type, numbers }) => [Uint8Array.of(type, numbers.length), ...numbers.map(uint32)]),
  );
}

/** Length as routes are compared by it: a set counts as one, a confederation for nothing (RFC 5065 section 5.3). */
export function asPathLength(segments: readonly PathSegment[]): number {
  return segments.reduce((sum, segment) => sum + lengthOf(segment), 0);
}

function lengthOf(segment: PathSegment): number {
  if (isOfConfederation(segment)) return 0;
  return segment.type === SegmentType.asSet ? 1 : segment.numbers.length;
}

/**
 * AS_PATH, in which each AS number of four octets is AS_TRANS, with what AS4_PATH has in its place (RFC 6793 section
 * 4.2.3).
 */
export function mergeAsPaths(asPath: readonly PathSegment[], as4Path: readonly PathSegment[]): PathSegment[] {
  // Such segments must not be there (RFC 6793 section 6).
  const tail = as4Path.filter((segment) => !isOfConfederation(segment));
  let missing = asPathLength(asPath) - asPathLength(tail);
  if (missing < 0) return [...asPath];
  const merged: PathSegment[] = [];
  for (const segment of asPath) {
    const length = lengthOf(segment);
    // Segments of a confederation go with what is before them.
    if (length > 0 && missing === 0) break;
    merged.push(length <= missing ? segment : { ...segment, numbers: segment.numbers.slice(0, missing) });
    if (length > missing) break;
    missing -= length;
  }
  return joinSequences([...merged, ...tail]);
}

function joinSequences(segments: readonly PathSegment[]): PathSegment[] {
  const joined: PathSegment[] = [];
  for (const segment of segments) {
    const last = joined.at(-1);
    const isJoinable =
      last?.type === SegmentType.asSequence &&
      segment.type === SegmentType.asSequence &&
      last.numbers.length + segment.numbers.length <= MAX_SEGMENT_NUMBERS;
    if (isJoinable) joined[joined.length - 1] = { ...last, numbers: [...last.numbers, ...segment.numbers] };
    else joined.push(segment);
  }
  return joined;
}
