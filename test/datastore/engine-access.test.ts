import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AccessUser } from "../../src/nacm/config.ts";
import type { Schema } from "../../src/yang/schema.ts";
import type { SubtreeFilter } from "../../src/yang/subtree-filter.ts";
import { type Filter, readXPath, type XPathFilter } from "../../src/yang/xpath-filter.ts";
import {
  bmp,
  commit,
  type EngineFixture,
  edit,
  engineFixture,
  MemoryHistory,
  refusal,
  schemaFixture,
  session,
} from "./engine-fixture.ts";

const ann: AccessUser = { name: "ann", externalGroups: ["staff"], isRecovery: false };
const admin: AccessUser = { name: "root", externalGroups: ["admin"], isRecovery: false };
const monitor: AccessUser = { name: "eve", externalGroups: ["monitor"], isRecovery: false };

let schema: Schema;
let history: MemoryHistory;
let engine: EngineFixture;
beforeAll(async () => {
  schema = await schemaFixture([modulePath("garden")]);
});
beforeEach(() => {
  history = new MemoryHistory();
  engine = engineFixture(schema, history);
  have(bmp(""));
});
const modulePath = (name: string) => fileURLToPath(new URL(`../yang/modules/${name}.yang`, import.meta.url));

const ACM = "urn:ietf:params:xml:ns:yang:ietf-netconf-acm";
const PREFIXES = 'xmlns:bmp="urn:bmpconfd:yang:bmp" xmlns:g="urn:garden"';
const SESSION_1 = "/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='2001:db8::1'][bmp:alias='']";
const SESSION_2 = SESSION_1.replace("::1", "::2");

/** `path` with the prefixes above, or a module's name. */
function rule(name: string, action: string, operations: string, path: string): string {
  const target = path.startsWith("/") ? `<path ${PREFIXES}>${path}</path>` : `<module-name>${path}</module-name>`;
  return `<rule><name>${name}</name>${target}<access-operations>${operations}</access-operations><action>${action}</action></rule>`;
}

const ruleList = (...rules: string[]) =>
  `<nacm xmlns="${ACM}"><rule-list><name>staff</name><group>staff</group>${rules.join("")}</rule-list></nacm>`;

/** Makes it running, as the server itself. */
function have(...config: string[]): void {
  engine.editCandidate(edit(config.join("")));
  commit(engine);
  engine.catchUp();
}

const denied = (operation: string, path: string, reason: string) => [
  {
    type: "application",
    tag: "access-denied",
    message: `User "ann" may not ${operation} ${path}: ${reason}.`,
    path: { text: path, namespaces: expect.any(Object) },
  },
];
const NO_RULE = 'no rule is about it, and write-default is "deny"';

describe("without rules", () => {
  test("admin may change everything, /nacm too", () => {
    engine.editCandidate(edit(bmp(session("2001:db8::1")) + ruleList()), admin);
    commit(engine, admin);
    expect(engine.commitId()).toBe(2);
  });

  test.each([ann, { ...monitor, name: "ann" }])("others may change nothing: $externalGroups", (user) => {
    const before = engine.getConfig("candidate");
    const reason = user === ann ? NO_RULE : 'rule "built-in monitor/nothing-else" denies it';
    const path = SESSION_1;
    expect(refusal(() => engine.editCandidate(edit(bmp(session("2001:db8::1"))), user))).toEqual(
      denied("create", path, reason),
    );
    expect(engine.getConfig("candidate")).toBe(before);
    expect(engine.isCandidateModified()).toBe(false);
  });

  test("a recovery session may change everything", () => {
    engine.editCandidate(edit(bmp(session("2001:db8::1"))), { ...ann, isRecovery: true });
    expect(engine.isCandidateModified()).toBe(true);
  });
});

