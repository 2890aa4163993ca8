import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CliServer } from "../../src/cli/cli-server.ts";
import { operationFailed } from "../../src/errors/constructors.ts";
import { asked, ExampleServer } from "../netconf/example-server.ts";
import { rpc } from "../netconf/harness.ts";
import { CliFakeChannel, exec, runScript, Typist, until } from "./cli-client.ts";

let server: ExampleServer;
let cli: CliServer;
const start = async (...modules: string[]) => {
  server = await ExampleServer.start(modules);
  cli = server.cli();
};
afterEach(() => server.stop());

const BMP = "urn:bmpconfd:yang:bmp";
const CANDIDATE = "<target><candidate/></target>";
const OK = `<rpc-reply message-id="101" xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><ok/></rpc-reply>`;

/** Running, as NETCONF has it. */
async function running(): Promise<string> {
  const netconf = await server.open();
  const reply = await asked(netconf, rpc("<get-config><source><running/></source></get-config>"));
  netconf.handler.closed();
  return reply;
}

describe("commands are made from the YANG model", () => {
  beforeEach(() => start("probe"));

  test("what a further module adds is there: commands, help, displays", async () => {
    const script = `system-view
bmp
bmp-session 192.0.2.1
color gr
weight 20
hidden
tag a "b c"
tag d
shape box
shape box width -5
return
system-view
sensor north right
limit 1.5
sensor south left
commit
`;
    expect(await runScript(cli, script)).toEqual({ out: "", errors: "", status: 0 });
    const config = (await exec(cli, "display current-configuration")).out;
    expect(config).toBe(`#
bmp
 bmp-session 192.0.2.1
  color green
  weight 20
  hidden
  tag a
  tag "b c"
  tag d
  shape box
  shape box width -5
#
sensor north right
 limit 1.5
#
sensor south left
#
return
`);
    const typist = await Typist.open(cli);
    for (const line of ["system-view", "bmp", "bmp-session 192.0.2.1"]) await typist.enter(line);
    await typist.type("color ?");
    await typist.type("\u0015weight ?");
    await typist.type("\u0015shape box width ?");
    await typist.type("\u001asystem-view\r");
    await typist.until(() => typist.screen.line === "[~HOST]");
    await typist.type("sensor north ?");
    expect(typist.text.split("\n").slice(4)).toEqual([
      "[~HOST-bmp-session-192.0.2.1]color ?",
      "  green  What it is painted.",
      "  red    As a rose.",
      "[~HOST-bmp-session-192.0.2.1]weight ?",
      "  INTEGER<1-10,20>  weight (kilograms)",
      "[~HOST-bmp-session-192.0.2.1]shape box width ?",
      "  any      width",
      "  INTEGER  width",
      "[~HOST-bmp-session-192.0.2.1]",
      "<HOST>system-view",
      "Enter system view, return to user view with return command.",
      "[~HOST]sensor north ?",
      "  left   side",
      "  right  side",
      "[~HOST]sensor north",
    ]);
  });

  test("each is undone", async () => {
    const session = "system-view; bmp; bmp-session 192.0.2.1;";
    const made = `${session} color red; hidden; tag a b c; shape box width any; commit`;
    expect((await exec(cli, made)).errors).toBe("");
    const undone = `${session} undo color; undo hidden; undo tag b; undo shape box width; display conf cand; commit`;
    expect(await exec(cli, undone)).toEqual({
      out: `#
bmp
 bmp-session 192.0.2.1
  undo color
  undo hidden
  undo tag b
  shape box
  undo shape box width
#
`,
      errors: "",
      status: 0,
    });
    expect((await exec(cli, `${session} undo tag; undo shape; commit; display this`)).out).toBe(
      "#\nbmp\n bmp-session 192.0.2.1\n#\nreturn\n",
    );
    expect((await exec(cli, `${session} undo tag`)).errors).toBe("Error: There is no tag to undo.\n");
  });

  test("a name that is there already says which module is meant", async () => {
    const script = "system-view; bmp; system-name a; probe:system-name b; commit; display this";
    expect(await exec(cli, script)).toEqual({
      out: "#\nbmp\n system-name a\n probe:system-name b\n#\nreturn\n",
      errors: "",
      status: 0,
    });
  });
});

