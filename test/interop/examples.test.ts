import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bmp, session } from "./harness/configuration.ts";
import { runToEnd } from "./harness/daemon.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { COLLECTOR_V4, COLLECTOR_V6, enterPrivateNetwork } from "./harness/private-network.ts";
import { RecordingSink } from "./harness/recording-sink.ts";
import { scratchFile, scratchFolder } from "./harness/scratch.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";
import { type SshLogin, sshArguments } from "./harness/ssh-subsystem.ts";

enterPrivateNetwork();
afterAll(cleanUp);

const EXAMPLES = join(import.meta.dirname, "../../examples");
const TCP_PORT = 5000;
/** What the server says of a collector at a link-local address. */
const REFUSED = "A link-local address cannot name a monitoring server.";
/** Nobody listens there. */
const NOBODY_V4 = "10.99.0.2";

let server: ServerProcess;
let login: SshLogin;
let goProgram: string;

beforeAll(async () => {
  server = await ServerProcess.start();
  login = await server.sshLogin("alice");
  goProgram = await buildGo();
}, 240_000);

/** As the file says itself, with Debian's packages. */
async function buildGo(): Promise<string> {
  const folder = scratchFolder("go");
  const program = join(folder, "bmp-session");
  const settings = ["GO111MODULE=off", "GOPATH=/usr/share/gocode", `GOCACHE=${join(folder, "cache")}`];
  const build = ["go", "build", "-o", program, join(EXAMPLES, "go/bmp-session.go")];
  const { code, stderr } = await runToEnd("go build", "env", [...settings, ...build], { withinS: 200 });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return program;
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function withGo(address: string, ...options: string[]): Promise<Outcome> {
  const knownHosts = scratchFile("known_hosts", login.knownHosts);
  const who = ["-key", login.key.privateFile, "-known-hosts", knownHosts, ...options];
  return runToEnd("Go", goProgram, [...who, `alice@127.0.0.1:${login.port}`, address, String(TCP_PORT)]);
}

function withSsh(address: string): Promise<Outcome> {
  const [script, port] = [join(EXAMPLES, "ssh/bmp-session.sh"), String(TCP_PORT)];
  return runToEnd("bmp-session.sh", script, [address, port, ...sshArguments(login), "127.0.0.1"]);
}

/** ncclient takes the known hosts from HOME. */
function withNcclient(address: string, ...options: string[]): Promise<Outcome> {
  const home = scratchFolder("home");
  const settings = [`HOME=${home}`, `BMPCONFD_PASSWORD=${PASSWORD}`];
  const prepare = `mkdir "$HOME/.ssh" && printf %s "$1" >"$HOME/.ssh/known_hosts" && shift && exec "$@"`;
  const script = ["/usr/bin/python3", join(EXAMPLES, "ncclient/bmp-session.py"), ...options];
  const target = ["--port", String(login.port), "--tcp-port", String(TCP_PORT), `${USER}@127.0.0.1`, address];
  const command = ["sh", "-c", prepare, "sh", login.knownHosts, ...script, ...target];
  return runToEnd("bmp-session.py", "env", [...settings, ...command]);
}

async function withClient<T>(work: (client: NetconfClient) => Promise<T>): Promise<T> {
  const client = await server.connect();
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

test("every folder of examples has a test", () => {
  const elsewhere = { ansible: "ansible.test.ts", docker: "service.test.ts", systemd: "service.test.ts" };
  for (const file of Object.values(elsewhere)) expect(existsSync(join(import.meta.dirname, file))).toBe(true);
  expect(readdirSync(EXAMPLES).sort()).toEqual([...Object.keys(elsewhere), "go", "ncclient", "ssh"].sort());
});

test("the ncclient script puts a session into service, waits until it is up, and takes it out again", async () => {
  const sink = await RecordingSink.listen(COLLECTOR_V4, TCP_PORT);
  expect(await withNcclient(COLLECTOR_V4)).toEqual({ code: 0, stdout: `${COLLECTOR_V4} is up\n`, stderr: "" });
  expect(sink.connections).toHaveLength(1);
  expect(await withNcclient(COLLECTOR_V4, "--absent")).toEqual({
    code: 0,
    stdout: `${COLLECTOR_V4} is absent\n`,
    stderr: "",
  });
  expect(await withClient((client) => client.getConfig())).not.toContain(COLLECTOR_V4);
  const refused = await withNcclient("169.254.0.1");
  expect(refused).toEqual({ code: 1, stdout: "", stderr: `127.0.0.1 refuses: ${REFUSED} (operation-failed)\n` });
  expect((await withNcclient(NOBODY_V4, "--wait", "1")).stderr).toMatch(
    /^10\.99\.0\.2 is [a-z-]+ after 1 s: .*ECONNREFUSED/,
  );
  await withNcclient(NOBODY_V4, "--absent");
  await sink.close();
});

test("the Go program does the same", async () => {
  const sink = await RecordingSink.listen(COLLECTOR_V6, TCP_PORT);
  expect(await withGo(COLLECTOR_V6)).toEqual({ code: 0, stdout: `${COLLECTOR_V6} is up\n`, stderr: "" });
  expect(sink.connections).toHaveLength(1);
  expect(await withGo("169.254.0.1")).toEqual({
    code: 1,
    stdout: "",
    stderr: `the router refuses: ${REFUSED} (operation-failed)\n`,
  });
  expect((await withGo(NOBODY_V4, "-wait", "1s")).stderr).toMatch(/^10\.99\.0\.2 is [a-z-]+ after 1s: .*ECONNREFUSED/);
  await sink.close();
});

test("the shell script configures the session, and commits nothing when it cannot have the lock", async () => {
  const address = "192.0.2.1";
  await withClient(async (client) => {
    await client.editConfig(bmp(session("192.0.2.99")));
    const { code, stdout, stderr } = await withSsh(address);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^refused: .*candidate/);
    await client.rpc("<discard-changes/>");
  });
  expect(await withClient((client) => client.getConfig())).not.toContain("192.0.2.");
  const { code, stdout, stderr } = await withSsh(address);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^192\.0\.2\.1 is [a-z]+\n$/);
  expect(await withClient((client) => client.getConfig())).toContain(`<address>${address}</address>`);
  expect(await withSsh("169.254.0.1")).toEqual({ code: 1, stdout: "", stderr: `refused: ${REFUSED}\n` });
  expect((await withSsh("collector")).code).toBe(2);
});
