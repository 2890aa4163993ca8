import { describe, expect, test } from "vitest";
import { FakeChannel } from "./fake-channel.ts";
import { Harness, OK, reply, rpc } from "./harness.ts";

const denied = (operation: string) =>
  reply(
    "<rpc-error><error-type>protocol</error-type><error-tag>access-denied</error-tag>" +
      '<error-severity>error</error-severity><error-message xml:lang="en">' +
      `User "bob" is in group "monitor", which may not use &lt;${operation}&gt;. Log in as a user of another group.` +
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
