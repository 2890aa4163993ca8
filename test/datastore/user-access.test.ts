import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { matchesCryptHash, parseCryptHash } from "../../src/crypt/sha-crypt.ts";
import { finishJob } from "../../src/job.ts";
import type { AccessUser } from "../../src/nacm/config.ts";
import type { Schema } from "../../src/yang/schema.ts";
import type { SubtreeFilter } from "../../src/yang/subtree-filter.ts";
import { type Filter, readXPath } from "../../src/yang/xpath-filter.ts";
import {
  commit,
  type EngineFixture,
  edit,
  engineFixture,
  MemoryHistory,
  refusal,
  schemaFixture,
} from "./engine-fixture.ts";

/** RFC 8341 where RFC 7317 is concerned: who may see and change users, and who users become. */
const admin: AccessUser = { name: "root", externalGroups: ["admin"], isRecovery: false };
const monitor: AccessUser = { name: "eve", externalGroups: ["monitor"], isRecovery: false };
/** Configured, and in no group of the data directory. */
const bob: AccessUser = { name: "bob", externalGroups: [], isRecovery: false };

const SYSTEM = "urn:ietf:params:xml:ns:yang:ietf-system";
const ACM = "urn:ietf:params:xml:ns:yang:ietf-netconf-acm";
const HASH = "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1";
const OTHER_HASH = HASH.replace("salt", "pepper");

const users = (...content: readonly string[]) =>
  `<system xmlns="${SYSTEM}"><authentication>${content.join("")}</authentication></system>`;
const user = (name: string, content = "") => `<user><name>${name}</name>${content}</user>`;
const password = (text: string) => `<password>${text}</password>`;
const KEY =
  "<authorized-key><name>laptop</name><algorithm>ssh-ed25519</algorithm><key-data>AAAA</key-data></authorized-key>";
const group = (name: string, member: string) =>
  `<groups><group><name>${name}</name><user-name>${member}</user-name></group></groups>`;
const nacm = (content: string) => `<nacm xmlns="${ACM}">${content}</nacm>`;
const rules = (...list: readonly string[]) =>
  nacm(`${group("staff", "bob")}<rule-list><name>staff</name><group>staff</group>${list.join("")}</rule-list>`);
const rule = (name: string, operations: string, path: string) =>
  `<rule><name>${name}</name><path xmlns:sys="${SYSTEM}">${path}</path>` +
  `<access-operations>${operations}</access-operations><action>permit</action></rule>`;
const USER = "/sys:system/sys:authentication/sys:user";

let schema: Schema;
let history: MemoryHistory;
let engine: EngineFixture;
beforeAll(async () => {
  schema = await schemaFixture();
});
beforeEach(() => {
  history = new MemoryHistory();
  engine = engineFixture(schema, history);
});

/** Makes it running, as the server itself. */
function have(...config: readonly string[]): void {
  engine.editCandidate(edit(config.join("")));
  commit(engine);
  engine.catchUp();
}

const edited = (content: string, by = bob) => refusal(() => engine.editCandidate(edit(content), by));
const denied = (what: string, rest: string, reason: string) => [
  {
    type: "application",
    tag: "access-denied",
    message: `User "bob" may not ${what} ${USER}${rest}: ${reason}.`,
    path: { text: `${USER}${rest}`, namespaces: { sys: SYSTEM } },
  },
];
const NO_GROUP = "the user is in no group of /nacm/groups, and the YANG module marks it as default-deny-write";

