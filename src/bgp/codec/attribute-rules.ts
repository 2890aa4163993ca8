import { AttributeType, UpdateSubcode } from "./iana.ts";
import { readUint16, readUint32 } from "./octets.ts";

/** What RFC 7606 prescribes for a malformed attribute. */
export type ErrorHandling = "treat-as-withdraw" | "attribute-discard";

/** What the checks depend on besides the octets. */
export interface AttributeContext {
  /** Whether both sides announced 4-octet AS numbers (RFC 6793). */
  readonly isFourOctetAs: boolean;
  /** Whether the neighbour is in another AS. */
  readonly isExternal: boolean;
  /** Us, if loops are to be found. */
  readonly local?: { readonly as: number /** 32 bits */; readonly bgpId: number };
}

/** What shows that routes have come back to us. */
export type RouteLoop = "as-path" | "originator-id" | "cluster-list";

export interface AttributeRule {
  /** The Optional and Transitive bits it must have. */
  readonly flags: number;
  readonly handling: ErrorHandling;
  /** The UPDATE Message Error subcode that names the fault, or undefined if the value is well-formed. */
  check(value: Uint8Array, context: AttributeContext): number | undefined;
  /** Whether the well-formed value shows that the routes were ours, or passed through us, before. */
  readonly loop?: { readonly kind: RouteLoop; isThere(value: Uint8Array, context: AttributeContext): boolean };
  /** Discarded unread from such a neighbour. */
  isUnwanted?(context: AttributeContext): boolean;
}

const WELL_KNOWN = 0x40;
const OPTIONAL_NON_TRANSITIVE = 0x80;
const OPTIONAL_TRANSITIVE = 0xc0;

const ORIGIN_INCOMPLETE = 2;
const AS_SET = 1;
const AS_SEQUENCE = 2;
const AS_CONFED_SET = 4;

const { attributeLengthError, optionalAttributeError, invalidOriginAttribute, malformedAsPath } = UpdateSubcode;

const isFromExternal = ({ isExternal }: AttributeContext): boolean => isExternal;
const isFromFourOctetAs = ({ isFourOctetAs }: AttributeContext): boolean => isFourOctetAs;

function exactly(octets: number): AttributeRule["check"] {
  return (value) => (value.length === octets ? undefined : attributeLengthError);
}

function someOf(octets: number): AttributeRule["check"] {
  return (value) => (value.length > 0 && value.length % octets === 0 ? undefined : optionalAttributeError);
}

function checkOrigin(value: Uint8Array): number | undefined {
  if (value.length !== 1) return attributeLengthError;
  return (value[0] as number) > ORIGIN_INCOMPLETE ? invalidOriginAttribute : undefined;
}

/** RFC 7606 section 7.2; confederation segments only from inside (RFC 5065 section 5). */
function checkAsPath(value: Uint8Array, { isFourOctetAs, isExternal }: AttributeContext): number | undefined {
  return checkSegments(value, isFourOctetAs ? 4 : 2, isExternal ? AS_SEQUENCE : AS_CONFED_SET);
}

function checkSegments(value: Uint8Array, asBytes: number, lastType: number): number | undefined {
  let offset = 0;
  while (offset < value.length) {
    const type = value[offset] as number;
    const count = value[offset + 1] ?? 0;
    if (type < AS_SET || type > lastType || count === 0) return malformedAsPath;
    offset += 2 + count * asBytes;
  }
  return offset === value.length ? undefined : malformedAsPath;
}

/** RFC 4271 section 9.1.2: our AS number in the path. Members of a confederation are none of ours (RFC 5065). */
function hasOurAs(value: Uint8Array, asBytes: 2 | 4, { local }: AttributeContext): boolean {
  if (local === undefined) return false;
  for (let offset = 0; offset < value.length; ) {
    const isOfPath = (value[offset] as number) <= AS_SEQUENCE;
    const end = offset + 2 + (value[offset + 1] as number) * asBytes;
    for (offset += 2; offset < end; offset += asBytes) {
      const as = asBytes === 4 ? readUint32(value, offset) : readUint16(value, offset);
      if (as === local.as && isOfPath) return true;
    }
  }
  return false;
}

const AS_PATH_LOOP = {
  kind: "as-path",
  isThere: (value: Uint8Array, context: AttributeContext) => hasOurAs(value, context.isFourOctetAs ? 4 : 2, context),
} as const;

