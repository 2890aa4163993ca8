import { BgpError } from "../bgp/codec/bgp-error.ts";
import { messageType } from "../bgp/codec/common-header.ts";
import { MessageType } from "../bgp/codec/iana.ts";
import { encodeNotification } from "../bgp/codec/notification.ts";
import type { RibPeer } from "../bgp/established-peer.ts";
import type { PeerDownReason, RouteObserver } from "../bgp/route-source.ts";
import { decodeBgp4mp, type RecordedMessage, type StateChange } from "./codec/bgp4mp.ts";
import { ESTABLISHED, MrtType } from "./codec/iana.ts";
import type { MrtRecord } from "./codec/record-reader.ts";
import type { MrtPeer } from "./mrt-peer.ts";
import type { PeerSet } from "./peer-set.ts";
import { findPeer } from "./survey.ts";

const RIB = "adj-rib-in-pre";

/** What a BGP4MP record is about a peer that is wanted. */
export interface Replayable {
  readonly peer: MrtPeer;
  readonly event: StateChange | RecordedMessage;
}

/** Undefined: there is nothing in it to replay. @throws MrtError */
export function replayable({ type, subtype, body }: MrtRecord, peers: PeerSet): Replayable | undefined {
  if (type !== MrtType.bgp4mp && type !== MrtType.bgp4mpEt) return undefined;
  const event = decodeBgp4mp(subtype, body);
  const peer = event && findPeer(peers, event);
  return event === undefined || peer === undefined ? undefined : { peer, event };
}

/** Has a record happen again: sessions go up and down, routes come and go. `timeMs`: when it was written. */
export function replay({ peer, event }: Replayable, timeMs: number, observer: RouteObserver): void {
  if (event.kind === "state-change") return changeState(peer, event, timeMs, observer);
  const isOpen = messageType(event.pdu) === MessageType.open;
  if (event.isLocal) {
    // What the writer has sent is not about the routes it has; but its OPEN is one half of the session.
    if (isOpen) peer.sentOpen = new Uint8Array(event.pdu);
    return;
  }
  if (isOpen) {
    // Its last session has ended, though nothing said so.
    takeDown(peer, { kind: "remote-closed" }, observer);
    peer.receivedOpen = new Uint8Array(event.pdu);
    return;
  }
  if (messageType(event.pdu) === MessageType.update) return update(peer, event, timeMs, observer);
  if (peer.established === undefined) return;
  observer.received(peer.established, event.pdu, timeMs, false);
  const type = messageType(event.pdu);
  if (type === MessageType.keepalive) {
    for (const pdu of peer.inferEndOfRib()) observer.update(peer.established, RIB, pdu, timeMs);
  } else if (type === MessageType.notification) {
    takeDown(peer, { kind: "remote-notification", notification: new Uint8Array(event.pdu) }, observer);
  }
}

/** Ends a session, if there is one. */
export function takeDown(peer: MrtPeer, reason: PeerDownReason, observer: RouteObserver): void {
  const { established } = peer;
  if (established === undefined) return;
  peer.established = undefined;
  observer.peerDown(established, reason);
}

function changeState(peer: MrtPeer, { newState }: StateChange, timeMs: number, observer: RouteObserver): void {
  if (newState !== ESTABLISHED) {
    takeDown(peer, { kind: "remote-closed" }, observer);
    // The next session has OPENs of its own, and they come after this state.
    if (newState <= ACTIVE) forgetOpens(peer);
  } else if (peer.established === undefined) {
    observer.peerUp(peer.establish(timeMs));
  }
}

/** RFC 6396 section 4.4.1: Idle, Connect and Active are 1 to 3. */
const ACTIVE = 3;

function forgetOpens(peer: MrtPeer): void {
  peer.receivedOpen = undefined;
  peer.sentOpen = undefined;
}

/** An UPDATE of a peer that is not up shows that it is: many files begin, or have nothing but UPDATEs. */
function update(peer: MrtPeer, message: RecordedMessage, timeMs: number, observer: RouteObserver): void {
  if (peer.isOfAnotherSession(message)) {
    takeDown(peer, { kind: "remote-closed" }, observer);
    peer.learnAnew(message);
  }
  let { established } = peer;
  if (established === undefined) {
    established = peer.establish(timeMs);
    observer.peerUp(established);
  }
  const applied = apply(established, message.pdu);
  if (applied instanceof BgpError) {
    observer.received(established, message.pdu, timeMs, true);
    return takeDown(peer, { kind: "local-notification", notification: encodeNotification(applied) }, observer);
  }
  observer.received(established, message.pdu, timeMs, established.isLastErrored);
  for (const pdu of applied) observer.update(established, RIB, pdu, timeMs);
}

function apply(peer: RibPeer, pdu: Uint8Array): readonly Uint8Array[] | BgpError {
  try {
    return peer.apply(pdu);
  } catch (error) {
    if (error instanceof BgpError) return error;
    throw error;
  }
}