describe("display and commands fit together", () => {
  beforeEach(() => start());

  test("what is displayed makes the same configuration when it is typed again", async () => {
    const key = "-----BEGIN CERTIFICATE-----\\nMII=\\n-----END CERTIFICATE-----";
    const script = `system-view
vpn-instance "red zone"
 device vrf-red
bgp
 local-as 65000
 router-id 192.0.2.1
 neighbor 192.0.2.2
  remote-as 64512
  address-family ipv4-unicast l2vpn-evpn
  admin-label "second \\"one\\""
  admin-label "a\\\\b"
bmp
 bmp-session vpn-instance "red zone" 2001:DB8::0:1 alias "x # y"
  description "semi;colon, tab\t, caf\u00e9 \u65e5\u672c ?"
  enabled false
  tcp keepalive idle 10
  connect-retry initial 5
 bmp-session 192.0.2.1
  tls ca-certificates "${key}"
commit description first
`;
    expect(await runScript(cli, script)).toEqual({ out: "", errors: "", status: 0 });
    const { out } = await exec(cli, "display current-configuration");
    const before = await running();
    expect(before).toContain("-----BEGIN CERTIFICATE-----\nMII=\n-----END");
    expect((await exec(cli, 'system-view; undo bmp; undo bgp; undo vpn-instance "red zone"; commit')).errors).toBe("");
    expect(await running()).not.toContain("red zone");
    expect(await runScript(cli, `system-view\n${out.replace(/return\n$/, "commit\n")}`)).toEqual({
      out: "",
      errors: "",
      status: 0,
    });
    expect(await running()).toBe(before);
    expect((await exec(cli, "display current-configuration")).out).toBe(out);
  });

  test("what is at the top is not taken for something in the view before it", async () => {
    const lines = `#
bgp
 local-as 65000
 router-id 192.0.2.1
 neighbor 192.0.2.2
  vpn-instance red
  remote-as 64512
#
vpn-instance blue
 device vrf-blue
#
vpn-instance red
 device vrf-red
#
`;
    expect(await runScript(cli, `system-view\n${lines}commit\n`)).toEqual({ out: "", errors: "", status: 0 });
    expect((await exec(cli, "display current-configuration")).out).toBe(`${lines}return\n`);
    expect((await exec(cli, "#\nsystem-view")).status).toBe(0);
  });

  test("what is monitored: views in a view, and entries that are keys and nothing else", async () => {
    const lines = `#
bmp
 bmp-session 192.0.2.1
  monitor
  monitor public
  monitor public route-mode address-family ipv4-unicast adj-rib-in-pre-policy
  monitor public route-mode loc-rib
  monitor peer 192.0.2.2
   route-mode adj-rib-in-post-policy
  monitor peer 192.0.2.3
#
`;
    expect(await runScript(cli, `system-view\n${lines}commit\n`)).toEqual({ out: "", errors: "", status: 0 });
    expect((await exec(cli, "display current-configuration")).out).toBe(`${lines}return\n`);
    const typist = await Typist.open(cli, { columns: 120 });
    for (const line of ["system-view", "bmp", "bmp-session 192.0.2.1", "monitor peer 192.0.2.2"])
      await typist.enter(line);
    for (const line of ["undo route-mode adj-rib-in-post", "quit", "undo monitor peer 192.0.2.3"])
      await typist.enter(line);
    await typist.enter("display this candidate");
    expect(typist.text.split("\n").slice(4).join("\n")).toBe(`\
[~HOST-bmp-session-192.0.2.1]monitor peer 192.0.2.2
[~HOST-peer-192.0.2.2]undo route-mode adj-rib-in-post
[*HOST-peer-192.0.2.2]quit
[*HOST-bmp-session-192.0.2.1]undo monitor peer 192.0.2.3
[*HOST-bmp-session-192.0.2.1]display this candidate
#
bmp
 bmp-session 192.0.2.1
  monitor
  monitor public
  monitor public route-mode address-family ipv4-unicast adj-rib-in-pre-policy
  monitor public route-mode loc-rib
  monitor peer 192.0.2.2
#
return
[*HOST-bmp-session-192.0.2.1]`);
  });

  test("of two sessions to an address, one without an alias, the one that is meant is shown and undone", async () => {
    const both = "system-view; bmp; bmp-session 192.0.2.1 alias b; port 2; bmp-session 192.0.2.1; port 1; commit;";
    expect((await exec(cli, `${both} display this`)).out).toBe("#\nbmp\n bmp-session 192.0.2.1\n  port 1\n#\nreturn\n");
    const undone = "system-view; bmp; undo bmp-session 192.0.2.1; commit; display this";
    expect((await exec(cli, undone)).out).toBe("#\nbmp\n bmp-session 192.0.2.1 alias b\n  port 2\n#\nreturn\n");
  });

  test("control characters in data are shown as numbers", async () => {
    const netconf = await server.open();
    const nasty = `<bmp xmlns="${BMP}"><system-name>a\u009b31m&#9;b\u202ec\u061c</system-name></bmp>`;
    expect(
      await asked(netconf, rpc(`<edit-config><target><running/></target><config>${nasty}</config></edit-config>`)),
    ).toBe(OK);
    expect((await exec(cli, "display current-configuration")).out).toBe(
      '#\nbmp\n system-name "a\\u{9b}31m\\u{9}b\\u{202e}c\\u{61c}"\n#\nreturn\n',
    );
  });

  test("what XML cannot hold is refused where it stands", async () => {
    expect(await exec(cli, 'system-view; bmp; system-name "a\\u{0}b"')).toEqual({
      out: "",
      errors: `system-name "a\\u{0}b"
            ^
Error: The character U+0000 is not allowed in XML.
`,
      status: 1,
    });
  });
});

