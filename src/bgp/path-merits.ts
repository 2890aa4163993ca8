import { asPathLength, decodeAsPath, isOfConfederation, SegmentType } from "./codec/as-path.ts";
import { pathAttributes } from "./codec/attribute-list.ts";
import { toFourOctetAs } from "./codec/four-octet-attributes.ts";
import { AttributeType } from "./codec/iana.ts";
import { concatOctets, readUint32 } from "./codec/octets.ts";

const DEFAULT_LOCAL_PREF = 100;
const INCOMPLETE = 2;
const CLUSTER_ID_BYTES = 4;

/** What the decision process has to know of the neighbour that announces a route. */
export interface RouteOrigin {
  /** In another AS than ours. */
  readonly isExternal: boolean;
  readonly as: number;
  readonly localAs: number;
  readonly isFourOctetAs: boolean;
}

/** What of a route's attributes the decision process compares (RFC 4271 section 9.1.2.2). */
export interface PathMerits {
  readonly localPref: number;
  readonly asPathLength: number;
  readonly origin: number;
  /** MULTI_EXIT_DISC says something among routes of one neighbouring AS only. */
  readonly neighborAs: number;
  /** 0 if there is none. */
  readonly multiExitDisc: number;
  /** ORIGINATOR_ID, if the route was reflected (RFC 4456 section 9). */
  readonly originatorId: number | undefined;
  readonly clusterListLength: number;
  /** The attributes with AS numbers of four octets, as an `AttributeSet` has them as key. */
  readonly key: string;
}

/** @param key of an attribute set of an Adj-RIB-In */
export function meritsOf(key: string, from: RouteOrigin): PathMerits {
  const octets = Buffer.from(key, "latin1");
  const start = 1 + (octets[0] as number);
  const received = octets.subarray(start);
  const attributes = from.isFourOctetAs ? received : toFourOctetAs(received);
  const values = new Map<number, Uint8Array>();
  for (const { type, value } of pathAttributes(attributes)) values.set(type, value);
  const number = (type: number) => {
    const value = values.get(type);
    return value && readUint32(value, 0);
  };
  const segments = decodeAsPath(values.get(AttributeType.asPath) ?? new Uint8Array(0), 4);
  const first = segments.find((segment) => !isOfConfederation(segment));
  const unknownAs = from.isExternal ? from.as : from.localAs;
  return {
    localPref: number(AttributeType.localPref) ?? DEFAULT_LOCAL_PREF,
    asPathLength: asPathLength(segments),
    origin: values.get(AttributeType.origin)?.[0] ?? INCOMPLETE,
    neighborAs: first?.type === SegmentType.asSequence ? (first.numbers[0] as number) : unknownAs,
    multiExitDisc: number(AttributeType.multiExitDisc) ?? 0,
    originatorId: number(AttributeType.originatorId),
    clusterListLength: (values.get(AttributeType.clusterList)?.length ?? 0) / CLUSTER_ID_BYTES,
    key: from.isFourOctetAs ? key : keyOf(octets.subarray(0, start), attributes),
  };
}

function keyOf(nextHop: Uint8Array, attributes: Uint8Array): string {
  return Buffer.from(concatOctets([nextHop, attributes])).toString("latin1");
}