/** An AS number of ours that does not fit in two octets is only there (RFC 6793 section 4.2.3). */
const AS4_PATH_LOOP = {
  kind: "as-path",
  isThere: (value: Uint8Array, context: AttributeContext) => hasOurAs(value, 4, context),
} as const;

/** RFC 4456 section 8: a reflector has sent our own route back. */
const ORIGINATOR_LOOP = {
  kind: "originator-id",
  isThere: (value: Uint8Array, { local }: AttributeContext) => local?.bgpId === readUint32(value, 0),
} as const;

/** RFC 4456 section 8: it has passed through our cluster. Our BGP Identifier is our CLUSTER_ID, too. */
const CLUSTER_LOOP = {
  kind: "cluster-list",
  isThere: (value: Uint8Array, { local }: AttributeContext) => {
    for (let offset = 0; offset < value.length; offset += 4)
      if (readUint32(value, offset) === local?.bgpId) return true;
    return false;
  },
} as const;

/** Attributes whose form is checked; RFC 7606 section 7 unless said. Others pass as they are. */
export const ATTRIBUTE_RULES: ReadonlyMap<number, AttributeRule> = new Map<number, AttributeRule>([
  [AttributeType.origin, { flags: WELL_KNOWN, handling: "treat-as-withdraw", check: checkOrigin }],
  [AttributeType.asPath, { flags: WELL_KNOWN, handling: "treat-as-withdraw", check: checkAsPath, loop: AS_PATH_LOOP }],
  [AttributeType.nextHop, { flags: WELL_KNOWN, handling: "treat-as-withdraw", check: exactly(4) }],
  [AttributeType.multiExitDisc, { flags: OPTIONAL_NON_TRANSITIVE, handling: "treat-as-withdraw", check: exactly(4) }],
  [
    AttributeType.localPref,
    { flags: WELL_KNOWN, handling: "treat-as-withdraw", check: exactly(4), isUnwanted: isFromExternal },
  ],
  [AttributeType.atomicAggregate, { flags: WELL_KNOWN, handling: "attribute-discard", check: exactly(0) }],
  [
    AttributeType.aggregator,
    {
      flags: OPTIONAL_TRANSITIVE,
      handling: "attribute-discard",
      check: (value, { isFourOctetAs }) =>
        value.length === (isFourOctetAs ? 8 : 6) ? undefined : attributeLengthError,
    },
  ],
  [AttributeType.communities, { flags: OPTIONAL_TRANSITIVE, handling: "treat-as-withdraw", check: someOf(4) }],
  [
    AttributeType.originatorId,
    {
      flags: OPTIONAL_NON_TRANSITIVE,
      handling: "treat-as-withdraw",
      check: exactly(4),
      loop: ORIGINATOR_LOOP,
      isUnwanted: isFromExternal,
    },
  ],
  [
    AttributeType.clusterList,
    {
      flags: OPTIONAL_NON_TRANSITIVE,
      handling: "treat-as-withdraw",
      check: someOf(4),
      loop: CLUSTER_LOOP,
      isUnwanted: isFromExternal,
    },
  ],
  [AttributeType.extendedCommunities, { flags: OPTIONAL_TRANSITIVE, handling: "treat-as-withdraw", check: someOf(8) }],
  // RFC 6793 section 6: discarded when malformed, and always from a speaker that has no use for them (section 4.1).
  [
    AttributeType.as4Path,
    {
      flags: OPTIONAL_TRANSITIVE,
      handling: "attribute-discard",
      check: (value) => (value.length === 0 ? malformedAsPath : checkSegments(value, 4, AS_CONFED_SET)),
      loop: AS4_PATH_LOOP,
      isUnwanted: isFromFourOctetAs,
    },
  ],
  [
    AttributeType.as4Aggregator,
    {
      flags: OPTIONAL_TRANSITIVE,
      handling: "attribute-discard",
      check: exactly(8),
      isUnwanted: isFromFourOctetAs,
    },
  ],
  [
    AttributeType.ipv6ExtendedCommunities,
    { flags: OPTIONAL_TRANSITIVE, handling: "treat-as-withdraw", check: someOf(20) },
  ],
  // RFC 8092 section 6.
  [AttributeType.largeCommunities, { flags: OPTIONAL_TRANSITIVE, handling: "treat-as-withdraw", check: someOf(12) }],
  // RFC 9234 section 5.
  [AttributeType.onlyToCustomer, { flags: OPTIONAL_TRANSITIVE, handling: "treat-as-withdraw", check: exactly(4) }],
]);