describe("one candidate, one lock, one set of rules with NETCONF", () => {
  beforeEach(() => start());

  test("both see the same candidate", async () => {
    const typist = await Typist.open(cli);
    for (const line of ["system-view", "bmp", "system-name seen"]) await typist.enter(line);
    const netconf = await server.open();
    expect(await asked(netconf, rpc("<get-config><source><candidate/></source></get-config>"))).toContain("seen");
    expect(await asked(netconf, rpc("<discard-changes/>"))).toBe(OK);
    await typist.enter("");
    expect(typist.screen.line).toBe("[~HOST-bmp]");
  });

  test("who has locked it is told, and can be ended; a script locks it for itself", async () => {
    const netconf = await server.open();
    await asked(netconf, rpc(`<lock>${CANDIDATE}</lock>`));
    const typist = await Typist.open(cli);
    for (const line of ["system-view", "bmp", "commit"]) await typist.enter(line);
    expect(typist.text.split("\n").slice(2).join("\n")).toBe(`\
[~HOST]bmp
Error: The candidate datastore is locked by session 1. Try again when it is unlo
cked.
[~HOST]commit
Error: The candidate datastore is locked by session 1. Try again when it is unlo
cked.
[~HOST]`);
    expect((await exec(cli, "system-view; bmp")).errors).toBe(
      "Error: The candidate datastore is locked by session 1.\n",
    );
    await asked(netconf, rpc(`<unlock>${CANDIDATE}</unlock>`));
    await typist.enter("bmp");
    expect((await exec(cli, "system-view; bmp")).errors).toBe(
      "Error: There are changes that were not committed. Commit or clear them at a terminal first.\n",
    );
    // The session at the terminal is session 2.
    expect(await asked(netconf, rpc("<kill-session><session-id>2</session-id></kill-session>"))).toBe(OK);
    expect(typist.channel.ends).toEqual(["destroy"]);
  });

  test("the lock of a script goes with it, whatever ends it", async () => {
    const channel = new CliFakeChannel();
    const handler = cli.accept(channel, { command: undefined, window: undefined });
    await handler.received(Buffer.from("system-view\nbmp\n"));
    const netconf = await server.open();
    expect(await asked(netconf, rpc(`<lock>${CANDIDATE}</lock>`))).toContain("<session-id>1</session-id>");
    handler.closed();
    let reply = "";
    for (let turn = 0; turn < 50 && reply !== OK; turn++)
      reply = await asked(netconf, rpc(`<lock>${CANDIDATE}</lock>`));
    expect(reply).toBe(OK);
    expect(await asked(netconf, rpc("<get-config><source><candidate/></source></get-config>"))).not.toContain("bmp");
  });

  test("one who may only look has level 1: displays, and no change", async () => {
    await exec(cli, "system-view; bmp; bmp-session 192.0.2.1; tcp-md5 secret; description seen; commit");
    const monitor = { username: "mon", group: "monitor" };
    const typist = await Typist.open(cli, monitor);
    await typist.type("?");
    await typist.enter("");
    await typist.enter("system-view");
    expect(typist.text).toBe(`\
<HOST>?
  #              Goes to the top of the configuration.
  display        Shows configuration and state.
  quit           Goes one view back; in the outermost one ends the session.
  reset          Begins connections anew.
  screen-length  Lines after which output waits.
  undo           Takes back.
<HOST>
<HOST>system-view
Error: User "mon" may not use this command: rule "built-in monitor/nothing-else"
 denies it.
<HOST>`);
    for (const display of ["display current-configuration", "display configuration commit changes"]) {
      const { out } = await exec(cli, display, monitor);
      expect(out).toContain("description seen");
      expect(out).not.toContain("secret");
    }
    expect((await exec(cli, "display configuration commit changes")).out).toContain("tcp-md5 secret");
    for (const command of ["reset bmp session 192.0.2.1", "rollback configuration to commit-id 1"]) {
      expect(await exec(cli, command, monitor)).toMatchObject({ out: "", status: 1 });
    }
    expect(server.performer.calls).toEqual([]);
  });

  test("one whom no rule lets write is refused by the data, and counted", async () => {
    const ran = await exec(cli, "system-view; bmp", { username: "eve", group: "nobody" });
    expect(ran).toMatchObject({ out: "", status: 1 });
    expect(ran.errors).toMatch(/^Error: .*\(bmp\)\n$/);
    const netconf = await server.open();
    const nacm = `<get><filter><nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"><denied-operations/><denied-data-writes/></nacm></filter></get>`;
    const reply = await asked(netconf, rpc(nacm));
    expect(reply).toContain("<denied-operations>0</denied-operations><denied-data-writes>1</denied-data-writes>");
  });

  test("commit errors name the place in command words", async () => {
    expect((await exec(cli, "system-view; bmp; bmp-session fe80::1 alias noc; commit")).errors).toBe(
      "Error: A link-local address cannot name a monitoring server. (bmp bmp-session fe80::1 alias noc address)\n",
    );
    expect((await exec(cli, "system-view; bgp; neighbor 192.0.2.2; commit")).errors).toContain("(bgp");
  });
});

