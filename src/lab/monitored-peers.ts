import { ADDRESS_FAMILIES } from "../bgp/address-family.ts";
import { BgpError } from "../bgp/codec/bgp-error.ts";
import { addPathFamilies } from "../bgp/codec/capability.ts";
import { ALL_FAMILIES, type NlriContext } from "../bgp/codec/multiprotocol-nlri.ts";
import { decodeOpen } from "../bgp/codec/open.ts";
import type { BmpMessage } from "../bmp/codec/message.ts";
import type { PeerUp } from "../bmp/codec/peer-up.ts";
import type { PerPeerHeader } from "../bmp/codec/per-peer-header.ts";
import type { LabLimits } from "./limits.ts";

/** What a BMP connection has told of its peers' sessions: the families in which they send several paths (RFC 7911). */
export class MonitoredPeers {
  readonly #limits: LabLimits;
  /** Peers that send several paths in some family. */
  readonly #contexts = new Map<string, NlriContext>();

  constructor(limits: LabLimits) {
    this.#limits = limits;
  }

  /** How to read the UPDATEs that `message`, the next one of the connection, is about. */
  contextOf(message: BmpMessage): NlriContext {
    if (message.kind === "initiation" || message.kind === "termination") return ALL_FAMILIES;
    const key = keyOf(message.peer);
    if (message.kind === "peer-up" || message.kind === "peer-down") this.#contexts.delete(key);
    if (message.kind === "peer-up") this.#note(key, message);
    return this.#contexts.get(key) ?? ALL_FAMILIES;
  }

  #note(key: string, { sentOpen, receivedOpen }: PeerUp): void {
    if (this.#contexts.size >= this.#limits.peersWithPaths) return;
    try {
      const pathIdFamilies = addPathFamilies(decodeOpen(sentOpen).capabilities, decodeOpen(receivedOpen).capabilities);
      if (pathIdFamilies.length > 0) this.#contexts.set(key, { families: ADDRESS_FAMILIES, pathIdFamilies });
    } catch (error) {
      if (!(error instanceof BgpError)) throw error;
    }
  }
}

function keyOf({ peerType, distinguisher, address }: PerPeerHeader): string {
  return `${peerType} ${distinguisher} ${address}`;
}
