import { decodeNotification } from "../bgp/codec/notification.ts";
import type { PrefixEvent } from "../bgp/prefix-watch.ts";
import type { PeerDownReason, RouteObserver } from "../bgp/route-source.ts";
import type { BmpSessionEvent } from "../bmp/session-host.ts";

/** What the plane reports, as plain data that crosses threads: notifications of the module `bmpconfd-events`. */
export type PlaneEvent =
  | { readonly kind: "bmp-session"; readonly event: BmpSessionEvent }
  | { readonly kind: "bgp-established"; readonly address: string; readonly remoteAs: number }
  | {
      readonly kind: "bgp-backward-transition";
      readonly address: string;
      readonly reason: "local-event" | Exclude<PeerDownReason["kind"], "local-fsm-event">;
      readonly errorCode?: number;
      readonly errorSubcode?: number;
    }
  | PrefixEvent
  | { readonly kind: "events-suppressed"; readonly count: number };

/** An observer that reports which neighbours come and go, and hands everything on. A Loc-RIB is no neighbour. */
export const reportingPeers = (observer: RouteObserver, report: (event: PlaneEvent) => void): RouteObserver => ({
  peerUp: (peer) => {
    observer.peerUp(peer);
    if (peer.peerType === "loc-rib") return;
    report({ kind: "bgp-established", address: peer.address, remoteAs: peer.remoteAs });
  },
  received: (peer, pdu, receivedAt, isErrored) => observer.received(peer, pdu, receivedAt, isErrored),
  update: (peer, rib, pdu, receivedAt) => observer.update(peer, rib, pdu, receivedAt),
  peerDown: (peer, reason) => {
    observer.peerDown(peer, reason);
    if (peer.peerType === "loc-rib") return;
    report({ kind: "bgp-backward-transition", address: peer.address, ...backwardReason(reason) });
  },
});

function backwardReason(
  reason: PeerDownReason,
): Omit<PlaneEvent & { kind: "bgp-backward-transition" }, "kind" | "address"> {
  if (reason.kind === "local-fsm-event") return { reason: "local-event" };
  if (!("notification" in reason)) return { reason: reason.kind };
  const { code, subcode } = decodeNotification(reason.notification);
  return { reason: reason.kind, errorCode: code, errorSubcode: subcode };
}
