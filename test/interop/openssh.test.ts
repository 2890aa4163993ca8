import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bmp, session } from "./harness/configuration.ts";
import { Daemon, runToEnd } from "./harness/daemon.ts";
import { eventually } from "./harness/eventually.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { scratchFolder } from "./harness/scratch.ts";
import { ServerProcess } from "./harness/server-process.ts";
import { type SshLogin, SshSubsystem, sshArguments } from "./harness/ssh-subsystem.ts";

enterPrivateNetwork();

const ENTRIES = 1_000;
const SESSION_ID = /<session-id>(\d+)<\/session-id>/;
const LOCK = "<lock><target><candidate/></target></lock>";
const UNLOCK = "<unlock><target><candidate/></target></unlock>";

let server: ServerProcess;
let login: SshLogin;

beforeAll(async () => {
  server = await ServerProcess.start();
  login = await server.sshLogin("engineer");
  const client = await server.connect();
  const entries = Array.from({ length: ENTRIES }, (_, index) => disabled(addressOf(index)));
  await client.configure(bmp(...entries));
  await client.close();
});
afterAll(cleanUp);

const addressOf = (index: number) => `2001:db8:5::${(index + 1).toString(16)}`;
const disabled = (address: string, more = {}) => session(address, { enabled: false, ...more });
const entriesIn = (reply: string) => reply.split("<bmp-session>").length - 1;

/** A connection that others use; `over` are the options by which they do. */
async function startMaster(): Promise<{ master: Daemon; over: string[] }> {
  const path = join(scratchFolder("control"), "s");
  const master = new Daemon("ssh", "ssh", [...sshArguments(login, ["-M", "-N", "-S", path]), "127.0.0.1"]);
  await master.ready("control socket", async () => {
    const { code } = await runToEnd("ssh -O check", "ssh", ["-F", "none", "-S", path, "-O", "check", "127.0.0.1"]);
    return code === 0;
  });
  return { master, over: ["-S", path] };
}

test("eight sessions share one connection (ControlMaster); a ninth is refused and takes one of its own", async () => {
  const { master, over } = await startMaster();
  const opened = await Promise.all(Array.from({ length: 8 }, () => SshSubsystem.open(login, "1.1", over)));
  expect(new Set(opened.map(({ client }) => SESSION_ID.exec(client.hello)?.[1])).size).toBe(8);

  // All at once, each in its turn.
  const replies = await Promise.all(opened.map(({ client }) => client.getConfig()));
  expect(replies.map(entriesIn)).toEqual(opened.map(() => ENTRIES));
  const ninth = await SshSubsystem.open(login, "1.1", over);
  expect(ninth.program.stderr).toContain("Session open refused by peer");
  expect(entriesIn(await ninth.client.getConfig())).toBe(ENTRIES);
  await ninth.client.close();

  // One that ends makes room, and the others stay.
  const [first, second] = opened;
  await first?.client.close();
  expect(await first?.program.exited).toEqual({ code: 0, signal: null });
  const another = await SshSubsystem.open(login, "1.0", over);
  expect(another.program.stderr).toBe("");
  expect(entriesIn(await another.client.getConfig())).toBe(ENTRIES);

  // With the connection all of its sessions end, and their locks go.
  await second?.client.rpc(LOCK);
  await master.stop("SIGKILL");
  for (const { program } of opened.slice(1)) expect(await program.exited).not.toMatchObject({ code: 0 });
  const client = await server.connect();
  await eventually("the lock is free", () => client.rpc(LOCK).then(() => true));
  await client.rpc(UNLOCK);
  await client.close();
});

test("compression that a client asks for is not used, and nothing else changes", async () => {
  const { client, program } = await SshSubsystem.open(login, "1.1", ["-C", "-v"]);
  expect(entriesIn(await client.getConfig())).toBe(ENTRIES);
  await client.close();
  expect(await program.exited).toEqual({ code: 0, signal: null });
  expect(program.stderr).toMatch(/server->client cipher: .* compression: none/);
});

test("keys are exchanged while requests are sent and large replies come", async () => {
  const { client, program } = await SshSubsystem.open(login, "1.1", ["-v", "-o", "RekeyLimit=64K"]);
  const edited = addressOf(0);
  for (let round = 0; round < 5; round += 1) {
    // Pipelined: edits with their data go out while the replies to reads come in.
    const description = `${round}`.repeat(255);
    const edits = Array.from({ length: 200 }, (_, index) => disabled(addressOf(index), { description }));
    const replies = await Promise.all([
      client.getConfig(),
      client.editConfig(bmp(...edits)),
      client.getConfig("candidate"),
      client.commit(),
      client.get(bmp(`<bmp-session><address>${edited}</address></bmp-session>`)),
    ]);
    expect(entriesIn(replies[0])).toBe(ENTRIES);
    expect(entriesIn(replies[2])).toBe(ENTRIES);
    expect(replies[4]).toContain(`<description>${description}</description>`);
  }
  await client.close();
  expect(await program.exited).toEqual({ code: 0, signal: null });
  expect(program.stderr.match(/SSH2_MSG_NEWKEYS received/g)?.length).toBeGreaterThan(10);
});

test("a client that dies in the middle of a reply leaves neither its lock nor its changes", async () => {
  const dying = await SshSubsystem.open(login);
  await dying.client.rpc(LOCK);
  await dying.client.editConfig(bmp(disabled("192.0.2.66")));
  // Stopped, it takes nothing of the replies: then it is killed with them under way.
  dying.program.signal("SIGSTOP");
  const unanswered = Array.from({ length: 8 }, () => dying.client.getConfig().catch(() => "none"));
  const client = await server.connect();
  await expect(client.rpc(LOCK)).rejects.toThrow("lock-denied");
  dying.program.signal("SIGKILL");
  expect(new Set(await Promise.all(unanswered))).toEqual(new Set(["none"]));

  await eventually("the lock is free", () => client.rpc(LOCK).then(() => true));
  expect(await client.getConfig("candidate")).not.toContain("192.0.2.66");
  await client.rpc(UNLOCK);
  await client.close();
});
