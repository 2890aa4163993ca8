// Just enough BGP to have something to report. Prefixes are 10.x.y.0/24, a route's value is its MED.

const HEADER_LENGTH = 19;

function pdu(type: number, body: readonly number[]): Uint8Array {
  const length = HEADER_LENGTH + body.length;
  return Uint8Array.of(...Array.from({ length: 16 }, () => 0xff), length >>> 8, length & 0xff, type, ...body);
}

const prefixOctets = (prefix: number) => [24, 10, prefix >>> 8, prefix & 0xff];

export function openPdu(as: number, bgpId: readonly number[]): Uint8Array {
  // Multiprotocol IPv4 and IPv6 unicast, 4-octet AS.
  const capabilities = [1, 4, 0, 1, 0, 1, 1, 4, 0, 2, 0, 1, 65, 4, 0, 0, as >>> 8, as & 0xff];
  const parameters = [2, capabilities.length, ...capabilities];
  return pdu(1, [4, as >>> 8, as & 0xff, 0, 90, ...bgpId, parameters.length, ...parameters]);
}

export function announcePdu(prefix: number, med: number): Uint8Array {
  const attributes = [
    [0x40, 1, 1, 0],
    [0x40, 2, 6, 2, 1, 0, 0, 0xfd, 0xe9],
    [0x40, 3, 4, 192, 0, 2, 1],
    [0x80, 4, 4, med >>> 24, (med >>> 16) & 0xff, (med >>> 8) & 0xff, med & 0xff],
  ].flat();
  return pdu(2, [0, 0, 0, attributes.length, ...attributes, ...prefixOctets(prefix)]);
}

export function withdrawPdu(prefix: number): Uint8Array {
  return pdu(2, [0, 4, ...prefixOctets(prefix), 0, 0]);
}

export const END_OF_RIB_IPV4 = pdu(2, [0, 0, 0, 0]);
export const END_OF_RIB_IPV6 = pdu(2, [0, 0, 0, 6, 0x80, 15, 3, 0, 2, 1]);

export const CEASE = pdu(3, [6, 2]);

/** What a receiver of the UPDATEs above does to its table. */
export function applyUpdate(table: Map<number, number>, update: Uint8Array): void {
  const view = new DataView(update.buffer, update.byteOffset, update.length);
  const withdrawnLength = view.getUint16(HEADER_LENGTH);
  const attributesLength = view.getUint16(HEADER_LENGTH + 2 + withdrawnLength);
  if (withdrawnLength > 0) table.delete(view.getUint16(HEADER_LENGTH + 4));
  const nlri = HEADER_LENGTH + 4 + withdrawnLength + attributesLength;
  if (nlri < update.length) table.set(view.getUint16(nlri + 2), view.getUint32(nlri - 4));
}
