import { describe, expect, test } from "vitest";
import { encodeInitiation } from "../../../src/bmp/codec/initiation.ts";
import { type BmpMessage, decodeMessage } from "../../../src/bmp/codec/message.ts";
import { encodePeerDown } from "../../../src/bmp/codec/peer-down.ts";
import { encodePeerUp } from "../../../src/bmp/codec/peer-up.ts";
import type { PerPeerHeader } from "../../../src/bmp/codec/per-peer-header.ts";
import { encodeMessagesLost, encodeRouteMirroring } from "../../../src/bmp/codec/route-mirroring.ts";
import {
  completeRouteMonitoringHeader,
  encodeRouteMonitoring,
  encodeRouteMonitoringHeader,
} from "../../../src/bmp/codec/route-monitoring.ts";
import { encodeStatisticsReport } from "../../../src/bmp/codec/statistics-report.ts";
import { encodeTermination } from "../../../src/bmp/codec/termination.ts";

const octets = (...hex: readonly string[]) => Uint8Array.from(Buffer.from(hex.join("").replaceAll(" ", ""), "hex"));

const peer: PerPeerHeader = {
  peerType: 0,
  isAdjRibOut: false,
  isPostPolicy: false,
  isFiltered: false,
  isLegacyAsPath: false,
  distinguisher: 0n,
  address: "192.0.2.1",
  as: 4_200_000_001,
  bgpId: 0xc0000201,
  timestampUs: 1_767_225_600_000_250,
};
const PEER = [
  "00 00 0000000000000000", // type, flags, distinguisher
  "000000000000000000000000 c0000201", // address
  "fa56ea01 c0000201", // AS, BGP ID
  "6955b900 000000fa", // seconds, microseconds
];
const peerIpv6: PerPeerHeader = {
  ...peer,
  isAdjRibOut: true,
  isPostPolicy: true,
  isLegacyAsPath: true,
  distinguisher: 0x0001_0002_0003_0004n,
  address: "2001:db8::1",
  timestampUs: 0,
};
const PEER_IPV6 = [
  "00 f0 0001000200030004",
  "20010db8000000000000000000000001",
  "fa56ea01 c0000201",
  "00000000 00000000",
];

const locRib: PerPeerHeader = {
  ...peer,
  peerType: 3,
  isFiltered: true,
  address: "0.0.0.0",
};
const LOC_RIB = [
  "03 80 0000000000000000",
  "00000000000000000000000000000000",
  "fa56ea01 c0000201",
  "6955b900 000000fa",
];

const MARKER = "ffffffffffffffffffffffffffffffff";
const KEEPALIVE = [MARKER, "0013 04"];
const OPEN_A = [MARKER, "001d 01 04 fde8 005a c00002fe 00"];
const OPEN_B = [MARKER, "001d 01 04 5ba0 00b4 c0000201 00"];
const CEASE = [MARKER, "0015 03 06 02"];
const UPDATE = [MARKER, "0017 02 0000 0000"];

