import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { messageType } from "./bgp-messages.ts";
import type { Table } from "./table.ts";

const HEADER_BYTES = 12;
const BGP4MP = 16;
const BGP4MP_ET = 17;
/** BGP4MP_MESSAGE_AS4. */
const MESSAGE_AS4 = 4;
const BGP_HEADER_BYTES = 19;

/** A router's UPDATEs as a route collector has recorded them: BGP4MP_MESSAGE_AS4, IPv4, one peer (RFC 6396). */
export function mrtTable(file: string): Table {
  const bytes = readFileSync(file);
  const records = file.endsWith(".gz") ? gunzipSync(bytes) : bytes;
  const updates: Buffer[] = [];
  const prefixes = new Set<number>();
  let as: number | undefined;
  for (let at = 0; at + HEADER_BYTES <= records.length; ) {
    const type = records.readUInt16BE(at + 4);
    const subtype = records.readUInt16BE(at + 6);
    const end = at + HEADER_BYTES + records.readUInt32BE(at + 8);
    if ((type === BGP4MP || type === BGP4MP_ET) && subtype === MESSAGE_AS4) {
      const peer = at + HEADER_BYTES + (type === BGP4MP_ET ? 4 : 0);
      const isIpv4 = records.readUInt16BE(peer + 10) === 1;
      as ??= records.readUInt32BE(peer);
      if (as !== records.readUInt32BE(peer)) throw new Error(`${file} is of more than one router`);
      const message = records.subarray(peer + 12 + (isIpv4 ? 8 : 32), end);
      if (message[BGP_HEADER_BYTES - 1] === messageType.update) {
        updates.push(message);
        apply(message, prefixes);
      }
    }
    at = end;
  }
  if (as === undefined) throw new Error(`${file} has no BGP4MP_MESSAGE_AS4`);
  return {
    name: basename(file),
    routes: prefixes.size,
    updates: updates.length,
    octets: Buffer.concat(updates),
    as,
  };
}

function apply(message: Buffer, prefixes: Set<number>): void {
  const withdrawnStart = BGP_HEADER_BYTES + 2;
  const withdrawnEnd = withdrawnStart + message.readUInt16BE(BGP_HEADER_BYTES);
  const nlriStart = withdrawnEnd + 2 + message.readUInt16BE(withdrawnEnd);
  for (const key of keysOf(message, withdrawnStart, withdrawnEnd)) prefixes.delete(key);
  for (const key of keysOf(message, nlriStart, message.length)) prefixes.add(key);
}

/** A number for each prefix. */
function* keysOf(message: Buffer, start: number, end: number): Generator<number, void, undefined> {
  for (let at = start; at < end; ) {
    const lengthBits = message[at] as number;
    const octets = Math.ceil(lengthBits / 8);
    let address = 0;
    for (let i = 0; i < 4; i++) address = address * 256 + (i < octets ? (message[at + 1 + i] as number) : 0);
    yield address * 64 + lengthBits;
    at += 1 + octets;
  }
}