describe("exactly what an edit creates, updates and deletes is checked (RFC 8341 section 3.2.5)", () => {
  const SESSION = "/bmp:bmp/bmp:bmp-session";
  const edited = (content: string, more = {}) => refusal(() => engine.editCandidate(edit(content, more), ann));

  test("create of an entry needs it for the entry and all in it", () => {
    have(
      ruleList(rule("no-port", "deny", "create", `${SESSION}/bmp:port`), rule("sessions", "permit", "create", SESSION)),
    );
    expect(edited(bmp(session("2001:db8::1")))).toBeUndefined();
    expect(edited(bmp(session("2001:db8::2", "<port>5</port>")))).toEqual(
      denied("create", `${SESSION_1.replace("::1", "::2")}/bmp:port`, 'rule "staff/no-port" denies it'),
    );
    expect(engine.getConfig("candidate")).toContain("2001:db8::1");
    expect(engine.getConfig("candidate")).not.toContain("2001:db8::2");
  });

  test("a leaf that was a default is created, one that was set is updated, or deleted", () => {
    have(
      bmp(session("2001:db8::1", "<port>5</port>")),
      ruleList(
        rule("port", "permit", "update", `${SESSION}/bmp:port`),
        rule("enabled", "permit", "create", `${SESSION}/bmp:enabled`),
      ),
    );
    expect(edited(bmp(session("2001:db8::1", "<port>6</port><enabled>false</enabled>")))).toBeUndefined();
    expect(edited(bmp(session("2001:db8::1", "<enabled>true</enabled>")))).toEqual(
      denied("update", `${SESSION_1}/bmp:enabled`, NO_RULE),
    );
    expect(edited(bmp(session("2001:db8::1", '<port nc:operation="delete"/>')))).toEqual(
      denied("delete", `${SESSION_1}/bmp:port`, NO_RULE),
    );
    expect(edited(bmp(session("2001:db8::1", '<enabled nc:operation="remove"/>')))).toEqual(
      denied("delete", `${SESSION_1}/bmp:enabled`, NO_RULE),
    );
  });

  test("what an edit names and leaves as it is needs nothing", () => {
    have(bmp(session("2001:db8::1", "<port>5</port>")), ruleList());
    expect(edited(bmp(session("2001:db8::1", "<port>5</port>")))).toBeUndefined();
    expect(edited(bmp(session("2001:db8::1", "<port>5</port>", ' nc:operation="replace"')))).toBeUndefined();
    expect(
      edited(bmp(session("2001:db8::1", '<port nc:operation="remove">5</port>')), {
        defaultOperation: "none",
      }),
    ).toEqual(denied("delete", `${SESSION_1}/bmp:port`, NO_RULE));
  });

  test("a replacement needs what differs after it", () => {
    have(
      bmp(session("2001:db8::1", "<port>5</port><description>a</description>")),
      ruleList(
        rule("port", "permit", "update", `${SESSION}/bmp:port`),
        rule("text", "permit", "delete", `${SESSION}/bmp:description`),
      ),
    );
    expect(edited(bmp(session("2001:db8::1", "<port>6</port>", ' nc:operation="replace"')))).toBeUndefined();
    expect(edited(bmp(session("2001:db8::1", "", ' nc:operation="replace"')))).toEqual(
      denied("delete", `${SESSION_1}/bmp:port`, NO_RULE),
    );
  });

  test("delete of a container or entry needs it for all that is in it", () => {
    have(
      bmp(session("2001:db8::1", "<port>5</port>") + session("2001:db8::2")),
      ruleList(rule("no-port", "deny", "delete", `${SESSION}/bmp:port`), rule("all", "permit", "delete", "/bmp:bmp")),
    );
    expect(edited('<bmp xmlns="urn:bmpconfd:yang:bmp" nc:operation="delete"/>')).toEqual(
      denied("delete", `${SESSION_1}/bmp:port`, 'rule "staff/no-port" denies it'),
    );
    expect(edited(bmp(session("2001:db8::2", "", ' nc:operation="delete"')))).toBeUndefined();
    expect(edited("", { defaultOperation: "replace" })).toEqual(
      denied("delete", `${SESSION_1}/bmp:port`, 'rule "staff/no-port" denies it'),
    );
    expect(engine.getConfig("candidate")).toContain("<port>5</port>");
  });

  test("a rule for one entry is for no other", () => {
    have(bmp(session("2001:db8::1") + session("2001:db8::2")), ruleList(rule("one", "permit", "*", SESSION_1)));
    expect(edited(bmp(session("2001:db8::1", "<port>6</port>")))).toBeUndefined();
    const other = SESSION_1.replace("::1", "::2");
    expect(edited(bmp(session("2001:db8::2", "<port>6</port>")))).toEqual(
      denied("create", `${other}/bmp:port`, NO_RULE),
    );
    expect(edited(bmp(session("2001:db8::2", "", ' nc:operation="delete"')))).toEqual(denied("delete", other, NO_RULE));
  });

  test("the changes of others in the candidate are not looked at", () => {
    have(bmp(session("2001:db8::1")), ruleList(rule("one", "permit", "create update", SESSION_1)));
    engine.editCandidate(edit(bmp(session("2001:db8::1", "<port>7</port>") + session("2001:db8::3"))), admin);
    expect(edited(bmp(session("2001:db8::1", "<port>8</port>")))).toBeUndefined();
    expect(engine.getConfig("candidate")).toContain("2001:db8::3");
    expect(refusal(() => commit(engine, ann))).toEqual(denied("create", SESSION_1.replace("::1", "::3"), NO_RULE));
    commit(engine, admin);
    expect(engine.getConfig("running")).toContain("<port>8</port>");
  });

  test("default-deny-all of /nacm needs a rule even where write-default permits", () => {
    have(`<nacm xmlns="${ACM}"><write-default>permit</write-default></nacm>`);
    expect(edited(bmp(session("2001:db8::1")))).toBeUndefined();
    expect(edited(`<nacm xmlns="${ACM}"><enable-nacm>false</enable-nacm></nacm>`)).toEqual(
      denied(
        "create",
        "/nacm:nacm/nacm:enable-nacm",
        "no rule is about it, and the YANG module marks it as default-deny-all",
      ),
    );
  });

  test("a test-only edit is checked too", () => {
    have(ruleList());
    expect(edited(bmp(session("2001:db8::1")), { testOption: "test-only" })).toEqual(
      denied("create", SESSION_1, NO_RULE),
    );
  });
});