const CASES: readonly [string, BmpMessage, Uint8Array, readonly string[]][] = (
  [
    [
      "Initiation (4.3)",
      { kind: "initiation", sysDescr: "bmpconfd 0.1", sysName: "r1", strings: ["é"] },
      encodeInitiation,
      ["03 00000022 04", "0001 000c 626d70636f6e666420302e31", "0002 0002 7231", "0000 0002 c3a9"],
    ],
    [
      "Initiation with empty names",
      { kind: "initiation", sysDescr: "", sysName: "", strings: [] },
      encodeInitiation,
      ["03 0000000e 04", "0001 0000", "0002 0000"],
    ],
    [
      "Peer Up (4.10)",
      {
        kind: "peer-up",
        peer,
        localAddress: "192.0.2.254",
        localPort: 179,
        remotePort: 40000,
        sentOpen: octets(...OPEN_A),
        receivedOpen: octets(...OPEN_B),
        strings: [],
        adminLabels: [],
      },
      encodePeerUp,
      ["03 0000007e 03", ...PEER, "000000000000000000000000c00002fe 00b3 9c40", ...OPEN_A, ...OPEN_B],
    ],
    [
      "Peer Up of an IPv6 peer with text and labels (RFC 9736 3.3)",
      {
        kind: "peer-up",
        peer: peerIpv6,
        localAddress: "2001:db8::ffff",
        localPort: 65535,
        remotePort: 179,
        sentOpen: octets(...OPEN_B),
        receivedOpen: octets(...OPEN_A),
        strings: ["a", "b"],
        adminLabels: ["x", "é"],
      },
      encodePeerUp,
      [
        ["03 00000093 03", PEER_IPV6, "20010db800000000000000000000ffff ffff 00b3", OPEN_B, OPEN_A],
        ["0000 0001 61", "0000 0001 62", "0004 0001 78", "0004 0002 c3a9"],
      ].flat(2),
    ],
    [
      "Peer Up of a Loc-RIB (RFC 9069 4.4)",
      {
        kind: "peer-up",
        peer: locRib,
        localAddress: "0.0.0.0",
        localPort: 0,
        remotePort: 0,
        sentOpen: octets(...OPEN_A),
        receivedOpen: octets(...OPEN_A),
        strings: [],
        tableName: "red",
        adminLabels: [],
      },
      encodePeerUp,
      ["03 00000085 03", ...LOC_RIB, "00".repeat(20), ...OPEN_A, ...OPEN_A, "0003 0003 726564"],
    ],
    [
      "Peer Down, reason 6 (RFC 9069 5.3)",
      { kind: "peer-down", peer: locRib, reason: { kind: "local-system-closed" }, tableName: "red" },
      encodePeerDown,
      ["03 00000038 02", ...LOC_RIB, "06", "0003 0003 726564"],
    ],
    [
      "Peer Down, reason 6, of a table without a name",
      { kind: "peer-down", peer, reason: { kind: "local-system-closed" } },
      encodePeerDown,
      ["03 00000031 02", ...PEER, "06"],
    ],
    [
      "Peer Down, reason 1 (4.9)",
      { kind: "peer-down", peer, reason: { kind: "local-notification", notification: octets(...CEASE) } },
      encodePeerDown,
      ["03 00000046 02", ...PEER, "01", ...CEASE],
    ],
    [
      "Peer Down, reason 2",
      { kind: "peer-down", peer, reason: { kind: "local-fsm-event", event: 18 } },
      encodePeerDown,
      ["03 00000033 02", ...PEER, "02 0012"],
    ],
    [
      "Peer Down, reason 3",
      { kind: "peer-down", peer, reason: { kind: "remote-notification", notification: octets(...CEASE) } },
      encodePeerDown,
      ["03 00000046 02", ...PEER, "03", ...CEASE],
    ],
    [
      "Peer Down, reason 4",
      { kind: "peer-down", peer: peerIpv6, reason: { kind: "remote-closed" } },
      encodePeerDown,
      ["03 00000031 02", ...PEER_IPV6, "04"],
    ],
    [
      "Peer Down, reason 5",
      { kind: "peer-down", peer, reason: { kind: "deconfigured" } },
      encodePeerDown,
      ["03 00000031 02", ...PEER, "05"],
    ],
    [
      "Route Monitoring (4.6)",
      { kind: "route-monitoring", peer: peerIpv6, update: octets(...UPDATE) },
      encodeRouteMonitoring,
      ["03 00000047 00", ...PEER_IPV6, ...UPDATE],
    ],
    [
      "Route Mirroring (4.7)",
      { kind: "route-mirroring", peer: peerIpv6, information: [], message: octets(...KEEPALIVE) },
      encodeRouteMirroring,
      ["03 00000047 06", ...PEER_IPV6, "0000 0013", ...KEEPALIVE],
    ],
    [
      "Route Mirroring of an errored PDU",
      { kind: "route-mirroring", peer, information: [0], message: octets(...UPDATE) },
      encodeRouteMirroring,
      ["03 00000051 06", ...PEER, "0001 0002 0000", "0000 0017", ...UPDATE],
    ],
    [
      "Route Mirroring, messages lost",
      { kind: "route-mirroring", peer, information: [1] },
      encodeRouteMirroring,
      ["03 00000036 06", ...PEER, "0001 0002 0001"],
    ],
    [
      "Statistics Report (4.8)",
      {
        kind: "statistics-report",
        peer,
        statistics: [
          { kind: "counter", type: 1, value: 0xffffffff },
          { kind: "counter", type: 2, value: 2 },
          { kind: "gauge", type: 7, value: 0x1_0000_0001 },
          { kind: "family-gauge", type: 9, afi: 2, safi: 1, value: 1_000_000 },
          { kind: "counter", type: 11, value: 0 },
          { kind: "counter", type: 4, value: 4 },
          { kind: "counter", type: 5, value: 5 },
          { kind: "counter", type: 12, value: 12 },
          { kind: "counter", type: 13, value: 13 },
        ],
      },
      encodeStatisticsReport,
      [
        ["03 00000087 01", PEER, "00000009"],
        ["0001 0004 ffffffff", "0002 0004 00000002", "0007 0008 0000000100000001"],
        ["0009 000b 0002 01 00000000000f4240", "000b 0004 00000000", "0004 0004 00000004"],
        ["0005 0004 00000005", "000c 0004 0000000c", "000d 0004 0000000d"],
      ].flat(2),
    ],
    [
      "Termination (4.5)",
      { kind: "termination", reason: 0, strings: ["bye"] },
      encodeTermination,
      ["03 00000013 05", "0001 0002 0000", "0000 0003 627965"],
    ],
    ["Termination without anything", { kind: "termination", strings: [] }, encodeTermination, ["03 00000006 05"]],
  ] as const
).map(([name, message, encode, hex]) => [name, message, (encode as (value: BmpMessage) => Uint8Array)(message), hex]);

