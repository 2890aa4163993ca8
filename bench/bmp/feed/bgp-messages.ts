const HEADER_BYTES = 19;
const MARKER_BYTES = 16;
const AS_TRANS = 23_456;
const TWO_OCTETS = 0x1_0000;

export const messageType = { open: 1, update: 2, notification: 3, keepalive: 4 } as const;

/** RFC 4271 section 4.1. */
export function bgpMessage(type: number, body: Uint8Array): Buffer {
  const message = Buffer.alloc(HEADER_BYTES + body.length, 0xff);
  message.writeUInt16BE(message.length, MARKER_BYTES);
  message[MARKER_BYTES + 2] = type;
  message.set(body, HEADER_BYTES);
  return message;
}

export const keepalive = (): Buffer => bgpMessage(messageType.keepalive, Buffer.alloc(0));

/** Of IPv4 unicast: an UPDATE with nothing in it (RFC 4724 section 2). */
export const endOfRib = (): Buffer => bgpMessage(messageType.update, Buffer.alloc(4));

/** An OPEN with IPv4 unicast, route refresh, graceful restart (for End-of-RIB) and 4-octet AS numbers. */
export function open(as: number, routerId: readonly number[], holdTimeS: number): Buffer {
  const fourOctets = Buffer.alloc(4);
  fourOctets.writeUInt32BE(as);
  const capabilities = [
    [1, 4, 0, 1, 0, 1],
    [2, 0],
    [64, 2, 0, 120],
    [65, 4, ...fourOctets],
  ].flat();
  const body = Buffer.from([
    4,
    0,
    0,
    0,
    0,
    ...routerId,
    capabilities.length + 2,
    2,
    capabilities.length,
    ...capabilities,
  ]);
  body.writeUInt16BE(as < TWO_OCTETS ? as : AS_TRANS, 1);
  body.writeUInt16BE(holdTimeS, 3);
  return bgpMessage(messageType.open, body);
}

/** An UPDATE that announces IPv4 prefixes. */
export function update(attributes: Uint8Array, nlri: Uint8Array): Buffer {
  const body = Buffer.alloc(4 + attributes.length + nlri.length);
  body.writeUInt16BE(attributes.length, 2);
  body.set(attributes, 4);
  body.set(nlri, 4 + attributes.length);
  return bgpMessage(messageType.update, body);
}

/** Splits a stream of BGP messages; what is not whole yet waits for the next octets. */
export class BgpSplitter {
  #rest = Buffer.alloc(0);

  /** The types of the messages that are whole now. */
  *types(octets: Buffer): Iterable<number> {
    const all = Buffer.concat([this.#rest, octets]);
    let at = 0;
    while (at + HEADER_BYTES <= all.length) {
      const length = all.readUInt16BE(at + MARKER_BYTES);
      if (at + length > all.length) break;
      yield all[at + MARKER_BYTES + 2] as number;
      at += length;
    }
    this.#rest = all.subarray(at);
  }
}
