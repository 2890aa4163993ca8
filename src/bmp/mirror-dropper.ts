import { COMMON_HEADER_LENGTH, decodeCommonHeader } from "./codec/common-header.ts";
import { MessageType } from "./codec/iana.ts";
import { PER_PEER_HEADER_LENGTH, peerOctets } from "./codec/per-peer-header.ts";
import { encodeMessagesLost } from "./codec/route-mirroring.ts";
import type { MessageCounts } from "./message-page.ts";

/**
 * Takes mirrored messages out of what a collector is sent (RFC 7854 section 4.7). In the place of the first one of each
 * BGP session there is Messages Lost, so that this is where it has to be: between the Peer Up and the Peer Down.
 */
export class MirrorDropper {
  /** Sessions of which the loss was told, by peer. */
  readonly #told = new Set<string>();
  #lost = 0;

  /** Mirrored messages taken out. */
  get lost(): number {
    return this.#lost;
  }

  /** Losses from now on are told anew. */
  recover(): void {
    this.#told.clear();
  }

  /** Whole messages less those mirrored, in memory of their own; `sent`, which counts them already, is corrected. */
  drop(messages: Uint8Array, sent: MessageCounts): Uint8Array {
    const kept: Uint8Array[] = [];
    for (let offset = 0; offset < messages.length; ) {
      const { length, type } = decodeCommonHeader(messages.subarray(offset));
      const message = messages.subarray(offset, offset + length);
      offset += length;
      if (type === MessageType.routeMirroring) {
        this.#lost += 1;
        const lost = this.#messagesLost(message);
        if (lost === undefined) sent[type] = (sent[type] ?? 0) - 1;
        else kept.push(lost);
        continue;
      }
      if (type === MessageType.peerDown) this.#told.delete(peerOf(message));
      kept.push(message);
    }
    return Buffer.concat(kept);
  }

  /** Undefined: it was told already. */
  #messagesLost(mirrored: Uint8Array): Uint8Array | undefined {
    const peer = peerOf(mirrored);
    if (this.#told.has(peer)) return undefined;
    this.#told.add(peer);
    return encodeMessagesLost(mirrored.subarray(COMMON_HEADER_LENGTH, COMMON_HEADER_LENGTH + PER_PEER_HEADER_LENGTH));
  }
}

function peerOf(message: Uint8Array): string {
  return Buffer.from(peerOctets(message.subarray(COMMON_HEADER_LENGTH))).toString("latin1");
}
