import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { BIRD_AS, Bird } from "./harness/bird.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, session } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import { neighborState, sessionState } from "./harness/operational-state.ts";
import { BIRD_V4, COLLECTOR_V4, enterPrivateNetwork } from "./harness/private-network.ts";
import { RecordingSink, TERMINATION } from "./harness/recording-sink.ts";
import { scratchFile, scratchFolder } from "./harness/scratch.ts";
import { bmpconfd, PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";
import { connectWithLibrary } from "./harness/ssh-library.ts";
import { Capture } from "./harness/tshark.ts";

enterPrivateNetwork();
afterAll(cleanUp);

const STOP_LIMIT_MS = 5000;

test.each<NodeJS.Signals>(["SIGTERM", "SIGINT"])(
  "%s ends the sessions politely: Termination for collectors, Cease for neighbours, exit code 0 within 5 s",
  async (signal) => {
    const server = await ServerProcess.start();
    const client = await server.connect();
    const sink = await RecordingSink.listen(COLLECTOR_V4);
    const [bmpCapture, bgpCapture] = await Promise.all([Capture.start(11019), Capture.start(179)]);
    const bird = new Bird(SERVER_AS, ["198.51.100.0/24"]);
    await bird.start();
    await client.configure(bgp(neighbor(BIRD_V4, BIRD_AS)) + bmp(session(COLLECTOR_V4)));
    await eventually("collector up", async () => (await sessionState(client, COLLECTOR_V4))?.["oper-state"] === "up");
    await eventually(
      "neighbour up",
      async () => (await neighborState(client, BIRD_V4))?.["fsm-state"] === "established",
    );

    const start = performance.now();
    expect(await server.stop(signal)).toEqual({ code: 0, signal: null });
    expect(performance.now() - start).toBeLessThan(STOP_LIMIT_MS);

    await eventually("connection closed", () => sink.latest.ended);
    expect(sink.latest.ended).toBe("end");
    expect(sink.latest.types().at(-1)).toBe(TERMINATION);
    await Promise.all([bmpCapture.stop(), bgpCapture.stop()]);
    // RFC 7854 4.5: information type 1, reason 0 = administratively closed.
    const terminations = await bmpCapture.packets("bmp", "bmp.type == 5", ["bmp.term.type", "bmp.term.reason"]);
    expect(terminations).toEqual([{ "bmp.term.type": expect.arrayContaining(["1"]), "bmp.term.reason": ["0"] }]);
    // RFC 4486: Cease, subcode 2 = Administrative Shutdown.
    const notifications = await bgpCapture.packets("bgp", `bgp.type == 3 && ip.dst == ${BIRD_V4}`, [
      "bgp.notify.major_error",
      "bgp.notify.minor_error_cease",
    ]);
    expect(notifications).toEqual([{ "bgp.notify.major_error": ["6"], "bgp.notify.minor_error_cease": ["2"] }]);
    expect(await bgpCapture.objections("bgp")).toEqual([]);
    await bird.stop();
    await sink.close();
  },
);

test("a second process on the same data directory is refused with exit code 3 and the first one's pid", async () => {
  const server = await ServerProcess.start();
  const { code, stdout, stderr } = await bmpconfd([
    "--data",
    server.dataDir,
    "--listen",
    "127.0.0.1:0",
    "--bgp-listen",
    "127.0.0.1:0",
  ]);
  expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
  expect(stderr).toMatch(new RegExp(`\\b${server.daemon.pid}\\b`));
  expect(server.readyLine.pid).toBe(server.daemon.pid);
  expect(server.daemon.isRunning).toBe(true);
  await server.stop();
});

test("the configuration is there again after a stop, and --check finds it good", async () => {
  const first = await ServerProcess.start();
  const client = await first.connect();
  await client.configure(bgp() + bmp(session(COLLECTOR_V4, { enabled: false })));
  const before = /<data[\s\S]*<\/data>/.exec(await client.getConfig())?.[0];
  await first.stop();

  expect(await bmpconfd(["--check", "--data", first.dataDir])).toMatchObject({ code: 0 });
  const second = await ServerProcess.start({ dataDir: first.dataDir });
  const again = await second.connect();
  expect(/<data[\s\S]*<\/data>/.exec(await again.getConfig())?.[0]).toBe(before);
  await second.stop();
});

test("a damaged configuration is told and ends with exit code 1, when served as when checked", async () => {
  const server = await ServerProcess.start();
  const client = await server.connect();
  await client.configure(bmp());
  await server.stop();
  const history = join(server.dataDir, "history");
  const newest = join(history, readdirSync(history).sort().at(-1) ?? "");
  appendFileSync(newest, "<!-- one byte too many -->");

  for (const args of [["--check"], ["--listen", "127.0.0.1:0", "--bgp-listen", "127.0.0.1:0"]]) {
    const { code, stdout, stderr } = await bmpconfd([...args, "--data", server.dataDir]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(newest);
  }
});

test.each([
  { what: "an unknown flag", args: ["--no-such-flag"] },
  { what: "an address without a port", args: ["--listen", "127.0.0.1"] },
  { what: "a port out of range", args: ["--bgp-listen", "127.0.0.1:65536"] },
  { what: "an unknown command", args: ["no-such-command"] },
])("$what ends with exit code 2", async ({ args }) => {
  const { code, stdout, stderr } = await bmpconfd([...args, "--data", scratchFolder("data")]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).not.toBe("");
});

test("an address that is in use, or a data directory that cannot be, ends with exit code 3", async () => {
  const taken = await RecordingSink.listen("127.0.0.1", 8830);
  const dataDir = await ServerProcess.newDataDir();
  const inUse = await bmpconfd(["--data", dataDir, "--listen", "127.0.0.1:8830", "--bgp-listen", "127.0.0.1:0"]);
  expect(inUse).toMatchObject({ code: 3, stdout: "" });
  expect(inUse.stderr).toContain("127.0.0.1:8830");
  await taken.close();

  const file = scratchFile("a-file", "");
  expect(await bmpconfd(["--data", join(file, "data"), "--listen", "127.0.0.1:0"])).toMatchObject({
    code: 3,
    stdout: "",
  });
});

test("--version and --help say so on stdout and end with exit code 0", async () => {
  expect(await bmpconfd(["--version"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^(bmpconfd )?\d+\.\d+\.\d+\n$/),
  });
  expect(await bmpconfd(["--help"])).toMatchObject({ code: 0, stdout: expect.stringContaining("--bgp-listen") });
});

test("a user added while the server runs can log in at once; a wrong password cannot", async () => {
  const server = await ServerProcess.start();
  const added = await bmpconfd(
    ["user", "add", "second", "--password-stdin", "--data", server.dataDir],
    "another one\n",
  );
  expect(added).toMatchObject({ code: 0 });
  const client = await connectWithLibrary(server.netconfPort, "second", { password: "another one" });
  await client.close();
  await expect(connectWithLibrary(server.netconfPort, "second", { password: PASSWORD })).rejects.toThrow(
    /authentication/i,
  );
  await expect(connectWithLibrary(server.netconfPort, USER, { password: "" })).rejects.toThrow(/authentication/i);
  await server.stop();
});
