import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CliServer } from "../../src/cli/cli-server.ts";
import { ExampleServer } from "../netconf/example-server.ts";
import { exec, runScript, Typist } from "./cli-client.ts";

let server: ExampleServer;
let cli: CliServer;
beforeEach(async () => {
  server = await ExampleServer.start(["probe"]);
  cli = server.cli();
});
afterEach(() => server.stop());

describe("at a terminal", () => {
  test("the command reference's example, typed as it stands there", async () => {
    const typist = await Typist.open(cli);
    for (const line of ["system-view", "bmp", "bmp-session 2001:DB8:1::1", "commit"]) await typist.enter(line);
    for (const line of ["display this", "quit", "quit", "quit", "quit"]) await typist.enter(line);
    expect(typist.text).toBe(`\
<HOST>system-view
Enter system view, return to user view with return command.
[~HOST]bmp
[*HOST-bmp]bmp-session 2001:DB8:1::1
[*HOST-bmp-session-2001:db8:1::1]commit
[~HOST-bmp-session-2001:db8:1::1]display this
#
bmp
 bmp-session 2001:db8:1::1
#
return
[~HOST-bmp-session-2001:db8:1::1]quit
[~HOST-bmp]quit
[~HOST]quit
<HOST>quit
`);
    expect(typist.channel.exitStatus).toBe(0);
  });

  test("a session of a VPN instance with an alias in quotes; what is undone is gone, and one who was in it is outside", async () => {
    const typist = await Typist.open(cli);
    await typist.enter("sys");
    await typist.enter("vpn-instance red");
    await typist.enter("device vrf-red");
    await typist.enter("bmp");
    await typist.enter('bmp-s vpn red 192.0.2.1 alias "op center"');
    await typist.enter("port 5000");
    await typist.enter("display configuration candidate");
    await typist.enter('undo bmp-session vpn-instance red 192.0.2.1 alias "op center"');
    await typist.enter("undo bmp");
    await typist.enter("clear configuration candidate");
    await typist.enter("return");
    expect(typist.text).toBe(`\
<HOST>sys
Enter system view, return to user view with return command.
[~HOST]vpn-instance red
[*HOST-vpn-instance-red]device vrf-red
[*HOST-vpn-instance-red]bmp
[*HOST-bmp]bmp-s vpn red 192.0.2.1 alias "op center"
[*HOST-bmp-session-red-192.0.2.1-op center]port 5000
[*HOST-bmp-session-red-192.0.2.1-op center]display configuration candidate
#
bmp
 bmp-session vpn-instance red 192.0.2.1 alias "op center"
  port 5000
#
vpn-instance red
 device vrf-red
#
[*HOST-bmp-session-red-192.0.2.1-op center]undo bmp-session vpn-instance red 192
.0.2.1 alias "op center"
[*HOST-bmp]undo bmp
[*HOST]clear configuration candidate
[~HOST]return
<HOST>`);
  });

  test("what is wrong is pointed at", async () => {
    const typist = await Typist.open(cli);
    for (const line of ["dispaly", "display", "display bmp session verbose now", "s", "system-view"])
      await typist.enter(line);
    for (const line of ["bmp", "bmp-session nowhere", "bmp-session 192.0.2.1", "port 70000"]) await typist.enter(line);
    for (const line of ["color blue", 'description "open', "undo port"]) await typist.enter(line);
    expect(typist.text).toBe(`\
<HOST>dispaly
      ^
Error: Unrecognized command found at '^' position.
<HOST>display
             ^
Error: Incomplete command found at '^' position.
<HOST>display bmp session verbose now
                                  ^
Error: Too many parameters found at '^' position.
<HOST>s
      ^
Error: Ambiguous command found at '^' position: screen-length, system-view.
<HOST>system-view
Enter system view, return to user view with return command.
[~HOST]bmp
[*HOST-bmp]bmp-session nowhere
                       ^
Error: Invalid union value "nowhere" - no matching subtype found: Failed to conv
ert IPv4 address "nowhere". Failed to convert IPv6 address "nowhere".
[*HOST-bmp]bmp-session 192.0.2.1
[*HOST-bmp-session-192.0.2.1]port 70000
                                  ^
Error: Wrong parameter found at '^' position: INTEGER<1-65535> expected.
[*HOST-bmp-session-192.0.2.1]color blue
                                   ^
Error: Wrong parameter found at '^' position: red, green expected.
[*HOST-bmp-session-192.0.2.1]description "open
                                         ^
Error: The text that begins here has no closing double quote. Write a '"' in it
as \\".
[*HOST-bmp-session-192.0.2.1]undo port
Error: 'port' does not exist in the target datastore. (bmp bmp-session 192.0.2.1
 port)
[*HOST-bmp-session-192.0.2.1]`);
  });

  test("what is a command of the other view is told so", async () => {
    const typist = await Typist.open(cli);
    for (const line of ["commit", "bmp", "system-view", "rollback configuration to commit-id 1", "screen-length x"])
      await typist.enter(line);
    expect(typist.text).toBe(`\
<HOST>commit
Error: This is a command of the system view. Type system-view first.
<HOST>bmp
Error: This is a command of the system view. Type system-view first.
<HOST>system-view
Enter system view, return to user view with return command.
[~HOST]rollback configuration to commit-id 1
Error: This is a command of the user view. Type return first.
[~HOST]screen-length x
       ^
Error: Unrecognized command found at '^' position.
[~HOST]`);
  });

  test("further out than the view one is in, words have to be whole", async () => {
    const typist = await Typist.open(cli);
    for (const line of ["system-view", "bgp", "bmp", "bmp-session 192.0.2.1"]) await typist.enter(line);
    for (const line of ["undo s", "undo bg", "bmp-s 192.0.2.2", "undo bgp", "bmp-session 192.0.2.2"])
      await typist.enter(line);
    await typist.type("bmp-sess\t?");
    expect(typist.text.split("\n").slice(4).join("\n")).toBe(`\
[*HOST-bmp]bmp-session 192.0.2.1
[*HOST-bmp-session-192.0.2.1]undo s
                                  ^
Error: Ambiguous command found at '^' position: shape, source-address, source-in
terface, statistics-interval.
[*HOST-bmp-session-192.0.2.1]undo bg
                                  ^
Error: Unrecognized command found at '^' position.
[*HOST-bmp-session-192.0.2.1]bmp-s 192.0.2.2
                             ^
Error: Unrecognized command found at '^' position.
[*HOST-bmp-session-192.0.2.1]undo bgp
[*HOST-bmp-session-192.0.2.1]bmp-session 192.0.2.2
[*HOST-bmp-session-192.0.2.2]bmp-session ?
  vpn-instance          The VPN instance that the server is reached through.
  IPV4-ADDRESS-NO-ZONE  Address of the monitoring server.
  IPV6-ADDRESS-NO-ZONE  Address of the monitoring server.
[*HOST-bmp-session-192.0.2.2]bmp-session`);
  });

  test("a description is all that is left of the line", async () => {
    const typist = await Typist.open(cli);
    for (const line of ["system-view", "bmp", "bmp-session 192.0.2.1"]) await typist.enter(line);
    await typist.enter("desc  room 5,  rack #2 | left ");
    await typist.type("description room ?");
    await typist.type("5?");
    await typist.enter("\u0015commit desc moved to room 5");
    await typist.enter('description "room 6" left');
    await typist.enter('description in "room 6"');
    await typist.enter("display this");
    expect(typist.text.split("\n").slice(4).join("\n")).toBe(`\
[*HOST-bmp-session-192.0.2.1]desc  room 5,  rack #2 | left
[*HOST-bmp-session-192.0.2.1]description room ?
  <cr>  Carries the command out.
[*HOST-bmp-session-192.0.2.1]description room 5?
  STRING<0-255>  Free text.
[*HOST-bmp-session-192.0.2.1]commit desc moved to room 5
[~HOST-bmp-session-192.0.2.1]description "room 6" left
                                                  ^
Error: Too many parameters found at '^' position.
[~HOST-bmp-session-192.0.2.1]description in "room 6"
                                            ^
Error: Too many parameters found at '^' position.
[~HOST-bmp-session-192.0.2.1]display this
#
bmp
 bmp-session 192.0.2.1
  description "room 5,  rack #2 | left"
#
return
[~HOST-bmp-session-192.0.2.1]`);
    expect((await exec(cli, "display configuration commit list")).out).toMatch(/ moved to room 5\n$/);
  });

  test("? and Tab", async () => {
    const typist = await Typist.open(cli);
    await typist.enter("system-view");
    await typist.enter("bmp");
    await typist.enter("bmp-session 192.0.2.1");
    await typist.type("tcp keepalive ?");
    await typist.type("\u0015col\t\t?");
    await typist.type("\u0015display configuration commit ?");
    await typist.type("\u0015commit ?");
    await typist.type('\u0015description "what?');
    expect(typist.text).toBe(`\
<HOST>system-view
Enter system view, return to user view with return command.
[~HOST]bmp
[*HOST-bmp]bmp-session 192.0.2.1
[*HOST-bmp-session-192.0.2.1]tcp keepalive ?
  count     Questions without an answer after which the connection is given up.
  idle      Silence after which the first question is asked.
  interval  Time between two questions that are not answered.
[*HOST-bmp-session-192.0.2.1]color
green   red

[*HOST-bmp-session-192.0.2.1]color ?
  green  What it is painted.
  red    As a rose.
[*HOST-bmp-session-192.0.2.1]display configuration commit ?
  changes  What a commit changed.
  list     The last commits, the newest first.
[*HOST-bmp-session-192.0.2.1]commit ?
  description  Says what the commit is for.
  trial        Undoes the commit, unless another one follows in time.
  <cr>         Carries the command out.
[*HOST-bmp-session-192.0.2.1]description "what?`);
  });
});

