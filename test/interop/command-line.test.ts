import { hostname } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bmp } from "./harness/configuration.ts";
import { runToEnd } from "./harness/daemon.ts";
import { eventually } from "./harness/eventually.ts";
import { enterPrivateNetwork, REFERENCE_COLLECTOR } from "./harness/private-network.ts";
import { INITIATION, RecordingSink } from "./harness/recording-sink.ts";
import { ServerProcess } from "./harness/server-process.ts";
import { type SshLogin, sshArguments } from "./harness/ssh-subsystem.ts";
import { Terminal } from "./harness/terminal.ts";

enterPrivateNetwork();

const HOST = hostname();
let server: ServerProcess;
let login: SshLogin;

beforeAll(async () => {
  server = await ServerProcess.start();
  login = await server.sshLogin("engineer");
});
afterAll(cleanUp);

const atTerminal = (columns?: number, rows?: number) =>
  Terminal.open(["ssh", ...sshArguments(login), "127.0.0.1"], columns, rows);

/** `ssh HOST command`, or with a script on stdin. */
const ssh = (command: readonly string[], input = "", more: readonly string[] = []) =>
  runToEnd("ssh", "ssh", [...sshArguments(login, more), "127.0.0.1", ...command], { input });

describe("OpenSSH at a terminal", () => {
  test("the command reference's example opens a connection to a collector", async () => {
    const sink = await RecordingSink.listen(REFERENCE_COLLECTOR, 11019);
    const terminal = await atTerminal();
    await terminal.shows(`<${HOST}>`);
    await terminal.enter("system-view");
    await terminal.shows(`[~${HOST}]`);
    await terminal.enter("bmp");
    await terminal.shows(`[*${HOST}-bmp]`);
    await terminal.enter("bmp-session 2001:DB8:1::1");
    await terminal.shows(`[*${HOST}-bmp-session-2001:db8:1::1]`);
    await terminal.enter("commit");
    expect(await terminal.shows(`[~${HOST}-bmp-session-2001:db8:1::1]`)).toBe(`\
<${HOST}>system-view
Enter system view, return to user view with return command.
[~${HOST}]bmp
[*${HOST}-bmp]bmp-session 2001:DB8:1::1
[*${HOST}-bmp-session-2001:db8:1::1]commit
[~${HOST}-bmp-session-2001:db8:1::1]`);
    await eventually("Initiation", () => sink.connections.length === 1 && sink.latest.types().includes(INITIATION));
    await eventually("session up", async () =>
      (await ssh(["display bmp session"])).stdout.includes(" Number of BMP sessions up: 1\n"),
    );

    await terminal.enter("quit");
    await terminal.enter("undo bmp-session 2001:DB8:1::1");
    await terminal.enter("commit");
    await terminal.shows(`[~${HOST}-bmp]`);
    await eventually("connection closed", () => sink.latest.ended);
    for (const view of ["quit", "quit", "quit"]) await terminal.enter(view);
    await terminal.shows(/Pane is dead \(status 0/);
    await sink.close();
  });

  test("lines are edited, completed and repeated, in windows of any width", async () => {
    const prompt = `<${HOST}>`;
    const terminal = await atTerminal();
    await terminal.shows(prompt);
    await terminal.press("-l", "ersion display");
    await terminal.press("C-a");
    await terminal.press("-l", "v");
    await terminal.press("C-w", "C-e", "C-w");
    await terminal.press("-l", "日本");
    await terminal.press("Left", "BSpace", "End", "Home");
    await terminal.press("-l", "display v");
    await terminal.shows(`${prompt}display version 本`);
    await terminal.press("C-c");
    await terminal.shows(`^C\n${prompt}`);

    await terminal.press("-l", "disp");
    await terminal.press("Tab");
    await terminal.press("-l", "ver");
    await terminal.press("Tab", "Enter");
    await terminal.shows(/bmpconfd \d+\.\d+\.\d+\n<\S+>$/);
    await terminal.press("Up");
    await terminal.shows(`${prompt}display version`);
    expect(await terminal.column()).toBe(prompt.length + "display version ".length);

    // Narrower than the line: it is drawn anew in two rows, and goes on in one when there is room.
    await terminal.press("-l", ` | include ${"x".repeat(40)}`);
    await terminal.shows(`${prompt}display version  | include ${"x".repeat(40)}`);
    await terminal.resize(40);
    await terminal.press("-l", "y");
    await terminal.shows(/x{10,}\n?x+y$/);
    await terminal.resize(120);
    await terminal.press("-l", "z");
    await terminal.shows(`${prompt}display version  | include ${"x".repeat(40)}yz`);
    await terminal.press("Enter");
    await terminal.shows(`yz\n${prompt}`);
    await terminal.press("C-d");
    await terminal.shows(/Pane is dead \(status 0/);
  });

  test("output waits for one who reads it, and is given up", async () => {
    const client = await server.connect();
    const entries = Array.from(
      { length: 100 },
      (_, index) =>
        `<bmp-session><vpn-instance>_public_</vpn-instance><address>192.0.2.${index + 1}</address><alias/><enabled>false</enabled></bmp-session>`,
    );
    await client.configure(bmp(...entries));
    await client.close();
    const terminal = await atTerminal(60, 10);
    await terminal.shows(`<${HOST}>`);
    await terminal.enter("display bmp session | exclude Number");
    await terminal.shows(/192\.0\.2\.7 .* _public_\n {2}---- More ----$/);
    await terminal.press("Space");
    await terminal.shows(/192\.0\.2\.16 .* _public_\n {2}---- More ----$/);
    await terminal.press("C-c");
    await terminal.shows(/192\.0\.2\.16 .* _public_\n<\S+>$/);
  });
});

describe("OpenSSH in scripts", () => {
  test("gives output and exit status 0, or what is wrong on stderr and 1", async () => {
    expect(await ssh(["display version | include bmpconfd"])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^bmpconfd \d+\.\d+\.\d+\n$/),
      stderr: "",
    });
    expect(await ssh(["display bmp sesion"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "display bmp sesion\n            ^\nError: Unrecognized command found at '^' position.\n",
    });
    const { code, stdout } = await ssh(["display version"], "", ["-tt"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^bmpconfd \d+\.\d+\.\d+\r\n$/) });
  });

  test("takes a script on stdin, and a whole configuration as it is displayed", async () => {
    const script =
      'system-view\nbmp\nsystem-name \'quoted\nbmp-session 192.0.2.200 alias "a b"\nenabled false\ncommit\n';
    expect(await ssh([], script, ["-T"])).toEqual({ code: 0, stdout: "", stderr: "" });
    const { stdout: config } = await ssh(["display current-configuration"]);
    expect(config).toContain(' bmp-session 192.0.2.200 alias "a b"\n');
    expect(await ssh(["system-view; undo bmp; commit"])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await ssh([], `system-view\n${config.replace(/return\n$/, "commit\n")}`, ["-T"])).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
    expect((await ssh(["display current-configuration"])).stdout).toBe(config);
  });

  test("one that is killed in the middle leaves neither its lock nor its changes", async () => {
    const terminal = await Terminal.open(["ssh", ...sshArguments(login, ["-T"]), "127.0.0.1"]);
    await terminal.enter("system-view");
    await terminal.enter("bmp");
    await terminal.enter("system-name half-way");
    await eventually("its change", async () => {
      const client = await server.connect();
      const candidate = await client.getConfig("candidate");
      await client.close();
      return candidate.includes("half-way");
    });
    expect((await ssh(["system-view"])).stderr).toMatch(
      /^Error: The candidate datastore is locked by session \d+\.\n$/,
    );
    await terminal.press("C-c");
    await eventually("the lock is free", async () => (await ssh(["system-view"])).code === 0);
    expect((await ssh(["display configuration candidate"])).stdout).toBe("Info: Nothing was changed.\n");
  });
});

test("when the server ends, so do its terminals, within its time", async () => {
  const terminal = await atTerminal();
  await terminal.shows(`<${HOST}>`);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  await terminal.shows(/Pane is dead/);
});
