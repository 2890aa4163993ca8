import { describe, expect, test } from "vitest";
import { BASE, Harness, OK, reply, rpc } from "./harness.ts";

const CONFIG = '<config><a xmlns="urn:example:a"/></config>';
const STANDALONE = `<config xmlns="${BASE}"><a xmlns="urn:example:a"/></config>`;
/** What becomes of a `<config>` in no namespace. */
const IN_NO_NAMESPACE = `<bmpconfd-base:config xmlns:bmpconfd-base="${BASE}" xmlns=""><a xmlns="urn:a"/></bmpconfd-base:config>`;
const EDIT_DEFAULTS = {
  defaultOperation: "merge",
  testOption: "test-then-set",
  config: STANDALONE,
};

describe("an operation reaches the datastores (RFC 6241 section 7 and 8)", () => {
  test.each([
    ["<get/>", ["get", undefined], reply("<data/>")],
    ["<get-config><source><running/></source></get-config>", ["getConfig", "running", undefined], reply("<data/>")],
    ["<get-config><source><startup/></source></get-config>", ["getConfig", "startup", undefined], reply("<data/>")],
    [
      "<get-config><filter/><source><candidate/></source></get-config>",
      ["getConfig", "candidate", []],
      reply("<data/>"),
    ],
    [
      `<edit-config><target><candidate/></target>${CONFIG}</edit-config>`,
      ["edit", 1, { target: "candidate", ...EDIT_DEFAULTS }],
      OK,
    ],
    [
      `<edit-config><target>\n<running></running>\n</target><default-operation> none </default-operation>${CONFIG}` +
        "<error-option>rollback-on-error</error-option><test-option>test-only</test-option></edit-config>",
      [
        "edit",
        1,
        {
          target: "running",
          defaultOperation: "none",
          testOption: "test-only",
          config: STANDALONE,
        },
      ],
      OK,
    ],
    [
      `<edit-config><target><candidate/></target><default-operation>replace</default-operation>${CONFIG}` +
        "<error-option>continue-on-error</error-option><test-option>set</test-option></edit-config>",
      [
        "edit",
        1,
        {
          target: "candidate",
          defaultOperation: "replace",
          testOption: "set",
          config: STANDALONE,
        },
      ],
      OK,
    ],
    [
      '<edit-config><target><candidate/></target><config xmlns=""><a xmlns="urn:a"/></config></edit-config>',
      [
        "edit",
        1,
        {
          target: "candidate",
          ...EDIT_DEFAULTS,
          config: IN_NO_NAMESPACE,
        },
      ],
      OK,
    ],
    ['<get><filter type="subtree" xmlns=""/></get>', ["get", []], reply("<data/>")],
    [
      '<copy-config><target><startup/></target><source xmlns=""><config><a xmlns="urn:a"/></config></source></copy-config>',
      ["copy", 1, { config: IN_NO_NAMESPACE }, "startup"],
      OK,
    ],
    [
      '<validate><source><config xmlns=""><a xmlns="urn:a"/></config></source></validate>',
      ["validate", { config: IN_NO_NAMESPACE }],
      OK,
    ],
    [
      "<copy-config><target><startup/></target><source><running/></source></copy-config>",
      ["copy", 1, "running", "startup"],
      OK,
    ],
    [
      `<copy-config><target><candidate/></target><source>${CONFIG}</source></copy-config>`,
      ["copy", 1, { config: STANDALONE }, "candidate"],
      OK,
    ],
    ["<delete-config><target><startup/></target></delete-config>", ["deleteStartup", 1], OK],
    ["<validate><source><candidate/></source></validate>", ["validate", "candidate"], OK],
    [`<validate><source>${CONFIG}</source></validate>`, ["validate", { config: STANDALONE }], OK],
    ["<commit/>", ["commit", 1, {}], OK],
    ["<discard-changes/>", ["discardChanges", 1], OK],
    ["<lock><target><candidate/></target></lock>", ["lock", 1, "candidate"], OK],
  ])("%s", async (operation, call, answer) => {
    const harness = new Harness();
    const client = await harness.open();
    expect(await client.ask(rpc(operation))).toBe(answer);
    expect(harness.datastores.calls).toEqual([call]);
  });

  test("<unlock> after <lock>", async () => {
    const harness = new Harness();
    const client = await harness.open();
    for (const operation of ["lock", "unlock"]) {
      expect(await client.ask(rpc(`<${operation}><target><running/></target></${operation}>`))).toBe(OK);
    }
    expect(harness.datastores.calls).toEqual([
      ["lock", 1, "running"],
      ["unlock", 1, "running"],
    ]);
  });

  test("a <config> keeps every declaration that it inherits, and its own", async () => {
    const harness = new Harness();
    const client = await harness.open();
    await client.ask(
      `<nc:rpc xmlns:nc="${BASE}" xmlns="urn:d" xmlns:a="urn:a?1&amp;2" message-id="1">` +
        '<nc:edit-config xmlns:b="urn:b"><nc:target><nc:running/></nc:target>' +
        '<nc:config xmlns:a="urn:other" nc:x="y"><a:t b:u="v">é &lt; <![CDATA[</nc:config>]]></a:t></nc:config>' +
        "</nc:edit-config></nc:rpc>",
    );
    expect(harness.datastores.calls[0]?.[2]).toMatchObject({
      config:
        `<nc:config xmlns:nc="${BASE}" xmlns="urn:d" xmlns:b="urn:b" xmlns:a="urn:other" nc:x="y">` +
        '<a:t b:u="v">é &lt; <![CDATA[</nc:config>]]></a:t></nc:config>',
    });
  });
});