describe("what comes of rules", () => {
  test("counts from the commit on, also when only their order changes", () => {
    const SESSION = "/bmp:bmp/bmp:bmp-session";
    have(ruleList(rule("no", "deny", "*", SESSION), rule("yes", "permit", "*", SESSION)));
    const ask = () => refusal(() => engine.editCandidate(edit(bmp(session("2001:db8::1"))), ann));
    expect(ask()).toEqual(denied("create", SESSION_1, 'rule "staff/no" denies it'));
    const moved = `<nacm xmlns="${ACM}" xmlns:yang="urn:ietf:params:xml:ns:yang:1"><rule-list><name>staff</name><rule yang:insert="first"><name>yes</name></rule></rule-list></nacm>`;
    engine.editCandidate(edit(moved));
    expect(ask()).toEqual(denied("create", SESSION_1, 'rule "staff/no" denies it'));
    const units = engine.stage({ kind: "candidate" });
    expect(units?.map(({ path, after }) => [path, after?.["rule-list"]])).toMatchObject([
      [
        "/ietf-netconf-acm:nacm",
        [{ name: "staff", group: ["staff"], rule: [{ name: "yes", action: "permit" }, { name: "no" }] }],
      ],
    ]);
    commit(engine);
    expect(ask()).toBeUndefined();
  });

  test("counts after a restart", () => {
    have(ruleList(rule("sessions", "permit", "create", "/bmp:bmp/bmp:bmp-session")));
    engine = engineFixture(schema, history);
    expect(refusal(() => engine.editCandidate(edit(bmp(session("2001:db8::1"))), ann))).toBeUndefined();
  });

  test("a group names its users, in a unit of its own", () => {
    const group = `<nacm xmlns="${ACM}"><groups><group><name>admin</name><user-name>ann</user-name></group></groups></nacm>`;
    engine.editCandidate(edit(group));
    expect(engine.stage({ kind: "candidate" })?.map(({ path, keys, after }) => [path, keys, after])).toContainEqual([
      "/ietf-netconf-acm:nacm/groups/group",
      ["admin"],
      { name: "admin", "user-name": ["ann"] },
    ]);
    commit(engine);
    engine.editCandidate(edit(bmp(session("2001:db8::1"))), ann);
    expect(engine.isCandidateModified()).toBe(true);
  });
});

