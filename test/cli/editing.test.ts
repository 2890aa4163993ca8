import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AccessControl } from "../../src/access/access-control.ts";
import type { CliServer } from "../../src/cli/cli-server.ts";
import type { CommandContext, View } from "../../src/cli/command.ts";
import { commandModel } from "../../src/cli/command-model.ts";
import { completions, helpLines } from "../../src/cli/help.ts";
import { cliLimits } from "../../src/cli/limits.ts";
import { Printer } from "../../src/cli/printer.ts";
import type { NodeDescription } from "../../src/yang/node-descriptions.ts";
import { ExampleServer } from "../netconf/example-server.ts";
import { FakeTimers } from "../netconf/fake-timers.ts";
import { CliFakeChannel, exec, runScript, Typist, until } from "./cli-client.ts";

let server: ExampleServer;
let cli: CliServer;
beforeEach(async () => {
  server = await ExampleServer.start();
  cli = server.cli();
});
afterEach(() => server.stop());

const KEPT = "Info: Changes that were not committed stay in the candidate.";
const LEFT = "\u001b[D";
const RIGHT = "\u001b[C";
const UP = "\u001b[A";
const DOWN = "\u001b[B";
const HOME = "\u001b[H";
const END = "\u001b[F";
const DELETE = "\u001b[3~";

describe("a line is edited", () => {
  test.each([
    ["left, right", `dsplay${LEFT.repeat(5)}i${RIGHT.repeat(5)}s`, "displays", 8],
    ["home, end", `b${HOME}a${END}c`, "abc", 3],
    ["backspace, delete", `axyb\u007f\u007f${LEFT}${DELETE}z`, "az", 2],
    ["ctrl-a, ctrl-e", "b\u0001a\u0005c", "abc", 3],
    ["ctrl-k", `abcd${LEFT}${LEFT}\u000b`, "ab", 2],
    ["ctrl-u", `abcd${LEFT}${LEFT}\u0015`, "cd", 0],
    ["ctrl-w", "one two three\u0017", "one two ", 8],
    ["ctrl-d in a line", `abc${LEFT}\u0004`, "ab", 2],
    ["ctrl-left, ctrl-right", "one two\u001b[1;5D\u001b[1;5Dx\u001b[1;5Cy", "xone ytwo", 6],
    ["wide characters", `日本語${LEFT}\u007f`, "日語", 2],
    ["characters that are two units of UTF-16", `a😀b${LEFT}\u007f`, "ab", 1],
    ["controls that mean nothing", "a\u0007\u000f\u0012\u0013\u0016\u0019\u001a", "", 0],
    ["characters that would steer the terminal", "a\u009b31m\u202eb", "a31mb", 5],
  ])("%s", async (name, keys, line, cursor) => {
    const typist = await Typist.open(cli);
    await typist.type(keys);
    const [, shown] = /<HOST>(.*)$/.exec(typist.screen.line) as RegExpExecArray;
    expect(shown).toBe(line);
    const columns = name === "wide characters" ? 2 * cursor - 2 : cursor;
    expect(typist.screen.column).toBe("<HOST>".length + columns);
  });

  test("bytes of a character may come one by one", async () => {
    const typist = await Typist.open(cli);
    for (const byte of Buffer.from("ü€😀")) await typist.handler.received(Buffer.of(byte));
    await typist.until(() => typist.screen.line === "<HOST>ü€😀");
  });

  test("lines of before come back, up and down, and can be changed", async () => {
    const typist = await Typist.open(cli);
    await typist.enter("display version");
    await typist.enter("display bgp peer");
    await typist.type(`${UP}${UP}`);
    expect(typist.screen.line).toBe("<HOST>display version");
    await typist.type(DOWN);
    expect(typist.screen.line).toBe("<HOST>display bgp peer");
    await typist.enter(" | include number");
    await typist.enter("display history-command");
    expect(typist.text.split("\n").slice(-6)).toEqual([
      "<HOST>display history-command",
      "display version",
      "display bgp peer",
      "display bgp peer | include number",
      "display history-command",
      "<HOST>",
    ]);
  });

  test("ctrl-c forgets it, ctrl-z goes to the user view, ctrl-d on an empty one ends the session", async () => {
    const typist = await Typist.open(cli);
    await typist.enter("system-view");
    await typist.enter("bmp");
    await typist.type("system-na\u0003");
    await typist.until(() => typist.hasPrompt);
    await typist.type("undo\u001a");
    await typist.until(() => typist.screen.line === "<HOST>");
    expect(typist.text.split("\n").slice(2)).toEqual(["[~HOST]bmp", "[*HOST-bmp]^C", "[*HOST-bmp]", KEPT, "<HOST>"]);
    await typist.type("\u0004");
    await typist.until(() => typist.channel.ends.length > 0);
    expect(typist.channel.exitStatus).toBe(0);
  });

  test("a line that is longer than the window takes several rows, and is drawn anew when the window changes", async () => {
    const typist = await Typist.open(cli, { columns: 20 });
    await typist.type("display configuration commit list");
    expect(typist.text).toBe("<HOST>display config\nuration commit list");
    await typist.type(`${HOME}x${END}y`);
    expect(typist.text).toBe("<HOST>xdisplay confi\nguration commit list\ny");
    typist.resize(60);
    await typist.type("z");
    expect(typist.screen.line).toBe("<HOST>xdisplay configuration commit listyz");
    await typist.enter("");
    // The caret stands under the wrong word, whatever the row.
    expect(typist.text.split("\n").slice(-3)).toEqual([
      "      ^",
      "Error: Unrecognized command found at '^' position.",
      "<HOST>",
    ]);
  });
});

