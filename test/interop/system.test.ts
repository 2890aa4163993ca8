import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { runToEnd } from "./harness/daemon.ts";
import type { NetconfClient, Refusal } from "./harness/netconf-client.ts";
import { enterPrivateNetwork, SERVER_V4 } from "./harness/private-network.ts";
import { scratchFolder } from "./harness/scratch.ts";
import { ServerProcess } from "./harness/server-process.ts";
import { connectWithLibrary } from "./harness/ssh-library.ts";

enterPrivateNetwork();
afterAll(cleanUp);

const BASE = "urn:ietf:params:xml:ns:netconf:base:1.0";
const SYSTEM = "urn:ietf:params:xml:ns:yang:ietf-system";
const ORDER = "<user-authentication-order>local-users</user-authentication-order>";
const ACM = "urn:ietf:params:xml:ns:yang:ietf-netconf-acm";
/** What a user may do who is only configured. */
const inNoGroup = (name: string) => ({
  login: "ok",
  read: true,
  hashes: false,
  edit:
    `access-denied: User "${name}" may not create /sys:system/sys:contact: ` +
    'the user is in no group of /nacm/groups, and write-default is "deny".',
});

let folder: string;
let server: ServerProcess;
let client: NetconfClient;
beforeAll(async () => {
  folder = scratchFolder("users");
  server = await ServerProcess.start();
  client = await server.connect();
});

const authentication = (content: string) =>
  `<system xmlns="${SYSTEM}"><authentication>${content}</authentication></system>`;
const user = (name: string, content: string, attributes = "") =>
  authentication(`<user${attributes}><name>${name}</name>${content}</user>`);
const password = (text: string) => `<password>${text}</password>`;
const REMOVED = ' nc:operation="delete"';

/** By password, with ncclient. */
async function login(name: string, text: string, port = server.netconfPort): Promise<unknown> {
  const script = join(import.meta.dirname, "ncclient-login.py");
  const { stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", [
    script,
    "127.0.0.1",
    String(port),
    name,
    text,
  ]);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

/** A key made by OpenSSH, as the model wants it. */
function makeKey(name: string, ...keygen: readonly string[]): string {
  const path = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-N", "", "-f", path, "-C", "", ...keygen]);
  const [algorithm, data] = readFileSync(`${path}.pub`, "utf8").split(" ");
  return (
    `<authorized-key><name>${name}</name><algorithm>${algorithm}</algorithm>` +
    `<key-data>${data?.trim()}</key-data></authorized-key>`
  );
}

/** By key, with OpenSSH: whether a hello came. */
async function loginWithKey(
  name: string,
  key: string,
  host = "127.0.0.1",
  port = server.netconfPort,
): Promise<boolean> {
  const options = ["-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"];
  const identity = ["-i", join(folder, key), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes"];
  const target = ["-p", String(port), "-l", name, "-s", host, "netconf"];
  const end = `<hello xmlns="${BASE}"><capabilities><capability>${BASE}</capability></capabilities></hello>]]>]]>`;
  const { stdout } = await runToEnd("ssh", "ssh", [...options, ...identity, ...target], { input: end });
  return stdout.includes("<hello ");
}

test("a password in clear text is hashed when the edit is made, and lets in from the commit on", async () => {
  expect(await login("ann", "open sesame")).toEqual({ login: "refused" });
  await client.editConfig(user("ann", password("$0$open sesame")));
  const candidate = await client.getConfig("candidate");
  expect(candidate).toMatch(/<name>ann<\/name><password>\$6\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}<\/password>/);
  expect(await login("ann", "open sesame")).toEqual({ login: "refused" });
  await client.commit();
  // RFC 7317: passwords of local users are tried where the order says so.
  expect(await login("ann", "open sesame")).toEqual({ login: "refused" });
  await client.configure(authentication(ORDER));
  expect(await login("ann", "open sesame")).toEqual(inNoGroup("ann"));
  expect(await login("ann", "open sesame ")).toEqual({ login: "refused" });
  const hash = /<password>(.*?)<\/password>/.exec(candidate)?.[1] as string;
  expect(await login("ann", hash)).toEqual({ login: "refused" });

  const history = join(server.dataDir, "history");
  const stored = readdirSync(history).map((name) => readFileSync(join(history, name), "utf8"));
  expect(stored.join("")).toContain(hash);
  expect(stored.join("") + server.daemon.stdout + server.daemon.stderr).not.toContain("open sesame");
});