describe("commit and copy-config need permission for what differs (RFC 8341 sections 3.2.6 and 3.2.8)", () => {
  beforeEach(() => {
    have(
      bmp(session("2001:db8::1", "<port>5</port>")),
      ruleList(rule("one", "permit", "create update delete", SESSION_1)),
    );
  });
  const other = session("2001:db8::2");
  const OTHER = SESSION_1.replace("::1", "::2");

  test("commit", () => {
    engine.editCandidate(edit(bmp(session("2001:db8::1", "<port>6</port>"))), admin);
    commit(engine, ann);
    expect(engine.getConfig("running")).toContain("<port>6</port>");
    engine.editCandidate(edit(bmp(other)), admin);
    expect(refusal(() => commit(engine, ann))).toEqual(denied("create", OTHER, NO_RULE));
    expect(engine.getConfig("running")).not.toContain("2001:db8::2");
    expect(engine.getConfig("candidate")).toContain("2001:db8::2");
  });

  test("an edit of running itself, past a candidate that somebody works on", () => {
    engine.editCandidate(edit(bmp(other)), admin);
    const direct = (content: string) => engine.stage({ kind: "edit", edit: edit(bmp(content)) }, false, ann);
    expect(direct(session("2001:db8::1", "<port>6</port>"))).toHaveLength(1);
    engine.unstage();
    expect(refusal(() => direct(other))).toEqual(denied("create", OTHER, NO_RULE));
    expect(engine.getConfig("candidate")).toContain("2001:db8::2");
  });

  test("copies to the candidate", () => {
    const config = (content: string) => ({ config: edit(bmp(content) + acm()).config });
    const acm = () => /<nacm.*<\/nacm>/.exec(engine.getConfig("running"))?.[0] ?? "";
    const before = engine.getConfig("candidate");
    expect(refusal(() => engine.copyToCandidate(config(session("2001:db8::1") + other), ann))).toEqual(
      denied("create", OTHER, NO_RULE),
    );
    expect(refusal(() => engine.copyToCandidate(config(""), ann))).toBeUndefined();
    engine.discardCandidate();
    expect(engine.getConfig("candidate")).toBe(before);
    engine.editCandidate(edit(bmp(other)), admin);
    expect(
      refusal(() => engine.copyToCandidate({ config: edit(bmp(session("2001:db8::1") + other)).config }, ann)),
    ).toMatchObject([
      { tag: "access-denied", message: expect.stringContaining("may not delete /nacm:nacm/nacm:rule-list") },
    ]);
  });

  test("a copy of a datastore has nothing that may not be read: what it lacks would be deleted", () => {
    expect(refusal(() => engine.copyToCandidate("running", ann))).toMatchObject([
      { tag: "access-denied", message: expect.stringContaining("may not delete /nacm:nacm/nacm:rule-list") },
    ]);
    expect(refusal(() => engine.stage({ kind: "copy", source: "candidate" }, false, ann))).toMatchObject([
      { tag: "access-denied" },
    ]);
  });

  test("copies to startup; from running the operation is all that has to be permitted", () => {
    engine.copyToStartup("running", ann);
    expect(engine.getConfig("startup")).toBe(engine.getConfig("running"));
    expect(refusal(() => engine.copyToStartup("candidate", ann))).toMatchObject([{ tag: "access-denied" }]);
    expect(engine.getConfig("startup")).toBe(engine.getConfig("running"));
    engine.copyToStartup("candidate", admin);
  });
});