test("a window that changes again and again is drawn no faster than the client takes it", async () => {
  const typist = await Typist.open(cli);
  await typist.type("display");
  typist.channel.stall();
  typist.channel.sent = "";
  for (let round = 0; round < 1000; round++) typist.resize(40 + (round % 50));
  await typist.type("");
  expect(typist.channel.sent.length).toBeLessThan(200);
  typist.channel.resume();
  await typist.type("x");
  expect(typist.screen.line).toBe("<HOST>displayx");
  expect(typist.channel.sent.length).toBeLessThan(400);
});

describe("output", () => {
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => ` bmp-session 192.0.2.${from + index}`);

  beforeEach(async () => {
    const sessions = Array.from({ length: 30 }, (_, index) => `bmp-session 192.0.2.${index + 1}`);
    expect((await exec(cli, `system-view;bmp;${sessions.join(";")};commit`)).errors).toBe("");
  });

  test("waits when the window is full: space is another page, return a line, q the end", async () => {
    const typist = await Typist.open(cli, { rows: 10 });
    await typist.enter("display current-configuration");
    const page = ["<HOST>display current-configuration", "#", "bmp", ...lines(1, 7)];
    expect(typist.text.split("\n")).toEqual([...page, "  ---- More ----"]);
    await typist.type("\r");
    await typist.until(() => typist.isAsked);
    expect(typist.text.split("\n")).toEqual([...page, ...lines(8, 8), "  ---- More ----"]);
    await typist.type("x ");
    await typist.until(() => typist.text.includes("192.0.2.17\n") && typist.isAsked);
    await typist.type("q");
    await typist.until(() => typist.hasPrompt);
    expect(typist.text.split("\n")).toEqual([...page, ...lines(8, 17), "<HOST>"]);
  });

  test("does not wait with screen-length 0, nor in a script", async () => {
    const typist = await Typist.open(cli, { rows: 10 });
    await typist.enter("screen-length 0 temporary");
    await typist.enter("display current-configuration | exclude #");
    expect(typist.text.split("\n").slice(-33)).toEqual(["bmp", ...lines(1, 30), "return", "<HOST>"]);
  });

  test.each([
    ["include 2.2", [...lines(2, 2), ...lines(20, 29)]],
    ["exclude 192.0.2", ["#", "bmp", "#", "return"]],
    ["begin 2.29", [...lines(29, 30), "#", "return"]],
    ['include " bmp-session 192.0.2.7"', lines(7, 7)],
    ["include BMP", []],
  ])("is filtered: | %s", async (filter, expected) => {
    const { out } = await exec(cli, `display current-configuration | ${filter}`);
    expect(out).toBe(expected.map((line) => `${line}\n`).join(""));
  });

  test("is given up, too, where a filter leaves everything out", async () => {
    let made = 0;
    async function* endless() {
      for (;;) yield `line ${++made}`;
    }
    const written: string[] = [];
    const write = async (text: string) => void written.push(text);
    const printer = new Printer({ write, window: undefined, lineEnd: "\n", nextKey: async () => undefined });
    const filter = { kind: "include", text: "nothing" } as const;
    await printer.show(endless(), { filter, screenLength: 0, isGivenUp: () => made > 5 });
    expect([made, written]).toEqual([6, []]);
  });

  test("is given up by ctrl-c, and what was typed ahead with it", async () => {
    const typist = await Typist.open(cli, { rows: 10 });
    await typist.enter("display current-configuration");
    await typist.type("\u0003");
    await typist.until(() => typist.hasPrompt);
    expect(typist.text.split("\n").at(-2)).toBe(lines(7, 7)[0]);
    // Once more, while output is on its way and the client takes none.
    await typist.enter("display current-configuration");
    typist.channel.stall();
    await typist.type(" ");
    await typist.type("display version\r\u0003");
    typist.channel.resume();
    await typist.until(() => typist.hasPrompt);
    await typist.type("");
    expect(typist.text).not.toContain("192.0.2.9\n");
    expect(typist.text).not.toContain("bmpconfd 0.0.0");
  });
});