describe("RFC 7854", () => {
  test.each(CASES)("%s is encoded so", (_name, _message, encoded, hex) => {
    expect(Buffer.from(encoded).toString("hex")).toBe(Buffer.from(octets(...hex)).toString("hex"));
  });

  test.each(CASES)("%s is decoded so", (_name, message, _encoded, hex) => {
    expect(decodeMessage(octets(...hex))).toEqual(message);
  });

  test.each(CASES)("%s cut short anywhere, or with more behind it, is refused", (_name, _message, encoded) => {
    for (let length = 0; length < encoded.length; length++) {
      expect(() => decodeMessage(encoded.slice(0, length))).toThrow(expect.objectContaining({ name: "BmpError" }));
    }
    expect(() => decodeMessage(Uint8Array.of(...encoded, 0))).toThrow(expect.objectContaining({ name: "BmpError" }));
  });

  test.each(CASES)("%s whose body is cut short never fails but with BmpError", (_name, _message, encoded) => {
    for (let length = 6; length < encoded.length; length++) {
      const cut = encoded.slice(0, length);
      new DataView(cut.buffer).setUint32(1, length);
      try {
        decodeMessage(cut);
      } catch (error) {
        expect(error).toMatchObject({ name: "BmpError" });
      }
    }
  });
});

test("Messages Lost has the per-peer header of a message that was lost", () => {
  const encoded = encodeRouteMirroring({ kind: "route-mirroring", peer, information: [1] });
  expect(encodeMessagesLost(octets(...PEER))).toEqual(encoded);
});

test("a Route Monitoring header is completed with the timestamp and length of its message", () => {
  const update = octets(...UPDATE);
  const head = encodeRouteMonitoringHeader({ ...peer, timestampUs: 7 });
  completeRouteMonitoringHeader(new DataView(head.buffer), 0, peer.timestampUs, 23);
  expect(Uint8Array.of(...head, ...update)).toEqual(encodeRouteMonitoring({ kind: "route-monitoring", peer, update }));
});

test.each([
  ["another version", ["04 00000006 05"], "BMP version 4"],
  ["a length below the header's", ["03 00000005 05"], "message length 5"],
  ["an unknown type", ["03 00000006 07"], "message type 7"],
  ["an unknown Peer Down reason", ["03 00000031 02", ...PEER, "07"], "Peer Down reason 7"],
  ["a TLV beyond the end", ["03 0000000b 04", "0001 0002 61"], "TLV value: 1 of 2 octets"],
  ["a wrong statistics count", ["03 00000034 01", ...PEER, "00000001"], "0 of 1 statistics"],
  [
    "a statistic of the wrong length",
    ["03 0000003a 01", ...PEER, "00000001", "0007 0002 0000"],
    "statistic 7 of 2 octets",
  ],
  ["a BGP length below the header's", ["03 00000043 00", ...PEER, MARKER, "0012 02"], "BGP message length 18"],
  ["two BGP messages", ["03 0000005a 00", ...PEER, ...UPDATE, ...KEEPALIVE], "19 octets after the BGP message"],
  [
    "a TLV behind a mirrored message",
    ["03 0000004d 06", ...PEER, "0000 0013", ...KEEPALIVE, "0001 0002 0000"],
    "a TLV after the mirrored BGP message",
  ],
  ["a mirroring code of one octet", ["03 00000035 06", ...PEER, "0001 0001 00"], "mirroring information of 1 octets"],
  ["a Termination reason of one octet", ["03 0000000b 05", "0001 0001 00"], "Termination reason of 1 octets"],
] as const)("%s is refused", (_name, hex, message) => {
  expect(() => decodeMessage(octets(...hex))).toThrow(expect.objectContaining({ name: "BmpError", message }));
});

test("unknown TLVs and statistics are passed over (4.4, 4.8)", () => {
  expect(decodeMessage(octets("03 0000000f 04", "00ff 0001 00", "0002 0000"))).toEqual({
    kind: "initiation",
    sysName: "",
    strings: [],
  });
  expect(decodeMessage(octets("03 0000003c 01", ...PEER, "00000001", "00fe 0004 00000001"))).toEqual({
    kind: "statistics-report",
    peer,
    statistics: [],
  });
});