describe("side effects need no permission (RFC 8341 section 3.2.5)", () => {
  const garden = (content: string) =>
    `<garden xmlns="urn:garden" xmlns:yang="urn:ietf:params:xml:ns:yang:1">${content}</garden>`;
  const bed = (content: string) => garden(`<bed><row>1</row><column>a</column>${content}</bed>`);
  const edited = (content: string) => refusal(() => engine.editCandidate(edit(content), ann));

  test("what goes because another case of its choice comes; not what is deleted", () => {
    have(bed("<clay/>"), ruleList(rule("loam", "permit", "create", "/g:garden/g:bed/g:loam")));
    const clay = "/g:garden/g:bed[g:row='1'][g:column='a']/g:clay";
    expect(edited(bed('<clay nc:operation="delete"/>'))).toEqual(denied("delete", clay, NO_RULE));
    expect(edited(bed("<loam><ph>6</ph></loam>"))).toBeUndefined();
    expect(engine.getConfig("candidate")).not.toContain("clay");
    expect(refusal(() => commit(engine, ann))).toBeUndefined();
  });

  test("a new place in what the user orders is no side effect: it needs update", () => {
    const walk = (values: readonly number[]) => values.map((value) => `<walk>${value}</walk>`).join("");
    have(garden(walk([1, 2])), ruleList(rule("walks", "permit", "create delete", "/g:garden/g:walk")));
    expect(edited(garden('<walk yang:insert="first">2</walk>'))).toEqual(
      denied("update", "/g:garden/g:walk[.='2']", NO_RULE),
    );
    expect(edited(garden("<walk>3</walk>"))).toBeUndefined();
    engine.editCandidate(edit(garden('<walk yang:insert="first">2</walk>')), admin);
    expect(refusal(() => commit(engine, ann))).toEqual(denied("update", "/g:garden/g:walk[.='2']", NO_RULE));
  });
});