describe("history", () => {
  beforeEach(() => start());

  test("commits are listed, shown and gone back to", async () => {
    expect((await exec(cli, 'system-view; bmp; system-name one; commit description "the first"')).errors).toBe("");
    await exec(cli, "system-view; bmp; system-name two; bmp-session 192.0.2.1; commit", { username: "bob" });
    const { out } = await exec(cli, "display configuration commit list");
    expect(out).toBe(` CommitId  User   TimeStamp                      Kind    Description
 2         bob    2026-11-22T10:00:00.000+00:00  commit
 1         alice  2026-11-22T10:00:00.000+00:00  commit  the first
`);
    expect((await exec(cli, "display configuration commit changes")).out).toBe(
      "#\nbmp\n system-name two\n bmp-session 192.0.2.1\n#\n",
    );
    expect((await exec(cli, "display configuration commit changes 1")).out).toBe("#\nbmp\n system-name one\n#\n");
    expect((await exec(cli, "display configuration commit changes 9")).errors).toBe(
      "Error: There is no commit 9 in the history; those that are there: 1 to 2.\n",
    );
    expect(await exec(cli, "rollback configuration to commit-id 1")).toEqual({
      out: "Info: The configuration is what it was after commit 1.\n",
      errors: "",
      status: 0,
    });
    expect((await exec(cli, "display current-configuration")).out).toBe("#\nbmp\n system-name one\n#\nreturn\n");
    expect((await exec(cli, "display configuration commit list")).out).toContain("rollback to commit 1");
  });

  test("nothing is gone back to past changes of somebody", async () => {
    await exec(cli, "system-view; bmp; commit");
    const typist = await Typist.open(cli);
    for (const line of ["system-view", "bmp", "system-name mine", "return", "rollback configuration to commit-id 1"]) {
      await typist.enter(line);
    }
    expect(typist.text.split("\n").at(-2)).toBe(
      "Error: There are changes that were not committed. Commit or clear them first.",
    );
    await typist.enter("system-view");
    expect(typist.screen.line).toBe("[*HOST]");
  });

  test("others wait while something is gone back to, and no longer", async () => {
    await exec(cli, "system-view; bmp; commit");
    const netconf = await server.open();
    const edit = rpc(
      `<edit-config>${CANDIDATE}<config><bmp xmlns="${BMP}"><system-name>mine</system-name></bmp></config></edit-config>`,
    );
    const outcomes = new Set<string>();
    for (let turns = 0; turns < 30; turns++) {
      await exec(cli, "system-view; bmp; system-name two; commit");
      const rollback = exec(cli, "rollback configuration to commit-id 1");
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      const isEdited = (await asked(netconf, edit)) === OK;
      const isBack = (await rollback).status === 0;
      outcomes.add(`${isEdited} ${isBack}`);
      // What was acknowledged is there, and what somebody else has not committed is not in running.
      const candidate = await asked(netconf, rpc("<get-config><source><candidate/></source></get-config>"));
      expect(candidate.includes("mine")).toBe(isEdited);
      const { out } = await exec(cli, "display configuration commit changes");
      expect(out).toBe(`#\nbmp\n ${isBack ? "undo system-name" : "system-name two"}\n#\n`);
      await asked(netconf, rpc("<discard-changes/>"));
    }
    expect(outcomes).toContain("false true");
    expect((await exec(cli, "rollback configuration to commit-id 999")).status).toBe(1);
    expect(await asked(netconf, rpc(`<lock>${CANDIDATE}</lock>`))).toBe(OK);
    expect((await exec(cli, "rollback configuration to commit-id 1")).errors).toContain("is locked by session");
  });

  test("a commit trial is undone when its session ends, or aborted", async () => {
    const typist = await Typist.open(cli, { columns: 200 });
    for (const line of ["system-view", "bmp", "commit trial 60"]) await typist.enter(line);
    expect(typist.text).toContain("Info: The commit is undone in 60 seconds, or when this session ends");
    expect(await running()).toContain("<bmp ");
    await typist.enter("abort trial");
    expect(await running()).not.toContain("<bmp ");
    await typist.enter("bmp");
    await typist.enter("commit trial");
    typist.handler.closed();
    await until(() => typist.channel.ends.length >= 0);
    let text = await running();
    for (let turn = 0; turn < 50 && text.includes("<bmp "); turn++) text = await running();
    expect(text).not.toContain("<bmp ");
  });
});