describe("limits", () => {
  test("lineCharacters: more is not taken at a terminal, and an error in a script", async () => {
    const { lineCharacters } = cliLimits;
    const typist = await Typist.open(cli, { columns: 500 });
    await typist.type("x".repeat(lineCharacters + 10));
    await typist.until(() => typist.screen.bells === 10);
    const ran = await runScript(cli, `display version\n${"x".repeat(lineCharacters + 1)}`);
    expect(ran).toEqual({ out: "bmpconfd 0.0.0\n", errors: "Error: A line has 4096 characters at most.\n", status: 1 });
    const endless = await runScript(cli, "x".repeat(3 * lineCharacters));
    expect(endless.errors).toBe("Error: A line has 4096 characters at most.\n");
  });

  test("scriptCharacters: a longer command is refused", async () => {
    const ran = await exec(cli, "display version\n".repeat(cliLimits.scriptCharacters / 16 + 1));
    expect(ran).toMatchObject({ out: "", status: 1 });
    expect(ran.errors).toContain("65536 characters at most");
  });

  test("typeAheadKeys: no more is taken while a command runs", async () => {
    const typist = await Typist.open(cli);
    typist.channel.stall();
    let isTaken = false;
    const taken = typist.handler.received(Buffer.from("x\r".repeat(cliLimits.typeAheadKeys)));
    void taken?.then(() => {
      isTaken = true;
    });
    await typist.type("");
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
    expect(isTaken).toBe(false);
    typist.channel.resume();
    await taken;
    expect(isTaken).toBe(true);
  });

  test("historyLines: older ones are forgotten", async () => {
    const typist = await Typist.open(cli);
    for (let index = 0; index < cliLimits.historyLines + 1; index++) await typist.enter(`#${index}`);
    await typist.type(UP.repeat(cliLimits.historyLines));
    await typist.until(() => typist.screen.line === "<HOST>#1");
  });

  test("sessions: a further one is told so", async () => {
    const small = server.cli({ sessions: 1 });
    await Typist.open(small);
    const channel = new CliFakeChannel();
    small.accept(channel, { command: "display version", window: undefined });
    expect(channel).toMatchObject({ sent: "", exitStatus: 1, ends: ["close"] });
    expect(channel.errors).toBe("Error: The session is refused: too many sessions. Try again later.\r\n");
  });

  test("idleTimeS: one who does nothing, or takes nothing, is dropped; a place is free then", async () => {
    const timers = new FakeTimers();
    const small = server.cli({ sessions: 1 }, timers);
    const idle = await Typist.open(small);
    expect(timers.delaysMs).toEqual([cliLimits.idleTimeS * 1000]);
    timers.elapseAll();
    expect(idle.channel.ends).toEqual(["destroy"]);
    await idle.type("");
    const slow = await Typist.open(small);
    slow.channel.stall();
    void slow.handler.received(Buffer.from("display version\r"));
    await slow.type("");
    expect(timers.delaysMs).toEqual([cliLimits.idleTimeS * 1000]);
    timers.elapseAll();
    expect(slow.channel.ends).toEqual(["destroy"]);
  });

  test("writeCharacters: of a long output only so much is made for one who takes nothing", async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `vpn-instance v${index}\ndevice d${index}`);
    expect((await runScript(cli, `system-view\n${names.join("\n")}\ncommit\n`)).errors).toBe("");
    const channel = new CliFakeChannel();
    channel.stall();
    const handler = cli.accept(channel, { command: "display current-configuration", window: undefined });
    await until(() => channel.sent.length > 0);
    for (let turn = 0; turn < 500; turn++) await new Promise(setImmediate);
    expect(channel.sent.length).toBeLessThan(cliLimits.writeCharacters + 100);
    channel.resume();
    await handler.answered?.();
    expect(channel.sent.split("\n").length).toBe(3000 + 3);
  });

  test("listedWords: of more only the number is told", () => {
    const leaf = (index: number): NodeDescription => ({
      kind: "leaf",
      name: `leaf-${String(index).padStart(4, "0")}`,
      module: "m",
      namespace: "urn:m",
      isConfig: true,
      isPresence: false,
      isKey: false,
      units: undefined,
      description: undefined,
      values: [],
      children: [],
      actions: [],
    });
    const access = new AccessControl();
    const user = { name: "alice", externalGroups: ["admin"], isRecovery: false };
    const roots = commandModel(Array.from({ length: cliLimits.listedWords + 3 }, (_, index) => leaf(index)));
    const view: View = { kind: "system", place: undefined };
    const context = { access, roots, view, requester: { user } } as unknown as CommandContext;
    const lines = helpLines(context, "leaf-");
    expect(lines).toHaveLength(cliLimits.listedWords + 1);
    expect(lines.at(-1)).toBe("  … and 3 more");
    expect(completions(context, "leaf-")[0]).toHaveLength(cliLimits.listedWords);
  });

  test("columns and rows: a window that makes no sense is taken for one that does", async () => {
    const typist = await Typist.open(cli);
    typist.resize(0, 0);
    expect(typist.window).toMatchObject({ columns: 80, rows: 24 });
    typist.resize(1, 1);
    expect(typist.window).toMatchObject({ columns: cliLimits.leastColumns, rows: cliLimits.leastRows });
    typist.resize(100_000, 100_000);
    expect(typist.window).toMatchObject({ columns: cliLimits.mostColumns, rows: cliLimits.mostRows });
  });
});