describe("what may not be read is left out without a word (RFC 8341 section 3.2.4)", () => {
  const read = (user: AccessUser, filter?: Filter) => engine.getConfig("running", filter, undefined, user);
  const inBmp = (children: string) => `<bmp xmlns="urn:bmpconfd:yang:bmp">${children}</bmp>`;

  test("/nacm is for admin, unless a rule says otherwise", () => {
    have(ruleList(rule("acm", "permit", "read", "ietf-netconf-acm")));
    expect(read(admin)).toBe(engine.getConfig("running"));
    expect(read(admin)).toContain(ACM);
    expect(read(monitor)).toBe('<bmp xmlns="urn:bmpconfd:yang:bmp"/>');
    expect(read(ann)).toBe(read(admin));
  });

  test("a leaf, an entry, and what they would select", () => {
    have(
      bmp(session("2001:db8::1", "<port>5</port>") + session("2001:db8::2", "<port>6</port>")),
      ruleList(
        rule("no-port", "deny", "read", "/bmp:bmp/bmp:bmp-session/bmp:port"),
        rule("no-2", "deny", "*", SESSION_1.replace("::1", "::2")),
      ),
    );
    expect(read(ann)).toBe(inBmp(session("2001:db8::1").replace("<alias></alias>", "<alias/>")));
    const filter = (port: string): SubtreeFilter => [
      node("bmp", [node("bmp-session", [node("port", [], port), node("address", [])])]),
    ];
    expect(read(admin, filter("5"))).toContain("2001:db8::1");
    expect(read(ann, filter("5"))).toBe("");
    expect(read({ ...ann, isRecovery: true })).toBe(engine.getConfig("running"));
  });

  test("a leaf of one entry selects that entry for nobody who may not read it", () => {
    have(
      bmp(session("2001:db8::1", "<port>5</port>") + session("2001:db8::2", "<port>5</port>")),
      ruleList(rule("no-port", "deny", "read", `${SESSION_1}/bmp:port`)),
    );
    const filter: SubtreeFilter = [node("bmp", [node("bmp-session", [node("port", [], "5")])])];
    expect(read(admin, filter)).toContain("2001:db8::1");
    expect(read(ann, filter)).toBe(
      inBmp(session("2001:db8::2", "<port>5</port>").replace("<alias></alias>", "<alias/>")),
    );
  });

  test("of candidate and startup too, and of state", () => {
    have(bmp(session("2001:db8::1")), ruleList(rule("no", "deny", "read", "/bmp:bmp/bmp:bmp-session/bmp:state")));
    engine.copyToStartup("running");
    for (const source of ["candidate", "startup"] as const) {
      expect(engine.getConfig(source, undefined, undefined, monitor)).not.toContain(ACM);
      expect(engine.getConfig(source, undefined, undefined, admin)).toContain(ACM);
    }
    const state = JSON.stringify({
      "bmpconfd-bmp:bmp": {
        "bmp-session": [
          { "vpn-instance": "_public_", address: "2001:db8::1", alias: "", state: { "oper-state": "up" } },
        ],
      },
      "ietf-netconf-acm:nacm": { "denied-operations": 3 },
    });
    expect(engine.get([state], undefined, undefined, monitor)).toContain("<oper-state>up</oper-state>");
    expect(engine.get([state], undefined, undefined, monitor)).not.toContain("denied-operations");
    expect(engine.get([state], undefined, undefined, admin)).toContain("<denied-operations>3</denied-operations>");
    expect(engine.get([state], undefined, undefined, ann)).not.toContain("oper-state");
    expect(engine.get([state], undefined, undefined, ann)).toContain("2001:db8::1");
    const lit = "//bmp:bmp-session[bmp:state/bmp:oper-state='up']";
    expect(engine.get([state], xpath(lit), undefined, monitor)).toContain("<oper-state>up</oper-state>");
    expect(engine.get([state], xpath(`${lit} | //bmp:oper-state`), undefined, ann)).toBe("");
    expect(engine.get([state], xpath("//nacm:denied-operations"), undefined, admin)).toContain("3");
    expect(engine.get([state], xpath("//nacm:denied-operations"), undefined, monitor)).toBe("");
  });

  test("XPath reaches nothing of it, and is decided by nothing of it", () => {
    have(
      bmp(session("2001:db8::1", "<port>5</port>") + session("2001:db8::2", "<port>6</port>")),
      ruleList(
        rule("no-port", "deny", "read", "/bmp:bmp/bmp:bmp-session/bmp:port"),
        rule("no-2", "deny", "*", SESSION_2),
      ),
    );
    engine.copyToStartup("running");
    for (const source of ["running", "candidate", "startup"] as const) {
      const selected = (user: AccessUser, select: string) => engine.getConfig(source, xpath(select), undefined, user);
      expect(selected(admin, "/")).toBe(engine.getConfig(source));
      expect(selected(ann, "/")).toBe(inBmp(FIRST));
      for (const hidden of ["//bmp:port", "//bmp:bmp-session[bmp:port=5]", "//bmp:bmp-session[2]", "/nacm:nacm"]) {
        expect(selected(admin, hidden)).not.toBe("");
        expect(selected(ann, hidden)).toBe("");
      }
      expect(selected(ann, "//bmp:bmp-session[last()]")).toBe(inBmp(FIRST));
    }
    expect(engine.getConfig("running")).toContain("2001:db8::2");
  });

  test("also where defaults are shown", () => {
    have(
      bmp(session("2001:db8::1", "<port>5</port>") + session("2001:db8::2")),
      ruleList(
        rule("no-port", "deny", "read", "/bmp:bmp/bmp:bmp-session/bmp:port"),
        rule("no-2", "deny", "*", SESSION_2),
      ),
    );
    engine.editCandidate(edit(bmp(session("2001:db8::3"))));
    for (const filter of [undefined, xpath("/")]) {
      const shown = engine.getConfig("candidate", filter, "report-all", ann);
      expect(shown).toContain("2001:db8::3");
      expect(shown).toContain("<enabled>true</enabled>");
      expect(shown).not.toMatch(/2001:db8::2|<port>|nacm/);
    }
  });
});