describe("reset", () => {
  beforeEach(async () => {
    await start();
    await exec(
      cli,
      "system-view; bmp; bmp-session 192.0.2.1; bmp-session 192.0.2.1 alias b; bmp-session 192.0.2.2; commit",
    );
  });
  const reset = () => server.performer.calls.splice(0).map(({ keys }) => keys.join(" "));

  test("a session, the one with the alias, or all are reset", async () => {
    expect((await exec(cli, "reset bmp session 192.0.2.1")).out).toBe("Info: Reset 1 BMP session.\n");
    expect(reset()).toEqual(["_public_ 192.0.2.1 "]);
    await exec(cli, "reset bmp session vpn-instance _public_ 192.0.2.1 alias b");
    expect(reset()).toEqual(["_public_ 192.0.2.1 b"]);
    expect((await exec(cli, "reset bmp session all")).out).toBe("Info: Reset 3 BMP sessions.\n");
    expect(reset().sort()).toEqual(["_public_ 192.0.2.1 ", "_public_ 192.0.2.1 b", "_public_ 192.0.2.2 "]);
  });

  test("counters begin anew", async () => {
    expect((await exec(cli, "reset counters bmp session 192.0.2.1 alias b")).out).toBe(
      "Info: Reset the counters of 1 BMP session.\n",
    );
    expect(server.performer.calls.map(({ path }) => path)).toEqual(["/bmpconfd-bmp:bmp/bmp-session/clear-counters"]);
    expect(reset()).toEqual(["_public_ 192.0.2.1 b"]);
  });

  test("in the view of an instance its actions are commands, with their input", async () => {
    server.performer.leaves = { "reset-at": "2026-11-25T10:00:00+00:00" };
    const typist = await Typist.open(cli);
    for (const line of ["system-view", "bmp", "bmp-session 192.0.2.1 alias b"]) await typist.enter(line);
    await typist.type("reset ?");
    await typist.enter('reason "out of step"');
    await typist.enter("clear-counters");
    expect(typist.text.split("\n").slice(4)).toEqual([
      "[~HOST-bmp-session-192.0.2.1-b]reset ?",
      "  reason  What the monitoring server is told in the Termination message.",
      "  <cr>    Carries the command out.",
      '[~HOST-bmp-session-192.0.2.1-b]reset reason "out of step"',
      "Info: reset-at 2026-11-25T10:00:00+00:00",
      "[~HOST-bmp-session-192.0.2.1-b]clear-counters",
      "Info: reset-at 2026-11-25T10:00:00+00:00",
      "[~HOST-bmp-session-192.0.2.1-b]",
    ]);
    expect(server.performer.calls.map(({ input }) => input)).toEqual([{ reason: "out of step" }, {}]);
    expect(reset()).toEqual(["_public_ 192.0.2.1 b", "_public_ 192.0.2.1 b"]);
  });

  test("what is not there, or is refused, is told", async () => {
    expect((await exec(cli, "reset bmp session 192.0.2.3")).errors).toBe(
      "Error: There is no such BMP session. See: display bmp session\n",
    );
    expect((await exec(cli, "reset bgp peer all")).errors).toBe(
      "Error: There is no such BGP neighbour. See: display bgp peer\n",
    );
    server.performer.refusal = operationFailed("The session is disabled.");
    expect((await exec(cli, "reset bmp session 192.0.2.2")).errors).toBe(
      "Error: The session is disabled. (bmp bmp-session 192.0.2.2 reset)\n",
    );
  });
});
