import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { matchesCryptHash, parseCryptHash } from "../../src/crypt/sha-crypt.ts";
import { finishJob } from "../../src/job.ts";
import { serverCapabilities } from "../../src/netconf/capabilities.ts";
import { yangLimits } from "../../src/yang/limits.ts";
import type { Schema } from "../../src/yang/schema.ts";
import {
  commit,
  type EngineFixture,
  edit,
  engineFixture,
  MemoryHistory,
  refusal,
  schemaFixture,
} from "../datastore/engine-fixture.ts";

const NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-system";
const HASH = "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1";

let schema: Schema;
beforeAll(async () => {
  schema = await schemaFixture();
});
let history: MemoryHistory;
let engine: EngineFixture;
beforeEach(() => {
  history = new MemoryHistory();
  engine = engineFixture(schema, history);
});

const users = (...passwords: readonly string[]): string =>
  `<system xmlns="${NAMESPACE}"><authentication>${passwords
    .map((password, at) => `<user><name>user-${at + 1}</name>${password}</user>`)
    .join("")}</authentication></system>`;
const password = (text: string) => `<password>${text}</password>`;
const passwords = (text: string): string[] =>
  [...text.matchAll(/<password>(.*?)<\/password>/g)].map(([, hash]) => hash as string);

function isHashOf(hash: string | undefined, clear: string): boolean {
  const stored = parseCryptHash(hash ?? "");
  return stored !== undefined && finishJob(matchesCryptHash(clear, stored));
}

describe("passwords in clear text (RFC 7317, iana-crypt-hash)", () => {
  test("are hashed when the edit is made, however they are written; hashes stay as they are", () => {
    engine.editCandidate(
      edit(
        users(
          password("$0$wonder &amp; grace"),
          password("&#36;0$wonder &amp; grace"),
          password("<![CDATA[$0]]>$wonder &amp; grace"),
          password(HASH),
          "",
        ),
      ),
    );
    const [one, two, three, four] = passwords(engine.getConfig("candidate"));
    for (const hash of [one, two, three]) expect(isHashOf(hash, "wonder & grace")).toBe(true);
    expect(new Set([one, two, three]).size).toBe(3);
    expect(four).toBe(HASH);
    expect(engine.getConfig("candidate")).toBe(
      users(...[one, two, three, four].map((hash) => password(hash as string)), ""),
    );
  });

  test("reach neither running nor the disk", () => {
    engine.editCandidate(edit(users(password("$0$wonder"))));
    const [hash] = passwords(engine.getConfig("candidate"));
    commit(engine);
    expect(passwords(engine.getConfig("running"))).toEqual([hash]);
    const stored = Buffer.concat(history.changes.map(({ change }) => change)).toString();
    expect(passwords(stored)).toEqual([hash]);
  });

  test("in a change of running itself, in a copy and in startup are hashed too", () => {
    engine.stage({ kind: "edit", edit: edit(users(password("$0$wonder"))) });
    engine.finish({ id: 1, time: "2026-11-25T10:00:00Z", username: "admin", sessionId: 1 });
    expect(isHashOf(passwords(engine.getConfig("running"))[0], "wonder")).toBe(true);
    engine.copyToCandidate({ config: edit(users(password("$0$grace"))).config });
    expect(isHashOf(passwords(engine.getConfig("candidate"))[0], "grace")).toBe(true);
    engine.copyToStartup({ config: edit(users(password("$0$mercy"))).config });
    expect(isHashOf(passwords(history.startup?.toString() ?? "")[0], "mercy")).toBe(true);
  });

  test("in a startup configuration that somebody wrote by hand are hashed when it is loaded", () => {
    history.startup = Buffer.from(users(password("$0$wonder")));
    expect(isHashOf(passwords(engineFixture(schema, history).getConfig("running"))[0], "wonder")).toBe(true);
  });

  test("an edit tells whether it had any: it must not be kept then", () => {
    expect(engine.editCandidate(edit(users(password("$0$wonder"))))).toBe(true);
    expect(engine.editCandidate(edit(users(password(HASH))))).toBe(false);
  });

  test("are hashed in slices", () => {
    const job = engine.engine.editCandidate(edit(users(password("$0$wonder"), password("$0$grace"))));
    let slices = 1;
    while (job.next().done !== true) slices++;
    expect(slices).toBeGreaterThan(30);
  });
});