describe("who a configured user is", () => {
  test("in no group they read, and are told why they may not write", () => {
    have(users(user("bob", password(HASH))));
    expect(engine.getConfig("running", undefined, undefined, bob)).toBe(users(user("bob")));
    expect(edited(users(user("ann")))).toEqual(denied("create", "[sys:name='ann']", NO_GROUP));
    expect(edited(`<system xmlns="${SYSTEM}"><contact>noc</contact></system>`)).toMatchObject([
      {
        tag: "access-denied",
        message:
          'User "bob" may not create /sys:system/sys:contact: ' +
          'the user is in no group of /nacm/groups, and write-default is "deny".',
      },
    ]);
  });

  test("one commit configures them and makes them an admin, until another one takes that away", () => {
    engine.editCandidate(edit(users(user("bob", password("$0$wonder"))) + nacm(group("admin", "bob"))), admin);
    expect(edited(users(user("ann")))).toEqual(denied("create", "[sys:name='ann']", NO_GROUP));
    commit(engine, admin);
    engine.catchUp();
    expect(edited(users(user("ann", password("$0$grace"))))).toBeUndefined();
    commit(engine, bob);
    engine.catchUp();
    expect(engine.getConfig("running", undefined, undefined, bob)).toBe(engine.getConfig("running"));
    engine.editCandidate(edit(nacm(group("admin", "bob").replace("<group>", '<group nc:operation="delete">'))), bob);
    commit(engine, bob);
    engine.catchUp();
    expect(edited(users(user("eve")))).toEqual(denied("create", "[sys:name='eve']", NO_GROUP));
  });

  test("group monitor looks on, without the hashes", () => {
    have(users(user("bob", password(HASH))) + nacm(group("monitor", "bob")));
    expect(engine.getConfig("running", undefined, undefined, bob)).toBe(users(user("bob")));
    expect(edited(users(user("ann")))).toEqual(
      denied("create", "[sys:name='ann']", 'rule "built-in monitor/nothing-else" denies it'),
    );
  });

  test("enable-external-groups is about the groups of the data directory only", () => {
    have(nacm(`<enable-external-groups>false</enable-external-groups>${group("admin", "bob")}`));
    expect(edited(users(user("ann")))).toBeUndefined();
    expect(edited(users(user("eve")), admin)?.[0]?.message).toContain("in no group of /nacm/groups");
  });
});

describe("a hash is shown to whom a rule lets read it", () => {
  const all = users(user("ann", password(HASH) + KEY), user("bob", password(OTHER_HASH)));
  const shown = users(user("ann", KEY), user("bob"));
  beforeEach(() => have(all, nacm(group("office", "bob"))));

  test.each([monitor, bob])("not to $name, whatever the datastore", (who) => {
    engine.copyToStartup("running");
    for (const source of ["running", "candidate", "startup"] as const) {
      expect(engine.getConfig(source, undefined, undefined, admin)).toContain(HASH);
      for (const mode of [undefined, "report-all"] as const) {
        const got = engine.getConfig(source, undefined, mode, who);
        if (mode === undefined) expect(got).toBe(shown);
        expect(got).toContain(KEY);
        expect(got).not.toContain("password");
      }
    }
  });

  test("not by filters either, which do not even tell who has one", () => {
    const filter = (text: string): SubtreeFilter => [
      node("system", [node("authentication", [node("user", [node("password", [], text)])])]),
    ];
    for (const select of [filter(HASH), filter(""), xpath("//sys:password"), xpath("//sys:user[sys:password]")]) {
      expect(engine.get([], select, undefined, admin)).toContain(HASH);
      expect(
        engine.get([], select, undefined, monitor).replace(/<\/?(system|authentication|user|name)\b[^>]*>/g, ""),
      ).not.toMatch(/\$|password/);
    }
    for (const select of [filter(HASH), xpath("//sys:password"), xpath("//sys:user[sys:password]")])
      expect(engine.get([], select, undefined, monitor)).toBe("");
    expect(engine.get([], xpath(`//sys:user[starts-with(sys:password,'$6$')]`), undefined, bob)).toBe("");
  });

  test("not in a copy, such as one of the history", () => {
    have(users(user("ann", KEY.replace("AAAA", "BBBB"))));
    engine.copyToCandidate({ commitId: 1 }, admin);
    expect(engine.getConfig("candidate")).toBe(engine.getConfig("running").replace("BBBB", "AAAA"));
    engine.discardCandidate();
    const acm = "<rule><name>acm</name><module-name>ietf-netconf-acm</module-name><action>permit</action></rule>";
    have(rules(rule("write", "create update delete", "/sys:system"), acm));
    engine.copyToCandidate({ commitId: 1 }, bob);
    expect(engine.getConfig("candidate")).toBe(nacm(group("office", "bob")) + shown);
  });

  test("to those who may read it, and to all when access control is off", () => {
    have(rules(rule("own", "read", `${USER}[sys:name=$USER]/sys:password`)));
    expect(engine.getConfig("running", undefined, undefined, bob)).toContain(OTHER_HASH);
    expect(engine.getConfig("running", undefined, undefined, bob)).not.toContain(HASH);
    have(nacm("<enable-nacm>false</enable-nacm>"));
    expect(engine.getConfig("running", undefined, undefined, bob)).toContain(HASH);
  });
});