describe("scripts", () => {
  test("an exec request gives output and 0, or the error and 1", async () => {
    expect(await exec(cli, "display current-configuration")).toEqual({ out: "#\nreturn\n", errors: "", status: 0 });
    expect(await exec(cli, "display curent")).toEqual({
      out: "",
      errors: "display curent\n        ^\nError: Unrecognized command found at '^' position.\n",
      status: 1,
    });
    expect(await exec(cli, "")).toEqual({ out: "", errors: "", status: 0 });
  });

  test("commands follow one another behind ; and line ends, until one fails", async () => {
    const script =
      'system-view; bmp ; system-name "a; b"\ncommit description "two; three"; display this; quit; bogus; commit';
    expect(await exec(cli, script)).toEqual({
      out: '#\nbmp\n system-name "a; b"\n#\nreturn\n',
      errors: "bogus\n^\nError: Unrecognized command found at '^' position.\n",
      status: 1,
    });
  });

  test("lines on stdin without a terminal are a script, too, however they come", async () => {
    const script = "# a comment\r\nsystem-view\r\n\r\nbmp\r\nsystem-name gr\u00fcn\r\ncommit\r\ndisplay this";
    for (const packet of [1, 7, 1000]) {
      expect(await runScript(cli, script, packet)).toEqual({
        out: "#\nbmp\n system-name grün\n#\nreturn\n",
        errors: "",
        status: 0,
      });
    }
  });

  test("comments are to the end of their lines, whatever is in them", async () => {
    const script =
      '# it\'s 5" wide; bogus\nsystem-view; bmp ; # "; bogus\n! \\\nsystem-name a; commit; #not a command\ndisplay this';
    expect(await exec(cli, script)).toEqual({ out: "#\nbmp\n system-name a\n#\nreturn\n", errors: "", status: 0 });
  });

  test("one that fails half-way leaves nothing behind", async () => {
    const failed = await exec(cli, "system-view; bmp; bmp-session 192.0.2.1; port none; commit");
    expect(failed.status).toBe(1);
    expect((await exec(cli, "display configuration candidate")).out).toBe("Info: Nothing was changed.\n");
  });
});
