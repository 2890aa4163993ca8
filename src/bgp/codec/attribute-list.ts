import { readUint16 } from "./octets.ts";

const EXTENDED_LENGTH = 0x10;

/** One path attribute of a list; octets are views of it. */
export interface PathAttribute {
  readonly flags: number;
  readonly type: number;
  readonly value: Uint8Array;
  /** Header and value. */
  readonly whole: Uint8Array;
}

/** The attributes of a well-formed list. */
export function* pathAttributes(attributes: Uint8Array): Generator<PathAttribute, undefined> {
  for (let offset = 0; offset < attributes.length; ) {
    const flags = attributes[offset] as number;
    const isExtended = (flags & EXTENDED_LENGTH) !== 0;
    const start = offset + (isExtended ? 4 : 3);
    const end = start + (isExtended ? readUint16(attributes, offset + 2) : (attributes[offset + 2] as number));
    const [value, whole] = [attributes.subarray(start, end), attributes.subarray(offset, end)];
    yield { flags, type: attributes[offset + 1] as number, value, whole };
    offset = end;
  }
}