test("one commit configures a user and makes them an admin; without both the open session looks on", async () => {
  const member = (attributes = "") =>
    `<nacm xmlns="${ACM}"><groups><group><name>admin</name><user-name${attributes}>zoe</user-name></group></groups></nacm>`;
  await client.configure(user("zoe", password("$0$first light")) + member());
  expect(await login("zoe", "first light")).toEqual({ login: "ok", read: true, hashes: true, edit: "ok" });
  await client.configure(`<system xmlns="${SYSTEM}"><contact${REMOVED}/></system>`);

  const open = await connectWithLibrary(server.netconfPort, "zoe", { password: "first light" });
  await client.configure(user("zoe", "", REMOVED) + member(REMOVED));
  expect(await login("zoe", "first light")).toEqual({ login: "refused" });
  expect(await open.getConfig()).not.toContain("zoe");
  const contact = `<system xmlns="${SYSTEM}"><contact>noc</contact></system>`;
  expect(((await open.editConfig(contact).catch((error: unknown) => error)) as Refusal).errors).toEqual([
    {
      type: "application",
      tag: "access-denied",
      path: "/sys:system/sys:contact",
      message: inNoGroup("zoe").edit.replace("access-denied: ", ""),
    },
  ]);
  const sessions = await client.get('<netconf-state xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"/>');
  const id = /<session-id>(\d+)<\/session-id><transport>[^<]*<\/transport><username>zoe</.exec(sessions)?.[1];
  await client.rpc(`<kill-session><session-id>${id}</session-id></kill-session>`);
  await expect(open.getConfig()).rejects.toThrow();
});

test.each(["-5", "-6"])("a hash made by openssl passwd %s is taken as it is", async (method) => {
  const hash = execFileSync("openssl", ["passwd", method, "verdant meadow"], { encoding: "utf8" }).trim();
  await client.configure(user("ben", password(hash)));
  expect(await client.getConfig()).toContain(`<name>ben</name><password>${hash}</password>`);
  expect(await login("ben", "verdant meadow")).toEqual(inNoGroup("ben"));
  expect(await login("ben", "verdant")).toEqual({ login: "refused" });
  const open = await connectWithLibrary(server.netconfPort, "ben", { password: "verdant meadow" });
  await client.configure(user("ben", "", REMOVED));
  // A session that is open goes on.
  expect(await open.getConfig()).not.toContain("<name>ben</name>");
  await open.close();
  expect(await login("ben", "verdant meadow")).toEqual({ login: "refused" });
});

test.each([
  ["ed25519", ["-t", "ed25519"]],
  ["ecdsa", ["-t", "ecdsa", "-b", "256"]],
  ["rsa", ["-t", "rsa", "-b", "2048"]],
])("an %s key of OpenSSH lets in from the commit on, until another one removes it", async (name, keygen) => {
  const key = makeKey(name, ...keygen);
  await client.editConfig(user("eve", key));
  expect(await loginWithKey("eve", name)).toBe(false);
  await client.commit();
  expect(await loginWithKey("eve", name)).toBe(true);
  expect(await loginWithKey("bob", name)).toBe(false);
  await client.configure(user("eve", `<authorized-key${REMOVED}><name>${name}</name></authorized-key>`));
  expect(await loginWithKey("eve", name)).toBe(false);
});

test("what was committed lets in after kill -9 as well", async () => {
  await client.configure(user("kim", password("$0$rain or shine") + makeKey("kim", "-t", "ed25519")));
  await server.stop("SIGKILL");
  server = await ServerProcess.start({ dataDir: server.dataDir });
  client = await server.connect();
  expect(await login("kim", "rain or shine")).toEqual(inNoGroup("kim"));
  expect(await loginWithKey("kim", "kim")).toBe(true);
});

const listen = (name: string, address: string, port: number) =>
  `<netconf-server xmlns="urn:bmpconfd:yang:server"><listen><name>${name}</name><address>${address}</address>` +
  `<port>${port}</port></listen></netconf-server>`;

test("a configured address is served from the commit on, after a restart too, until another one removes it", async () => {
  expect(await loginWithKey("kim", "kim", SERVER_V4, 8300)).toBe(false);
  await client.configure(listen("lan", SERVER_V4, 8300));
  expect(await loginWithKey("kim", "kim", SERVER_V4, 8300)).toBe(true);
  const refused = await client.configure(listen("away", "192.0.2.1", 830)).catch((error: unknown) => error);
  expect((refused as Refusal).errors).toEqual([
    {
      type: "application",
      tag: "operation-failed",
      path: "/server:netconf-server/server:listen[server:name='away']",
      message:
        "Cannot listen on 192.0.2.1 port 830: listen EADDRNOTAVAIL: address not available 192.0.2.1:830. " +
        "Give one that this server may use.",
    },
  ]);
  await client.rpc("<discard-changes/>");

  await server.stop("SIGKILL");
  server = await ServerProcess.start({ dataDir: server.dataDir });
  client = await server.connect();
  expect(server.readyLine.netconf).toEqual([`127.0.0.1:${server.netconfPort}`, `${SERVER_V4}:8300`]);
  expect(await client.get('<netconf-server xmlns="urn:bmpconfd:yang:server"><listen/></netconf-server>')).toContain(
    `<address>${SERVER_V4}</address><port>8300</port><state><oper-state>listening</oper-state></state>`,
  );
  expect(await loginWithKey("kim", "kim", SERVER_V4, 8300)).toBe(true);
  await client.configure(
    `<netconf-server xmlns="urn:bmpconfd:yang:server"><listen${REMOVED}><name>lan</name></listen></netconf-server>`,
  );
  expect(await loginWithKey("kim", "kim", SERVER_V4, 8300)).toBe(false);
  expect(await loginWithKey("kim", "kim")).toBe(true);
});
