import { expect, test } from "vitest";
import type { ConfigObject, UnitChange } from "../../src/datastore/subscriber.ts";
import { RpcError } from "../../src/errors/rpc-error.ts";
import { checkChange, type Machine, mayBeRefused } from "../../src/plane/check-change.ts";
import { unitPaths } from "../../src/plane/unit-paths.ts";

const session = (after?: ConfigObject): UnitChange => ({
  path: unitPaths.bmpSession,
  keys: ["_public_", "192.0.2.9", "it's"],
  after,
});
const neighbor = (after?: ConfigObject): UnitChange => ({ path: unitPaths.neighbor, keys: ["2001:db8::1"], after });

const CAPABLE: Machine = {
  networkProblem: () => undefined,
  md5Problem: () => undefined,
  md5Capacity: (wanted) => wanted,
  timeoutProblem: () => undefined,
  mrtProblem: () => undefined,
};
const OLD: Machine = {
  networkProblem: ({ device }) => `device ${device} does not exist`,
  md5Capacity: () => 0,
  md5Problem: () => "this kernel has no TCP MD5 (CONFIG_TCP_MD5SIG)",
  timeoutProblem: () => "this needs the optional package koffi, which cannot be loaded here",
  mrtProblem: () => "there is no such file",
};

const USUAL = { keepalive: { idle: "60", interval: "1", count: "10" } };
const feed = (after?: ConfigObject): UnitChange => ({ path: unitPaths.mrtFeed, keys: ["lab"], after });

function entries(change: readonly UnitChange[], machine: Machine) {
  try {
    checkChange(change, machine);
    return [];
  } catch (error) {
    if (error instanceof RpcError) return error.entries;
    throw error;
  }
}

test("all that a machine cannot do is told, with the leaf that asks for it, and no secret", () => {
  const demands = { "source-interface": "eth9", "tcp-md5": "secret", tcp: { ...USUAL, "user-timeout": "30" } };
  const change = [session(demands), neighbor({ "tcp-md5": "secret" })];
  expect(entries(change, CAPABLE)).toEqual([]);
  const at = "/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='192.0.2.9'][bmp:alias=\"it's\"]";
  expect(entries(change, OLD)).toEqual([
    {
      type: "application",
      tag: "operation-failed",
      path: { text: `${at}/bmp:source-interface`, namespaces: { bmp: "urn:bmpconfd:yang:bmp" } },
      message:
        "The session with 192.0.2.9 cannot use interface 'eth9': device eth9 does not exist. Create the interface, or name another.",
    },
    {
      type: "application",
      tag: "operation-failed",
      path: { text: `${at}/bmp:tcp-md5`, namespaces: { bmp: "urn:bmpconfd:yang:bmp" } },
      message: "The session with 192.0.2.9 cannot have a TCP MD5 key: this kernel has no TCP MD5 (CONFIG_TCP_MD5SIG).",
    },
    {
      type: "application",
      tag: "operation-failed",
      path: { text: `${at}/bmp:tcp`, namespaces: { bmp: "urn:bmpconfd:yang:bmp" } },
      message:
        "The session with 192.0.2.9 cannot have these timeouts: this needs the optional package koffi, which cannot be loaded here. " +
        "Leave keepalive's interval and count, and user-timeout, as they are by default.",
    },
    {
      type: "application",
      tag: "operation-failed",
      path: {
        text: "/bgp:bgp/bgp:neighbor[bgp:address='2001:db8::1']/bgp:tcp-md5",
        namespaces: { bgp: "urn:bmpconfd:yang:bgp" },
      },
      message: "The neighbour 2001:db8::1 cannot have a TCP MD5 key: this kernel has no TCP MD5 (CONFIG_TCP_MD5SIG).",
    },
  ]);
});