test("whatever a script holds, it ends with 0 or 1, and what it leaves is what it committed", async () => {
  const part = fc.oneof(
    fc.constantFrom(...'system-view bmp bmp-session 192.0.2.1 undo display commit quit ; | " \\ this port'.split(" ")),
    fc.string({ unit: "binary", maxLength: 6 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 30 }), async (parts) => {
      expect([0, 1]).toContain((await exec(cli, parts.join(" "))).status);
      expect([0, 1]).toContain((await runScript(cli, parts.join(" ").replaceAll(";", "\n"), 5)).status);
    }),
    { numRuns: 30 },
  );
  expect((await exec(cli, "display configuration candidate")).out).toBe("Info: Nothing was changed.\n");
});

test("whatever is typed, the session and the process go on", async () => {
  const key = fc.oneof(
    fc.constantFrom("\r", "\t", "?", " ", '"', "\\", "|", ";", "\u0003", "\u001a", "\u001b", "\u007f", UP, LEFT, HOME),
    fc.constantFrom(..."system-view bmp bmp-session 192.0.2.1 undo display commit quit return port".split(" ")),
    fc.string({ unit: "binary", maxLength: 6 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(key, { maxLength: 40 }), async (keys) => {
      const typist = await Typist.open(cli);
      await typist.type(keys.join("").replaceAll("\u0004", ""));
      if (typist.channel.ends.length === 0) typist.handler.closed();
    }),
    { numRuns: 30 },
  );
  expect((await exec(cli, "display version")).out).toBe("bmpconfd 0.0.0\n");
});
