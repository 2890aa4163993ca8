import type { AddressFamily } from "../bgp/address-family.ts";
import {
  addPathReceive,
  addPathSend,
  type Capability,
  EXTENDED_MESSAGE,
  fourOctetAs,
  GRACEFUL_RESTART_AWARE,
  multiprotocol,
} from "../bgp/codec/capability.ts";
import { encodeOpen } from "../bgp/codec/open.ts";

/** Nobody's (RFC 5398). AS_TRANS will not do: collectors take a 4-octet capability with that for malformed. */
const UNKNOWN_AS = 64496;

/** What a file says, or shows, of a session of which it has no OPEN. */
export interface ImpliedSession {
  readonly remoteAs: number;
  readonly remoteBgpId: number;
  /** Undefined: a table dump does not say whose it is. */
  readonly localAs: number | undefined;
  readonly localBgpId: number;
  readonly isFourOctetAs: boolean;
  readonly isExtendedMessage: boolean;
  readonly families: readonly AddressFamily[];
  readonly pathIdFamilies: readonly AddressFamily[];
  /** We say when its tables are whole. */
  readonly hasEndOfRib: boolean;
}

/** The OPENs that lead to such a session. Their Hold Time is 0: nothing here runs out. */
export function impliedOpens(session: ImpliedSession): { readonly sent: Uint8Array; readonly received: Uint8Array } {
  const localAs = session.localAs ?? UNKNOWN_AS;
  const open = (as: number, bgpId: number, direction: (families: readonly AddressFamily[]) => Capability) =>
    encodeOpen({ as, bgpId, holdTimeS: 0, capabilities: [...capabilities(session, as), ...paths(session, direction)] });
  return {
    sent: open(localAs, session.localBgpId, addPathReceive),
    received: open(session.remoteAs, session.remoteBgpId, addPathSend),
  };
}

function capabilities(session: ImpliedSession, as: number): Capability[] {
  return [
    ...session.families.map(multiprotocol),
    ...(session.isExtendedMessage ? [EXTENDED_MESSAGE] : []),
    ...(session.hasEndOfRib ? [GRACEFUL_RESTART_AWARE] : []),
    ...(session.isFourOctetAs ? [fourOctetAs(as)] : []),
  ];
}

const paths = (
  { pathIdFamilies }: ImpliedSession,
  direction: (families: readonly AddressFamily[]) => Capability,
): Capability[] => (pathIdFamilies.length === 0 ? [] : [direction(pathIdFamilies)]);