test("what TLS cannot use is told by its leaf, without quoting it", () => {
  const tls = { "ca-certificates": "none", certificate: "none", "private-key": "secret" };
  const path = (leaf: string) => ({
    text: `/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='192.0.2.9'][bmp:alias="it's"]/bmp:tls/bmp:${leaf}`,
    namespaces: { bmp: "urn:bmpconfd:yang:bmp" },
  });
  const entry = (leaf: string, text: string) => ({
    type: "application",
    tag: "invalid-value",
    path: path(leaf),
    message: `The session with 192.0.2.9 cannot use TLS: ${leaf} ${text}.`,
  });
  expect(entries([session({ tls })], CAPABLE)).toEqual([
    entry("ca-certificates", "holds no PEM certificate"),
    entry("certificate", "holds no PEM certificate"),
    entry("private-key", "holds no PEM private key"),
  ]);
});

test("a file that cannot be read is told, with the feed that names it", () => {
  expect(entries([feed({ file: "rib" })], CAPABLE)).toEqual([]);
  expect(entries([feed({ file: "rib" })], OLD)).toEqual([
    {
      type: "application",
      tag: "operation-failed",
      path: { text: "/mrt:mrt/mrt:feed[mrt:name='lab']/mrt:file", namespaces: { mrt: "urn:bmpconfd:yang:mrt" } },
      message:
        "The feed lab cannot read 'rib': there is no such file. " +
        "Put an MRT file into the folder that --mrt names, or name another.",
    },
  ]);
});

test("a machine without koffi can do what Node can", () => {
  const tcp = { keepalive: { idle: "600", interval: "1", count: "10" } };
  expect(entries([session({ tcp })], OLD)).toEqual([]);
});

test("only what is new is asked about", () => {
  expect(mayBeRefused(session({ port: "1" }), undefined)).toBe(false);
  expect(mayBeRefused(session({ "tcp-md5": "a" }), undefined)).toBe(true);
  expect(mayBeRefused(session({ "tcp-md5": "a" }), { "tcp-md5": "b" })).toBe(true);
  expect(mayBeRefused(session({ "tcp-md5": "a", port: "2" }), { "tcp-md5": "a", port: "1" })).toBe(false);
  expect(mayBeRefused(session({ port: "1" }), { "tcp-md5": "a" })).toBe(false);
  const quiet = { keepalive: { idle: "600", interval: "1", count: "10" } };
  const patient = { keepalive: { idle: "60", interval: "5", count: "10" } };
  expect([USUAL, quiet, patient].map((tcp) => mayBeRefused(session({ tcp }), undefined))).toEqual([false, false, true]);
  expect(mayBeRefused(session({ tcp: patient, port: "2" }), { tcp: { ...patient } })).toBe(false);
  const tls = { "ca-certificates": "a" };
  expect(mayBeRefused(session({ tls }), undefined)).toBe(true);
  expect(mayBeRefused(session({ tls, port: "2" }), { tls: { ...tls } })).toBe(false);
  expect(mayBeRefused(neighbor({ "tcp-md5": "a" }), {})).toBe(true);
  expect(mayBeRefused(neighbor(), { "tcp-md5": "a" })).toBe(false);
  expect(mayBeRefused(feed({ file: "a" }), { file: "b" })).toBe(true);
  expect(mayBeRefused(feed({ file: "a", repeat: "true" }), { file: "a", repeat: "false" })).toBe(false);
});

test("a router's key and an address for routers are asked about, and what is wrong is told by its leaf", async () => {
  const router: UnitChange = { path: unitPaths.relayRouter, keys: ["192.0.2.7"], after: { "tcp-md5": "secret" } };
  const listen: UnitChange = {
    path: unitPaths.relayListen,
    keys: ["::", "11030"],
    after: { address: "::", port: "11030" },
  };
  const namespaces = { relay: "urn:bmpconfd:yang:relay" };
  expect([router, listen].map((unit) => mayBeRefused(unit, undefined))).toEqual([true, true]);
  expect([router, listen].map((unit) => mayBeRefused(unit, unit.after))).toEqual([false, false]);
  expect(mayBeRefused({ ...listen, after: undefined }, listen.after)).toBe(false);
  expect(entries([router], OLD)).toEqual([
    {
      type: "application",
      tag: "operation-failed",
      path: { text: "/relay:relay/relay:router[relay:address='192.0.2.7']/relay:tcp-md5", namespaces },
      message: "The router 192.0.2.7 cannot have a TCP MD5 key: this kernel has no TCP MD5 (CONFIG_TCP_MD5SIG).",
    },
  ]);
});
