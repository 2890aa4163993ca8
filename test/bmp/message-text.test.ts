import { expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { encodePrefixes } from "../../src/bgp/codec/prefix.ts";
import { encodeEndOfRib, encodeUpdate, encodeWithdrawal } from "../../src/bgp/codec/update.ts";
import type { BmpMessage } from "../../src/bmp/codec/message.ts";
import { messageText } from "../../src/bmp/message-text.ts";
import { announcePdu, CEASE, openPdu } from "./bgp-pdus.ts";

const peer = {
  peerType: 0,
  isPostPolicy: false,
  isLegacyAsPath: false,
  distinguisher: 0n,
  address: "192.0.2.1",
  as: 65001,
  bgpId: 0xc0000201,
  timestampUs: 0,
};
const routes = (update: Uint8Array): BmpMessage => ({ kind: "route-monitoring", peer, update });

test.each<[string, BmpMessage]>([
  ['Initiation: sysName "r1\\n", sysDescr none', { kind: "initiation", sysName: "r1\n", strings: [] }],
  [
    "Peer Up: 192.0.2.1 AS65001, BGP ID 192.0.2.1, local 192.0.2.254 port 179, remote port 40000",
    {
      kind: "peer-up",
      peer,
      localAddress: "192.0.2.254",
      localPort: 179,
      remotePort: 40000,
      sentOpen: openPdu(65000, [192, 0, 2, 254]),
      receivedOpen: openPdu(65001, [192, 0, 2, 1]),
      strings: [],
    },
  ],
  [
    "Peer Down: 192.0.2.1 AS65001: this side sent Cease, Administrative Shutdown (6/2)",
    { kind: "peer-down", peer, reason: { kind: "local-notification", notification: CEASE } },
  ],
  [
    "Peer Down: 192.0.2.1 AS65001: the peer sent Cease, Administrative Shutdown (6/2)",
    { kind: "peer-down", peer, reason: { kind: "remote-notification", notification: CEASE } },
  ],
  [
    "Peer Down: 192.0.2.1 AS65001: this side closed after FSM event 18",
    { kind: "peer-down", peer, reason: { kind: "local-fsm-event", event: 18 } },
  ],
  [
    "Peer Down: 192.0.2.1 AS65001: the peer closed the connection",
    { kind: "peer-down", peer, reason: { kind: "remote-closed" } },
  ],
  ["Peer Down: 192.0.2.1 AS65001: deconfigured", { kind: "peer-down", peer, reason: { kind: "deconfigured" } }],
  ["Route Monitoring: 192.0.2.1 AS65001 announces 10.0.7.0/24", routes(announcePdu(7, 1))],
  [
    "Route Monitoring: 192.0.2.1 AS65001 withdraws 2001:db8::/32 2001:db8:1::/48",
    routes(encodeWithdrawal(IPV6_UNICAST, encodePrefixes(IPV6_UNICAST, ["2001:db8::/32", "2001:db8:1::/48"]))),
  ],
  [
    "Route Monitoring: 192.0.2.1 AS65001 withdraws 10.1.0.0/16 10.2.0.0/16 10.3.0.0/16 and 2 more",
    routes(
      encodeWithdrawal(
        IPV4_UNICAST,
        encodePrefixes(
          IPV4_UNICAST,
          [1, 2, 3, 4, 5].map((octet) => `10.${octet}.0.0/16`),
        ),
      ),
    ),
  ],
  ["Route Monitoring: 192.0.2.1 AS65001 End-of-RIB ipv6-unicast", routes(encodeEndOfRib(IPV6_UNICAST))],
  [
    "Route Monitoring: 192.0.2.1 AS65001 sends an UPDATE that cannot be read: malformed IPv4 prefixes",
    routes(encodeUpdate({ nlri: Uint8Array.of(33) })),
  ],
  [
    "Statistics Report: 192.0.2.1 AS65001: duplicate announcements 1, duplicate withdrawals 2, routes 3, " +
      "of AFI 1 SAFI 1 3, UPDATEs treated as withdraw 4",
    {
      kind: "statistics-report",
      peer,
      statistics: [
        { kind: "counter", type: 1, value: 1 },
        { kind: "counter", type: 2, value: 2 },
        { kind: "gauge", type: 7, value: 3 },
        { kind: "family-gauge", type: 9, afi: 1, safi: 1, value: 3 },
        { kind: "counter", type: 11, value: 4 },
      ],
    },
  ],
  [
    'Termination: administratively closed, "session removed"',
    { kind: "termination", reason: 0, strings: ["session removed"] },
  ],
])("%s", (text, message) => {
  expect(messageText(message, 3)).toBe(text);
});
