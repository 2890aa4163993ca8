import { beforeAll, beforeEach, expect, test } from "vitest";
import type { Schema } from "../../src/yang/schema.ts";
import {
  bmp,
  commit,
  type EngineFixture,
  edit,
  engineFixture,
  refusal,
  schemaFixture,
  session,
} from "./engine-fixture.ts";

let schema: Schema;
let engine: EngineFixture;
beforeAll(async () => {
  schema = await schemaFixture();
});
beforeEach(() => {
  engine = engineFixture(schema);
});

const listen = (address: string, port: number, attributes = "") =>
  `<listen${attributes}><vpn-instance>_public_</vpn-instance><address>${address}</address><port>${port}</port></listen>`;
const PASSIVE = "<connection-mode>passive</connection-mode>";
const passive = (port: number, alias = "", more = "") =>
  session("192.0.2.9", `${PASSIVE}<local-port>${port}</local-port>${more}`, "", alias);
const at = (alias = "") =>
  `/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='192.0.2.9'][bmp:alias='${alias}']`;

/** What validation says of a candidate with these changes. */
function problems(children: string) {
  engine.editCandidate(edit(bmp(children)));
  return refusal(() => engine.validate("candidate"))?.map(({ tag, appTag, path, message }) => ({
    tag,
    appTag,
    path: path?.text,
    message,
  }));
}

test("passive sessions are told apart by their port, and may share an address with active ones", () => {
  expect(
    problems(listen("::", 5000) + listen("::", 5001) + passive(5000, "a") + passive(5001, "b") + session("192.0.2.9")),
  ).toBeUndefined();
});

test("two passive sessions with one address and one port are refused (RFC 7950 7.8.3)", () => {
  expect(problems(listen("::", 5000) + passive(5000, "a") + passive(5000, "b"))).toMatchObject([
    { tag: "operation-failed", appTag: "data-not-unique" },
  ]);
});

test("they are when the second comes with a later commit, too, and when it is changed to be so", () => {
  engine.editCandidate(edit(bmp(listen("::", 5000) + listen("::", 5001) + passive(5000, "a") + passive(5001, "b"))));
  commit(engine);
  expect(problems(passive(5000, "c"))).toMatchObject([{ appTag: "data-not-unique" }]);
  engine.discardCandidate();
  expect(problems(passive(5000, "b"))).toMatchObject([{ appTag: "data-not-unique" }]);
});

test.each([
  [
    "without a port",
    session("192.0.2.9", PASSIVE),
    "connection-mode",
    "A passive session needs a local-port, which the server connects to.",
  ],
  [
    "with a port that nobody listens on",
    passive(5001),
    "local-port",
    "There is no 'listen' entry with this port in the VPN instance of the session.",
  ],
  [
    "with a source address",
    passive(5000, "", "<source-address>192.0.2.1</source-address>"),
    "source-address",
    "A passive session has no source-address: a 'listen' entry says which address the server connects to.",
  ],
  [
    "with a source interface",
    passive(5000, "", "<source-interface>eth0</source-interface>"),
    "source-interface",
    "A passive session has no source-interface: a VPN instance on that device says where the server connects from.",
  ],
  [
    "with TLS",
    passive(5000, "", "<tls><ca-certificates>x</ca-certificates></tls>"),
    "tls",
    "A passive session has no TLS: this device is a TLS client only.",
  ],
])("a passive session %s is refused", (_, children, leaf, message) => {
  expect(problems(listen("::", 5000) + children)).toEqual([
    { tag: "operation-failed", appTag: "must-violation", path: `${at()}/bmp:${leaf}`, message },
  ]);
});

test("an active session has no local port (RFC 7950 8.3.2)", () => {
  const children = session("192.0.2.9", "<local-port>5000</local-port>");
  expect(problems(listen("::", 5000) + children)).toMatchObject([{ path: `${at()}/bmp:local-port` }]);
});

test("a listener that a passive session needs cannot be removed, unless another one has its port", () => {
  engine.editCandidate(edit(bmp(listen("::1", 5000) + listen("127.0.0.1", 5000) + passive(5000))));
  commit(engine);
  expect(problems(listen("::1", 5000, ' nc:operation="delete"'))).toBeUndefined();
  commit(engine);
  expect(problems(listen("127.0.0.1", 5000, ' nc:operation="delete"'))).toMatchObject([
    { appTag: "must-violation", path: `${at()}/bmp:local-port` },
  ]);
});