const path = {
  text: "/sys:system/sys:authentication/sys:user[sys:name='user-1']/sys:password",
  namespaces: { sys: NAMESPACE },
};

describe("refused, and nothing is changed", () => {
  test.each([
    ["$0$", "The password is empty. Leave it out, or give one after $0$."],
    [`$0$${"ü".repeat(513)}`, "The password is longer than 1024 bytes."],
  ])("a password that cannot be hashed", (text, message) => {
    expect(refusal(() => engine.editCandidate(edit(users(password(text), password("$0$wonder")))))).toEqual([
      { type: "application", tag: "invalid-value", path, message },
    ]);
    expect(engine.getConfig("candidate")).toBe("");
  });

  test("what is no crypt-hash; the value, which may be a password, is not repeated", () => {
    expect(refusal(() => engine.editCandidate(edit(users(password("wonder")))))).toEqual([
      {
        type: "application",
        tag: "invalid-value",
        path,
        message: "The value is no crypt-hash. Give $0$ and the password, which is then hashed, or a hash of crypt(3).",
      },
    ]);
  });

  test("more passwords in clear text than `hashesPerEdit`", () => {
    const many = (count: number) => users(...Array<string>(count).fill(password("$0$wonder")));
    expect(refusal(() => engine.editCandidate(edit(many(yangLimits.hashesPerEdit + 1))))).toEqual([
      {
        type: "protocol",
        tag: "resource-denied",
        message:
          "The edit has more than 64 passwords in clear text, each of which has to be hashed. " +
          "Send them in several edits, or hashed.",
      },
    ]);
    expect(engine.getConfig("candidate")).toBe("");
    engine.editCandidate(edit(many(yangLimits.hashesPerEdit)));
    expect(new Set(passwords(engine.getConfig("candidate"))).size).toBe(64);
  });
});

test("what the server does not act on is not there (RFC 7950 section 7.20.3)", () => {
  for (const [element, content] of [
    ["hostname", "<hostname>a</hostname>"],
    ["clock", "<clock><timezone-utc-offset>60</timezone-utc-offset></clock>"],
    ["dns-resolver", "<dns-resolver><search>example.net</search></dns-resolver>"],
    ["ntp", "<ntp/>"],
    ["radius", "<radius/>"],
  ] as const) {
    expect(refusal(() => engine.editCandidate(edit(`<system xmlns="${NAMESPACE}">${content}</system>`)))).toMatchObject(
      [{ type: "application", tag: "unknown-element", info: { badElement: element } }],
    );
  }
  engine.editCandidate(edit(`<system xmlns="${NAMESPACE}"><contact>noc</contact><location>lab</location></system>`));
  commit(engine);
  expect(engine.getConfig("running")).toBe(
    `<system xmlns="${NAMESPACE}"><contact>noc</contact><location>lab</location></system>`,
  );
});

test("the hello says which features there are, and that there are deviations", () => {
  expect(serverCapabilities(schema.library.description, [])).toEqual(
    expect.arrayContaining([
      "urn:ietf:params:xml:ns:yang:iana-crypt-hash?module=iana-crypt-hash&revision=2014-08-06&features=crypt-hash-sha-256,crypt-hash-sha-512",
      "urn:ietf:params:xml:ns:yang:ietf-system?module=ietf-system&revision=2014-08-06&features=authentication,local-users&deviations=bmpconfd-system-deviations",
    ]),
  );
});