describe("a copy has what may be read of its source (RFC 8341 section 3.2.6)", () => {
  const WRITE = rule("write", "permit", "create update delete", "*");
  const HIDE_2 = rule("no-2", "deny", "read", SESSION_2);
  const both = bmp(session("2001:db8::1", "<port>5</port>") + session("2001:db8::2"));

  test("whatever the target", () => {
    have(both, ruleList(HIDE_2, WRITE));
    engine.copyToCandidate("running", ann);
    expect(engine.getConfig("candidate")).toBe(bmp(FIRST_5));
    engine.discardCandidate();
    engine.copyToStartup("candidate", ann);
    expect(engine.getConfig("startup")).toBe(bmp(FIRST_5));
  });

  test("a commit of the history is a source like others", () => {
    have(both);
    have(bmp(session("2001:db8::1", "<port>7</port>")), ruleList(HIDE_2, WRITE));
    engine.copyToCandidate({ commitId: 2 }, ann);
    expect(engine.getConfig("candidate")).toBe(bmp(FIRST_5));
    engine.copyToCandidate({ commitId: 2 }, admin);
    expect(engine.getConfig("candidate")).toContain("2001:db8::2");
  });

  test("and taking it needs permission for what differs from the candidate", () => {
    have(both);
    have(bmp(session("2001:db8::1", "<port>7</port>")), ruleList(rule("acm", "permit", "*", "ietf-netconf-acm")));
    const before = engine.getConfig("candidate");
    expect(refusal(() => engine.copyToCandidate({ commitId: 2 }, ann))).toEqual(
      denied("update", `${SESSION_1}/bmp:port`, NO_RULE),
    );
    expect(engine.getConfig("candidate")).toBe(before);
  });
});

describe("a partial lock (RFC 5717 section 2.4.1) is", () => {
  const locked = (user: AccessUser, ...selects: string[]) => engine.selectLocked(selects.map(xpath), user);
  const refused = (user: AccessUser, ...selects: string[]) => refusal(() => locked(user, ...selects))?.[0];
  const two = bmp(session("2001:db8::1", "<port>5</port>") + session("2001:db8::2"));

  test("on what the user may change in one way or another", () => {
    have(
      two,
      ruleList(
        rule("create", "permit", "create", SESSION_1),
        rule("port", "permit", "update", "/bmp:bmp/bmp:bmp-session/bmp:port"),
      ),
    );
    expect(locked(ann, SESSION_1)).toEqual([SESSION_1]);
    expect(locked(ann, "//bmp:port")).toEqual([`${SESSION_1}/bmp:port`, `${SESSION_2}/bmp:port`]);
    expect(locked(admin, "/bmp:bmp")).toEqual(["/bmp:bmp"]);
    for (const [path, ...selects] of [
      [SESSION_2, "//bmp:bmp-session"],
      ["/bmp:bmp", SESSION_1, "/bmp:bmp"],
    ] as const) {
      expect(refused(ann, ...selects)).toEqual({
        type: "application",
        tag: "access-denied",
        message: `User "ann" may not lock ${path}, which they may not change: ${NO_RULE}.`,
        path: { text: path, namespaces: { bmp: "urn:bmpconfd:yang:bmp" } },
      });
    }
  });

  test("not on what the user may not read, and decided by nothing of it", () => {
    const write = rule("write", "permit", "create update delete", "*");
    have(
      two,
      ruleList(
        rule("no-2", "deny", "*", SESSION_2),
        rule("no-port", "deny", "read", "/bmp:bmp/bmp:bmp-session/bmp:port"),
        write,
      ),
    );
    expect(locked(ann, "//bmp:bmp-session")).toEqual([SESSION_1]);
    for (const hidden of [SESSION_2, "//bmp:port", "//bmp:bmp-session[bmp:port=5]", "//bmp:bmp-session[2]"]) {
      expect(refused(ann, hidden)).toMatchObject({ tag: "operation-failed", appTag: "no-matches" });
    }
    expect(engine.getConfig("running")).toContain("2001:db8::2");
  });
});

const FIRST = session("2001:db8::1").replace("<alias></alias>", "<alias/>");
const FIRST_5 = session("2001:db8::1", "<port>5</port>").replace("<alias></alias>", "<alias/>");

const SCOPE = new Map([
  ["bmp", "urn:bmpconfd:yang:bmp"],
  ["nacm", ACM],
]);

function xpath(select: string): XPathFilter {
  const read = readXPath(select, (prefix) => SCOPE.get(prefix));
  if ("problem" in read) throw new Error(read.problem);
  return read;
}

const node = (name: string, children: SubtreeFilter, text = ""): SubtreeFilter[number] => ({
  name,
  namespace: "urn:bmpconfd:yang:bmp",
  attributes: [],
  children,
  text,
});
