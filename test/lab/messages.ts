import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { encodeAnnouncement } from "../../src/bgp/codec/announcement.ts";
import { fourOctetAs } from "../../src/bgp/codec/capability.ts";
import { encodeKeepalive } from "../../src/bgp/codec/keepalive.ts";
import { encodeNotification } from "../../src/bgp/codec/notification.ts";
import { encodeOpen } from "../../src/bgp/codec/open.ts";
import { encodeEndOfRib } from "../../src/bgp/codec/update.ts";
import { encodeInitiation } from "../../src/bmp/codec/initiation.ts";
import { encodePeerDown } from "../../src/bmp/codec/peer-down.ts";
import { encodePeerUp } from "../../src/bmp/codec/peer-up.ts";
import type { PerPeerHeader } from "../../src/bmp/codec/per-peer-header.ts";
import { encodeRouteMirroring } from "../../src/bmp/codec/route-mirroring.ts";
import { encodeRouteMonitoring } from "../../src/bmp/codec/route-monitoring.ts";
import { encodeStatisticsReport } from "../../src/bmp/codec/statistics-report.ts";
import { encodeTermination } from "../../src/bmp/codec/termination.ts";

export const PEER: PerPeerHeader = {
  peerType: 0,
  isAdjRibOut: false,
  isPostPolicy: false,
  isFiltered: false,
  isLegacyAsPath: false,
  distinguisher: 0n,
  address: "127.0.0.2",
  as: 64512,
  bgpId: 0xc0000202,
  timestampUs: 0,
};

const open = (as: number, holdTimeS: number) =>
  encodeOpen({ as, holdTimeS, bgpId: 0xc0000201, capabilities: [fourOctetAs(as)] });

const update = (pdu: Uint8Array) => encodeRouteMonitoring({ kind: "route-monitoring", peer: PEER, update: pdu });

/** A message of each type with the line that describes it. */
export const EXAMPLES: readonly (readonly [Uint8Array, string])[] = [
  [
    encodeInitiation({ kind: "initiation", sysName: "r1", sysDescr: "bmpconfd 0.1.0", strings: ['say "hi"'] }),
    'Initiation: sysName "r1", sysDescr "bmpconfd 0.1.0", "say \\"hi\\""',
  ],
  [
    encodePeerUp({
      kind: "peer-up",
      peer: PEER,
      localAddress: "127.0.0.1",
      localPort: 179,
      remotePort: 40_000,
      sentOpen: open(65000, 90),
      receivedOpen: open(64512, 30),
      strings: ["upstream"],
      adminLabels: ["as64512"],
    }),
    "Peer Up 127.0.0.2 AS64512: BGP ID 192.0.2.2, 127.0.0.2:40000 to 127.0.0.1:179, " +
      "OPEN sent (AS65000, hold time 90 s, capabilities 65), received (AS64512, hold time 30 s, capabilities 65), " +
      '"upstream", label "as64512"',
  ],
  [
    update(
      encodeAnnouncement(IPV4_UNICAST, { origin: 0, asPath: [64512, 65551], nextHop: ["192.0.2.2"] }, [
        "198.51.100.0/24",
        "203.0.113.0/24",
      ]),
    ),
    "Route Monitoring 127.0.0.2 AS64512: announce 198.51.100.0/24 203.0.113.0/24, " +
      "next hop 192.0.2.2, AS path 64512 65551",
  ],
  [
    update(
      encodeAnnouncement(IPV6_UNICAST, { origin: 0, asPath: [], nextHop: ["2001:db8::2", "fe80::2"] }, [
        "2001:db8::/32",
      ]),
    ),
    "Route Monitoring 127.0.0.2 AS64512: announce 2001:db8::/32, next hop 2001:db8::2, AS path empty",
  ],
  [update(encodeEndOfRib(IPV6_UNICAST)), "Route Monitoring 127.0.0.2 AS64512: End-of-RIB ipv6-unicast"],
  [
    encodeRouteMirroring({
      kind: "route-mirroring",
      peer: PEER,
      information: [0],
      message: encodeEndOfRib(IPV6_UNICAST),
    }),
    "Route Mirroring 127.0.0.2 AS64512: errored PDU, End-of-RIB ipv6-unicast",
  ],
  [
    encodeRouteMirroring({ kind: "route-mirroring", peer: PEER, information: [], message: encodeKeepalive() }),
    "Route Mirroring 127.0.0.2 AS64512: BGP message of type 4",
  ],
  [
    encodeRouteMirroring({ kind: "route-mirroring", peer: PEER, information: [1, 9] }),
    "Route Mirroring 127.0.0.2 AS64512: messages lost, information 9",
  ],
  [
    encodeStatisticsReport({
      kind: "statistics-report",
      peer: PEER,
      statistics: [
        { kind: "counter", type: 1, value: 3 },
        { kind: "gauge", type: 7, value: 12 },
        { kind: "family-gauge", type: 9, afi: 2, safi: 1, value: 6 },
        { kind: "family-gauge", type: 9, afi: 1, safi: 9, value: 0 },
      ],
    }),
    "Statistics Report 127.0.0.2 AS64512: duplicate announcements 3, routes in Adj-RIB-In 12, " +
      "routes in Adj-RIB-In ipv6-unicast 6, routes in Adj-RIB-In AFI 1 SAFI 9 0",
  ],
  [
    encodePeerDown({
      kind: "peer-down",
      peer: PEER,
      reason: {
        kind: "remote-notification",
        notification: encodeNotification({ code: 6, subcode: 2, data: new Uint8Array(0) }),
      },
    }),
    "Peer Down 127.0.0.2 AS64512: the peer sent Cease, Administrative Shutdown (6/2)",
  ],
  [
    encodePeerDown({
      kind: "peer-down",
      peer: PEER,
      reason: {
        kind: "local-notification",
        notification: encodeNotification({ code: 4, subcode: 0, data: new Uint8Array(0) }),
      },
    }),
    "Peer Down 127.0.0.2 AS64512: the router sent Hold Timer Expired (4/0)",
  ],
  [
    encodePeerDown({ kind: "peer-down", peer: PEER, reason: { kind: "local-fsm-event", event: 18 } }),
    "Peer Down 127.0.0.2 AS64512: the router closed the session, FSM event 18",
  ],
  [
    encodePeerDown({ kind: "peer-down", peer: PEER, reason: { kind: "remote-closed" } }),
    "Peer Down 127.0.0.2 AS64512: the peer closed the session without a NOTIFICATION",
  ],
  [
    encodePeerDown({ kind: "peer-down", peer: PEER, reason: { kind: "deconfigured" } }),
    "Peer Down 127.0.0.2 AS64512: no longer monitored",
  ],
  [
    encodeTermination({ kind: "termination", reason: 0, strings: ["bye"] }),
    'Termination: reason 0 (administratively closed), "bye"',
  ],
];
