import { describe, expect, test } from "vitest";
import { accessDenied } from "../../src/errors/constructors.ts";
import { nacmPaths } from "../../src/nacm/nacm-units.ts";
import { FakeChannel } from "./fake-channel.ts";
import { Harness, OK, reply, rpc } from "./harness.ts";

const denied = (operation: string) =>
  reply(
    "<rpc-error><error-type>protocol</error-type><error-tag>access-denied</error-tag>" +
      '<error-severity>error</error-severity><error-message xml:lang="en">' +
      `User "bob" may not use &lt;${operation}&gt;: rule "built-in monitor/nothing-else" denies it.` +
      "</error-message></rpc-error>",
  );

describe("users of the monitor group look and change nothing", () => {
  test.each([
    ["<get/>", reply("<data/>")],
    ["<get-config><source><running/></source></get-config>", reply("<data/>")],
    ["<validate><source><candidate/></source></validate>", OK],
    ["<close-session/>", OK],
    ["<edit-config><target><candidate/></target><config/></edit-config>", denied("edit-config")],
    ["<copy-config><target><startup/></target><source><running/></source></copy-config>", denied("copy-config")],
    ["<delete-config><target><startup/></target></delete-config>", denied("delete-config")],
    ["<commit/>", denied("commit")],
    ["<cancel-commit/>", denied("cancel-commit")],
    ['<load-commit xmlns="urn:bmpconfd:yang:commits"><commit-id>1</commit-id></load-commit>', denied("load-commit")],
    ["<discard-changes/>", denied("discard-changes")],
    ["<lock><target><running/></target></lock>", denied("lock")],
    ["<unlock><target><running/></target></unlock>", denied("unlock")],
    ["<kill-session><session-id>2</session-id></kill-session>", denied("kill-session")],
  ])("%s", async (operation, answer) => {
    const harness = new Harness();
    const client = await harness.open("1.1", new FakeChannel("bob", "monitor"));
    expect(await client.ask(rpc(operation))).toBe(answer);
    if (answer.includes("access-denied")) expect(harness.datastores.calls).toEqual([]);
  });
});

describe("configured rules", () => {
  const rule = (name: string, operation: string, action: string) => ({
    name,
    "module-name": "ietf-netconf",
    "rpc-name": operation,
    "access-operations": "exec",
    action,
  });
  const rules = (...list: ReturnType<typeof rule>[]) => [
    {
      path: nacmPaths.nacm,
      keys: [],
      after: { "exec-default": "permit", "rule-list": [{ name: "night", group: ["staff"], rule: list }] },
    },
  ];

  test("count for sessions that are open when they change", async () => {
    const harness = new Harness();
    const client = await harness.open("1.1", new FakeChannel("ann", "staff"));
    expect(await client.ask(rpc("<commit/>"))).toBe(OK);
    (await harness.access.prepare(rules(rule("no-commit", "commit", "deny")))).apply();
    expect(await client.ask(rpc("<commit/>"))).toBe(
      reply(
        "<rpc-error><error-type>protocol</error-type><error-tag>access-denied</error-tag>" +
          '<error-severity>error</error-severity><error-message xml:lang="en">' +
          'User "ann" may not use &lt;commit&gt;: rule "night/no-commit" denies it.</error-message></rpc-error>',
      ),
    );
    expect(await client.ask(rpc("<close-session/>"))).toBe(OK);
  });

  test("kill-session and delete-config need one (RFC 8341 section 3.4.4 step 11)", async () => {
    const harness = new Harness();
    const client = await harness.open("1.1", new FakeChannel("ann", "staff"));
    const other = harness.connect();
    const kill = rpc(`<kill-session><session-id>2</session-id></kill-session>`);
    expect(await client.ask(kill)).toBe(
      reply(
        "<rpc-error><error-type>protocol</error-type><error-tag>access-denied</error-tag>" +
          '<error-severity>error</error-severity><error-message xml:lang="en">' +
          'User "ann" may not use &lt;kill-session&gt;: no rule is about it, and this operation needs a rule that permits it.' +
          "</error-message></rpc-error>",
      ),
    );
    expect(other.channel.ends).toEqual([]);
    harness.access.adopt(rules(rule("kill", "kill-session", "permit")));
    expect(await client.ask(kill)).toBe(OK);
    expect(other.channel.ends).toEqual(["destroy"]);
  });

  test("denied operations and denied writes are counted apart", async () => {
    const harness = new Harness();
    const client = await harness.open("1.1", new FakeChannel("ann", "staff"));
    await client.ask(rpc("<delete-config><target><startup/></target></delete-config>"));
    for (let times = 0; times < 2; times++) {
      harness.datastores.failNext(accessDenied("no", { type: "application" }));
      await client.ask(rpc("<commit/>"));
    }
    expect(await harness.access.state()).toEqual([
      '{"ietf-netconf-acm:nacm":{"denied-operations":1,"denied-data-writes":2,"denied-notifications":0}}',
    ]);
  });
});
