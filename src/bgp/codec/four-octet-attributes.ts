import { decodeAsPath, encodeAsPath, mergeAsPaths } from "./as-path.ts";
import { type PathAttribute, pathAttributes } from "./attribute-list.ts";
import { AS_TRANS, AttributeType } from "./iana.ts";
import { concatOctets, readUint16, uint32 } from "./octets.ts";
import { encodeAttribute } from "./update.ts";

const EXTENDED_LENGTH = 0x10;

/**
 * The attributes that a neighbour without AS numbers of four octets has sent, as one with them would have sent them
 * (RFC 6793 section 4.2.3): AS_PATH and AGGREGATOR are wider, AS4_PATH and AS4_AGGREGATOR have gone into them.
 * @param attributes a list as `UpdateDecoder` leaves it
 */
export function toFourOctetAs(attributes: Uint8Array): Uint8Array {
  const list = [...pathAttributes(attributes)];
  const valueOfType = (wanted: number) => list.find(({ type }) => type === wanted)?.value;
  const aggregator = valueOfType(AttributeType.aggregator);
  // Whoever wrote another number there knew nothing of the two attributes, which are of an older route then.
  const isOutdated = aggregator !== undefined && readUint16(aggregator, 0) !== AS_TRANS;
  const as4Path = isOutdated ? undefined : valueOfType(AttributeType.as4Path);
  const as4Aggregator = isOutdated ? undefined : valueOfType(AttributeType.as4Aggregator);
  return concatOctets(list.map((attribute) => widened(attribute, as4Path, as4Aggregator)));
}

function widened(
  { flags, type, value, whole }: PathAttribute,
  as4Path: Uint8Array | undefined,
  as4Aggregator: Uint8Array | undefined,
): Uint8Array {
  switch (type) {
    case AttributeType.asPath: {
      const path = decodeAsPath(value, 2);
      const merged = as4Path === undefined ? path : mergeAsPaths(path, decodeAsPath(as4Path, 4));
      return encodeAttribute(flags & ~EXTENDED_LENGTH, type, encodeAsPath(merged));
    }
    case AttributeType.aggregator: {
      const wide = as4Aggregator ?? concatOctets([uint32(readUint16(value, 0)), value.subarray(2)]);
      return encodeAttribute(flags & ~EXTENDED_LENGTH, type, wide);
    }
    case AttributeType.as4Path:
    case AttributeType.as4Aggregator:
      return new Uint8Array(0);
    default:
      return whole;
  }
}
