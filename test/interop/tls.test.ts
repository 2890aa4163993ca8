import { afterAll, beforeAll, expect, test } from "vitest";
import { Authority, type Issued } from "../net/certificates.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { bmp, session } from "./harness/configuration.ts";
import { Daemon } from "./harness/daemon.ts";
import { eventually } from "./harness/eventually.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { sessionState } from "./harness/operational-state.ts";
import { COLLECTOR_V4, COLLECTOR_V6, enterPrivateNetwork } from "./harness/private-network.ts";
import { scratchFile } from "./harness/scratch.ts";
import { bmpconfd, ServerProcess } from "./harness/server-process.ts";
import { connectWithLibrary } from "./harness/ssh-library.ts";

enterPrivateNetwork();

const MONITOR = ["watcher", "opera glass"] as const;
const authority = new Authority();
const ours = authority.issue("DNS:router.example");
const CA = scratchFile("ca.pem", authority.certificate);
const AT_SESSION = `/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='${COLLECTOR_V4}'][bmp:alias='']`;

let server: ServerProcess;
let client: NetconfClient;

beforeAll(async () => {
  const dataDir = await ServerProcess.newDataDir();
  const [name, password] = MONITOR;
  await bmpconfd(["user", "add", name, "--password-stdin", "--group", "monitor", "--data", dataDir], password);
  server = await ServerProcess.start({ dataDir });
  client = await server.connect();
});
afterAll(cleanUp);

/** OpenSSL's server, which prints what it gets. */
async function sServer(address: string, { certificate, key }: Issued, ...more: string[]): Promise<Daemon> {
  const file = scratchFile("server.pem", certificate + key);
  const at = address.includes(":") ? `[${address}]:11019` : `${address}:11019`;
  const daemon = new Daemon("s_server", "openssl", ["s_server", "-accept", at, "-cert", file, "-key", file, ...more]);
  await daemon.ready("accepting", () => daemon.stdout.includes("ACCEPT"));
  return daemon;
}

const trusting = (leaves = "", trusted = authority.certificate): string =>
  `<ca-certificates>${trusted}</ca-certificates>${leaves}`;
const withTls = (address: string, tls: string): string =>
  bmp(
    "<system-name>a.router</system-name>",
    session(address).replace("<connect-retry>", `<tls nc:operation="replace">${tls}</tls><connect-retry>`),
  );
const ownOf = ({ certificate, key }: Issued): string =>
  `<certificate>${certificate}</certificate><private-key>${key}</private-key>`;

const stateOf = async (address: string) => sessionState(client, address);
const refusedWith = (address: string, words: string) =>
  eventually(words, async () => (await stateOf(address))?.["last-error"]?.includes(words) === true);

test("openssl's server gets BMP by TLS 1.3, when it is for the address and from the CA", async () => {
  const collector = await sServer(COLLECTOR_V6, authority.issue(`IP:${COLLECTOR_V6}`));
  await client.configure(withTls(COLLECTOR_V6, trusting()));
  await eventually("Initiation", () => collector.stdout.includes("a.router"));
  // A cipher suite of no other version.
  expect(collector.stdout).toContain("CIPHER is TLS_AES_256_GCM_SHA384");
  await eventually("up", async () => (await stateOf(COLLECTOR_V6))?.["oper-state"] === "up");
  expect(await stateOf(COLLECTOR_V6)).toMatchObject({ connections: "1" });
});

test("a server of another name, of another CA, or past its time is not told anything, and tried again", async () => {
  const issued = authority.issue("DNS:collector.example");
  const wrong = await sServer(COLLECTOR_V4, issued);
  await client.configure(withTls(COLLECTOR_V4, trusting()));
  await refusedWith(COLLECTOR_V4, `IP: ${COLLECTOR_V4} is not in the cert's list`);
  await client.configure(withTls(COLLECTOR_V4, trusting("<server-name>other.example</server-name>")));
  await refusedWith(COLLECTOR_V4, "Host: other.example. is not in the cert's altnames: DNS:collector.example");
  const named = "<server-name>collector.example</server-name>";
  await client.configure(withTls(COLLECTOR_V4, trusting(named, new Authority().certificate)));
  await refusedWith(COLLECTOR_V4, "the server's certificate: unable to verify the first certificate");
  expect(wrong.stdout).not.toContain("a.router");
  await client.configure(withTls(COLLECTOR_V4, trusting(named)));
  await eventually("Initiation", () => wrong.stdout.includes("a.router"));
  await wrong.stop("SIGKILL");
  const expired = await sServer(COLLECTOR_V4, authority.issue("DNS:collector.example", -1));
  await refusedWith(COLLECTOR_V4, "the server's certificate: certificate has expired");
  expect(expired.stdout).not.toContain("a.router");
  await expired.stop("SIGKILL");
});

test("a server that demands a certificate gets one", async () => {
  const demanding = ["-Verify", "1", "-verify_return_error", "-CAfile", CA];
  const collector = await sServer(COLLECTOR_V4, authority.issue(`IP:${COLLECTOR_V4}`), ...demanding);
  await client.configure(withTls(COLLECTOR_V4, trusting()));
  await refusedWith(COLLECTOR_V4, "TLS: tlsv13 alert certificate required");
  await client.configure(withTls(COLLECTOR_V4, trusting(ownOf(ours))));
  await eventually("Initiation", () => collector.stdout.includes("a.router"));
  await eventually("up", async () => (await stateOf(COLLECTOR_V4))?.["oper-state"] === "up");
});

test("the key is shown to administrators only, the certificates to all", async () => {
  const [name, password] = MONITOR;
  const monitor = await connectWithLibrary(server.netconfPort, name, { password });
  expect(await client.getConfig()).toContain("<private-key>-----BEGIN");
  const shown = await monitor.getConfig();
  expect(shown).toContain("<certificate>-----BEGIN");
  expect(shown).not.toContain("private-key");
});

test("what TLS cannot use is refused at commit, and the connection stays", async () => {
  await client.editConfig(withTls(COLLECTOR_V4, trusting(ownOf({ ...ours, key: authority.issue("DNS:a").key }))));
  await expect(client.commit()).rejects.toMatchObject({
    errors: [
      {
        tag: "invalid-value",
        path: `${AT_SESSION}/bmp:tls/bmp:private-key`,
        message: `The session with ${COLLECTOR_V4} cannot use TLS: private-key is not the key of the certificate.`,
      },
    ],
  });
  await client.editConfig(withTls(COLLECTOR_V4, trusting(`<certificate>${ours.certificate}</certificate>`)));
  await expect(client.commit()).rejects.toMatchObject({
    errors: [{ tag: "operation-failed", appTag: "must-violation", path: `${AT_SESSION}/bmp:tls` }],
  });
  await client.editConfig(withTls(COLLECTOR_V4, "<server-name>a.example</server-name>"));
  await expect(client.commit()).rejects.toMatchObject({
    errors: [{ tag: "data-missing", path: expect.stringContaining(`${AT_SESSION}/bmp:tls`) }],
  });
  await client.rpc("<discard-changes/>");
  expect((await stateOf(COLLECTOR_V4))?.["oper-state"]).toBe("up");
});
