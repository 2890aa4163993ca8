// IANA "BGP Monitoring Protocol (BMP) Parameters", as far as this software sends or reads them.

export const BMP_VERSION = 3;

/** RFC 7854 section 4.1. */
export const MessageType = {
  routeMonitoring: 0,
  statisticsReport: 1,
  peerDown: 2,
  peerUp: 3,
  initiation: 4,
  termination: 5,
  routeMirroring: 6,
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** RFC 7854 section 4.2, RFC 9069 section 4.1. */
export const PeerType = { globalInstance: 0, rdInstance: 1, localInstance: 2, locRib: 3 } as const;

/** RFC 7854 section 4.2, RFC 8671 section 4: V, L, A and O. */
export const PeerFlag = { ipv6: 0x80, postPolicy: 0x40, legacyAsPath: 0x20, adjRibOut: 0x10 } as const;

/** Of peer type 3 (RFC 9069 section 4.2): F. */
export const LocRibFlag = { filtered: 0x80 } as const;

/** RFC 7854 section 4.4. */
export const InitiationTlvType = { string: 0, sysDescr: 1, sysName: 2 } as const;

/** RFC 9736 section 3.3, RFC 9069 section 5.2.1, RFC 8671 section 6.3.1; also of Peer Down with reason 6. */
export const PeerTlvType = { string: 0, tableName: 3, adminLabel: 4 } as const;

/** RFC 7854 section 4.5. */
export const TerminationTlvType = { string: 0, reason: 1 } as const;

/** RFC 7854 section 4.5. */
export const TerminationReason = {
  /** The session may be opened again. */
  administrativelyClosed: 0,
  unspecified: 1,
  outOfResources: 2,
  redundantConnection: 3,
  /** The session will not be opened again. */
  permanentlyAdministrativelyClosed: 4,
} as const;
export type TerminationReason = (typeof TerminationReason)[keyof typeof TerminationReason];

/** RFC 7854 section 4.7. */
export const MirroringTlvType = { bgpMessage: 0, information: 1 } as const;

/** RFC 7854 section 4.7. */
export const MirroringCode = { erroredPdu: 0, messagesLost: 1 } as const;

/** RFC 7854 section 4.9, RFC 9069 section 5.3. */
export const PeerDownReasonCode = {
  localNotification: 1,
  localFsmEvent: 2,
  remoteNotification: 3,
  remoteClosed: 4,
  deconfigured: 5,
  localSystemClosed: 6,
} as const;

/** RFC 7854 section 4.8, RFC 9972 section 3.2. Types 7 to 10, 20 and 21 are 64-bit gauges, all others 32-bit counters. */
export const StatisticsType = {
  duplicateAnnouncements: 1,
  duplicateWithdrawals: 2,
  clusterListLoops: 3,
  asPathLoops: 4,
  originatorIdLoops: 5,
  adjRibInRoutes: 7,
  locRibRoutes: 8,
  adjRibInRoutesByFamily: 9,
  locRibRoutesByFamily: 10,
  treatedAsWithdraw: 11,
  prefixesTreatedAsWithdraw: 12,
  duplicateUpdates: 13,
  postPolicyAdjRibInRoutes: 20,
  postPolicyAdjRibInRoutesByFamily: 21,
} as const;