/** The error of a refused request: protocol layer, with a path in the base namespace. */
const refused = (tag: string, path: string, message: string, info = "") =>
  reply(
    `<rpc-error><error-type>protocol</error-type><error-tag>${tag}</error-tag><error-severity>error</error-severity>` +
      `<error-path xmlns:nc="${BASE}">/nc:rpc/${path}</error-path>` +
      `<error-message xml:lang="en">${message}</error-message>${info && `<error-info>${info}</error-info>`}</rpc-error>`,
  );
const bad = (element: string) => `<bad-element>${element}</bad-element>`;

const TARGET = "<target><running/></target>";
const RUNNING_CANDIDATE = "use one of &lt;candidate/&gt;, &lt;running/&gt;.";
const ANY = "use one of &lt;running/&gt;, &lt;candidate/&gt;, &lt;startup/&gt;.";
const ALL = "use one of &lt;candidate/&gt;, &lt;running/&gt;, &lt;startup/&gt;.";
const EDIT_PARAMETERS =
  "its parameters are &lt;target&gt;, &lt;default-operation&gt;, &lt;test-option&gt;, &lt;error-option&gt;, &lt;config&gt;.";

describe("parameters are what the RFC has, to the letter (RFC 7950 section 8.3.1)", () => {
  test.each<[string, string, string]>([
    [
      "missing parameter",
      "<get-config/>",
      refused(
        "missing-element",
        "nc:get-config",
        `&lt;source&gt; is missing in &lt;get-config&gt;; ${ANY}`,
        bad("source"),
      ),
    ],
    [
      "missing config",
      `<edit-config>${TARGET}</edit-config>`,
      refused(
        "missing-element",
        "nc:edit-config",
        "&lt;config&gt; is missing in &lt;edit-config&gt;; put the configuration into it.",
        bad("config"),
      ),
    ],
    [
      "empty target",
      `<edit-config><target/>${CONFIG}</edit-config>`,
      refused(
        "missing-element",
        "nc:edit-config/nc:target",
        `&lt;target&gt; is empty; ${RUNNING_CANDIDATE}`,
        bad("target"),
      ),
    ],
    [
      "unknown parameter",
      `<edit-config>${TARGET}<option/>${CONFIG}</edit-config>`,
      refused(
        "unknown-element",
        "nc:edit-config",
        `&lt;option&gt; is not expected in &lt;edit-config&gt;; ${EDIT_PARAMETERS}`,
        bad("option"),
      ),
    ],
    [
      "parameter in no namespace",
      '<lock><target xmlns=""/></lock>',
      refused(
        "unknown-namespace",
        "nc:lock",
        `&lt;target&gt; in &lt;lock&gt; is in no namespace; put it into "${BASE}".`,
        `${bad("target")}<bad-namespace></bad-namespace>`,
      ),
    ],
    [
      "parameter given twice",
      `<edit-config>${TARGET}${TARGET}${CONFIG}</edit-config>`,
      refused(
        "bad-element",
        "nc:edit-config/nc:target",
        "&lt;target&gt; is in &lt;edit-config&gt; twice; send it once.",
        bad("target"),
      ),
    ],
    [
      "parameter of an operation without",
      "<discard-changes><target/></discard-changes>",
      refused(
        "unknown-element",
        "nc:discard-changes",
        "&lt;target&gt; is not expected in &lt;discard-changes&gt;; the operation has no parameters.",
        bad("target"),
      ),
    ],
    [
      "attribute of an operation",
      '<get a="b"/>',
      refused(
        "unknown-attribute",
        "nc:get",
        '&lt;get&gt; has no attribute "a"; leave it out.',
        "<bad-attribute>a</bad-attribute><bad-element>get</bad-element>",
      ),
    ],
    [
      "attribute of a parameter",
      `<edit-config><target xmlns:x="urn:x" x:a="b"><running/></target>${CONFIG}</edit-config>`,
      refused(
        "unknown-attribute",
        "nc:edit-config/nc:target",
        '&lt;target&gt; has no attribute "a"; leave it out.',
        "<bad-attribute>a</bad-attribute><bad-element>target</bad-element>",
      ),
    ],
    [
      "text in an operation",
      "<commit>now</commit>",
      refused(
        "bad-element",
        "nc:commit",
        "&lt;commit&gt; has text where only elements belong; leave it out.",
        bad("commit"),
      ),
    ],
    [
      "text for a datastore",
      "<lock><target>running</target></lock>",
      refused(
        "bad-element",
        "nc:lock/nc:target",
        "&lt;target&gt; has text where only elements belong; leave it out.",
        bad("target"),
      ),
    ],
    [
      "text in a datastore",
      "<lock><target><running>x</running></target></lock>",
      refused(
        "bad-element",
        "nc:lock/nc:target/nc:running",
        "&lt;running&gt; has text where only elements belong; leave it out.",
        bad("running"),
      ),
    ],
    [
      "element in a datastore",
      "<lock><target><running><x/></running></target></lock>",
      refused(
        "unknown-element",
        "nc:lock/nc:target/nc:running",
        "&lt;x&gt; is not expected in &lt;running&gt;; leave it out.",
        bad("x"),
      ),
    ],
    [
      "two datastores",
      "<lock><target><running/><candidate/></target></lock>",
      refused("bad-element", "nc:lock/nc:target", `&lt;target&gt; has more than one element; ${ALL}`, bad("candidate")),
    ],
    [
      "unknown datastore",
      "<unlock><target><intended/></target></unlock>",
      refused(
        "unknown-element",
        "nc:unlock/nc:target",
        `&lt;intended&gt; is not expected in &lt;target&gt;; ${ALL}`,
        bad("intended"),
      ),
    ],
    [
      "datastore in another namespace",
      '<unlock><target><running xmlns="urn:x"/></target></unlock>',
      refused(
        "unknown-namespace",
        "nc:unlock/nc:target",
        `&lt;running&gt; in &lt;target&gt; is in namespace "urn:x"; put it into "${BASE}".`,
        `${bad("running")}<bad-namespace>urn:x</bad-namespace>`,
      ),
    ],
    [
      "startup as target of edit-config (section 8.7.5)",
      `<edit-config><target><startup/></target>${CONFIG}</edit-config>`,
      refused(
        "unknown-element",
        "nc:edit-config/nc:target",
        `&lt;startup&gt; is not expected in &lt;target&gt;; ${RUNNING_CANDIDATE}`,
        bad("startup"),
      ),
    ],
    [
      "running as target of delete-config (section 7.4)",
      "<delete-config><target><running/></target></delete-config>",
      refused(
        "unknown-element",
        "nc:delete-config/nc:target",
        "&lt;running&gt; is not expected in &lt;target&gt;; use &lt;startup/&gt;.",
        bad("running"),
      ),
    ],
    [
      "the same datastore as source and target of copy-config (section 7.3)",
      "<copy-config><target><running/></target><source><running/></source></copy-config>",
      refused(
        "invalid-value",
        "nc:copy-config/nc:source/nc:running",
        "The source and the target are the same datastore; name two different ones.",
      ),
    ],
    [
      "url as source",
      "<copy-config><target><running/></target><source><url>file:///a</url></source></copy-config>",
      refused(
        "unknown-element",
        "nc:copy-config/nc:source",
        "&lt;url&gt; is not expected in &lt;source&gt;; this server does not advertise :url; " +
          "use one of &lt;candidate/&gt;, &lt;running/&gt;, &lt;startup/&gt;, &lt;config/&gt;.",
        bad("url"),
      ),
    ],
    [
      "url in edit-config",
      `<edit-config>${TARGET}<url>https://a</url></edit-config>`,
      refused(
        "unknown-element",
        "nc:edit-config",
        "&lt;url&gt; is not expected in &lt;edit-config&gt;; this server does not advertise :url, leave it out.",
        bad("url"),
      ),
    ],
    [
      "wrong default-operation",
      `<edit-config>${TARGET}<default-operation>delete</default-operation>${CONFIG}</edit-config>`,
      refused(
        "invalid-value",
        "nc:edit-config/nc:default-operation",
        "The value of &lt;default-operation&gt; is wrong; use merge, replace, none.",
      ),
    ],
    [
      "empty test-option",
      `<edit-config>${TARGET}<test-option/>${CONFIG}</edit-config>`,
      refused(
        "invalid-value",
        "nc:edit-config/nc:test-option",
        "The value of &lt;test-option&gt; is wrong; use test-then-set, set, test-only.",
      ),
    ],
    [
      "wrong error-option",
      `<edit-config>${TARGET}<error-option>STOP-ON-ERROR</error-option>${CONFIG}</edit-config>`,
      refused(
        "invalid-value",
        "nc:edit-config/nc:error-option",
        "The value of &lt;error-option&gt; is wrong; use stop-on-error, continue-on-error, rollback-on-error.",
      ),
    ],
    [
      "element where a word belongs",
      `<edit-config>${TARGET}<test-option><set/></test-option>${CONFIG}</edit-config>`,
      refused(
        "unknown-element",
        "nc:edit-config/nc:test-option",
        "&lt;set&gt; is not expected in &lt;test-option&gt;; leave it out.",
        bad("set"),
      ),
    ],
    ...["0", "-1", "4294967296", "1.5", "0x10", "", "one", "9".repeat(400)].map((id): [string, string, string] => [
      `kill-session of "${id.slice(0, 12)}"`,
      `<kill-session><session-id>${id}</session-id></kill-session>`,
      refused(
        "invalid-value",
        "nc:kill-session/nc:session-id",
        "The value of &lt;session-id&gt; is wrong; use a whole number from 1 to 4294967295.",
      ),
    ]),
    [
      "kill-session of nobody",
      "<kill-session/>",
      refused(
        "missing-element",
        "nc:kill-session",
        "&lt;session-id&gt; is missing in &lt;kill-session&gt;; add it.",
        bad("session-id"),
      ),
    ],
  ])("%s", async (_, operation, answer) => {
    const harness = new Harness();
    const client = await harness.open();
    expect(await client.ask(rpc(operation))).toBe(answer);
    expect(harness.datastores.calls).toEqual([]);
    expect(await client.ask(rpc("<get/>"))).toBe(reply("<data/>"));
  });
});