describe("passwords in clear text, by one who may not write everything", () => {
  const OWN = rule("own-password", "create update", `${USER}[sys:name=$USER]/sys:password`);
  const isHashOf = (text: string, clear: string): boolean => {
    const stored = parseCryptHash(/<password>(.*?)<\/password>/.exec(text)?.[1] ?? "");
    return stored !== undefined && finishJob(matchesCryptHash(clear, stored));
  };

  test("a user who may change the own password changes it, and no other one", () => {
    have(users(user("bob", password(HASH))), rules(OWN));
    expect(edited(users(user("bob", password("$0$wonder"))))).toBeUndefined();
    const hashed = engine.getConfig("candidate");
    expect(isHashOf(hashed, "wonder")).toBe(true);
    commit(engine, bob);
    engine.catchUp();
    expect(engine.getConfig("running")).toBe(hashed);
    expect(Buffer.concat(history.changes.map(({ change }) => change)).toString()).not.toContain("wonder");
    have(users(user("ann", password(OTHER_HASH))));
    expect(edited(users(user("ann", password("$0$wonder"))))).toEqual(
      denied(
        "update",
        "[sys:name='ann']/sys:password",
        "no rule is about it, and the YANG module marks it as default-deny-all",
      ),
    );
    expect(engine.getConfig("candidate")).toContain(OTHER_HASH);
  });

  test("a change of running itself is checked and stored with the same hash", () => {
    have(users(user("bob", password(HASH))), rules(OWN));
    const change = { kind: "edit", edit: edit(users(user("bob", password("$0$grace")))) } as const;
    const told = engine.stage(change, false, bob);
    engine.finish({ id: engine.commitId() + 1, time: "2026-11-25T10:00:00Z", username: "bob", sessionId: 1 });
    const [unit] = told ?? [];
    expect(unit?.keys).toEqual(["bob"]);
    expect(engine.getConfig("running")).toContain(`<password>${unit?.after?.["password"] as string}</password>`);
    expect(isHashOf(engine.getConfig("running"), "grace")).toBe(true);
  });

  test("each is hashed once, though the edit is carried out twice, and a copy looked at twice", () => {
    const many = Array.from({ length: 20 }, (_, at) => user(`user-${at}`, password("$0$wonder"))).join("");
    have(rules(rule("users", "*", "/sys:system")));
    const byAdmin = slicesOf(engine.engine.editCandidate(edit(users(many)), admin));
    engine.discardCandidate();
    const byBob = slicesOf(engine.engine.editCandidate(edit(users(many)), bob));
    engine.discardCandidate();
    const startup = slicesOf(engine.engine.copyToStartup({ config: edit(users(many)).config }, bob));
    // 5000 rounds, 256 a slice.
    expect(byAdmin).toBeGreaterThan(20 * 19);
    for (const slices of [byBob, startup]) expect(slices).toBeLessThan(byAdmin * 1.5);
    expect(isHashOf(history.startup?.toString() ?? "", "wonder")).toBe(true);
  });
});

function slicesOf(job: Iterator<unknown>): number {
  let slices = 1;
  while (job.next().done !== true) slices++;
  return slices;
}

function xpath(select: string): Filter {
  const read = readXPath(select, (prefix) => (prefix === "sys" ? SYSTEM : undefined));
  if ("problem" in read) throw new Error(read.problem);
  return read;
}

const node = (name: string, children: SubtreeFilter, text = ""): SubtreeFilter[number] => ({
  name,
  namespace: SYSTEM,
  attributes: [],
  children,
  text,
});
