import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer, type TlsOptions as ServerOptions, type TLSSocket } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { dial } from "../../src/net/dial.ts";
import { failureText, type TlsOptions } from "../../src/net/tls.ts";
import { tlsProblems } from "../../src/net/tls-problems.ts";
import { Authority } from "./certificates.ts";

const authority = new Authority();
const stranger = new Authority();
const named = authority.issue("DNS:collector.example,IP:127.0.0.1,IP:::1");
const ours = authority.issue("DNS:router.example");

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listen(server: Server, host = "127.0.0.1"): Promise<Server> {
  server.listen(0, host);
  closing.push(() => server.close());
  await once(server, "listening");
  return server;
}

/** A server that sends the name that it was asked for, and the client's certificate. */
function tlsServer({ certificate, key } = named, options: ServerOptions = {}): Server {
  const server = createServer({ cert: certificate, key, ...options }, (socket: TLSSocket) => {
    socket.on("error", () => {});
    const { servername } = socket as unknown as { readonly servername: string | false };
    socket.end(`${servername || "no name"}, ${socket.getPeerCertificate().subjectaltname ?? "no certificate"}`);
  });
  server.on("tlsClientError", () => {});
  return server;
}

/** What a connection brings, or why there is none. */
async function outcome(server: Server, tls: TlsOptions, address = "127.0.0.1", more = {}): Promise<string> {
  const socket: Socket = dial({ address, port: (server.address() as AddressInfo).port, tls, ...more });
  closing.push(() => socket.destroy());
  let isSecure = false;
  socket.once("secureConnect", () => {
    isSecure = true;
  });
  return new Promise((resolve) => {
    socket.once("data", (bytes) => resolve(String(bytes)));
    socket.once("error", (error) => resolve(`${isSecure ? "later: " : ""}${failureText(socket, error)}`));
    socket.once("close", () => resolve("closed"));
  });
}

const trusting = { caCertificates: authority.certificate };

describe("a server whose certificate is from a CA that is named", () => {
  test.each([["127.0.0.1"], ["::1"]])("is accepted for its address %s", async (address) => {
    expect(await outcome(await listen(tlsServer(), address), trusting, address)).toBe("no name, no certificate");
  });

  test("is accepted for its name, and asked for it", async () => {
    const tls = { ...trusting, serverName: "collector.example" };
    expect(await outcome(await listen(tlsServer()), tls)).toBe("collector.example, no certificate");
  });

  test("is accepted on a socket that is bound to a device", async () => {
    expect(await outcome(await listen(tlsServer()), trusting, "127.0.0.1", { device: "lo" })).toBe(
      "no name, no certificate",
    );
  });

  test("is shown our certificate when it asks for one", async () => {
    const options = { requestCert: true, ca: authority.certificate };
    const tls = { ...trusting, certificate: ours.certificate, privateKey: ours.key };
    expect(await outcome(await listen(tlsServer(named, options)), tls)).toBe("no name, DNS:router.example");
  });

  test("may be one of several that are named, with text around them", async () => {
    const caCertificates = `old:\n${stranger.certificate}new:\n${authority.certificate}`;
    expect(tlsProblems({ caCertificates })).toEqual([]);
    expect(await outcome(await listen(tlsServer()), { caCertificates })).toBe("no name, no certificate");
  });
});

describe("a server is refused, in words", () => {
  test.each<[string, Server, TlsOptions, string]>([
    [
      "of another name",
      tlsServer(),
      { ...trusting, serverName: "other.example" },
      "the server's certificate: Hostname/IP does not match certificate's altnames: " +
        "Host: other.example. is not in the cert's altnames: DNS:collector.example, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
    ],
    [
      "of another address",
      tlsServer(authority.issue("DNS:collector.example,IP:127.0.0.2")),
      trusting,
      "the server's certificate: Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: 127.0.0.2",
    ],
    [
      "whose certificate has expired",
      tlsServer(authority.issue("IP:127.0.0.1", -1)),
      trusting,
      "the server's certificate: certificate has expired",
    ],
    [
      "of an unknown CA",
      tlsServer(),
      { caCertificates: stranger.certificate },
      "the server's certificate: unable to verify the first certificate",
    ],
    [
      "that speaks no TLS",
      createTcpServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n")),
      trusting,
      "TLS: wrong version number",
    ],
    ["that speaks TLS 1.1", tlsServer(named, { maxVersion: "TLSv1.1", minVersion: "TLSv1.1" }), trusting, "TLS: "],
    [
      "that wants a certificate of ours, at once",
      tlsServer(named, { requestCert: true, ca: authority.certificate, maxVersion: "TLSv1.2" }),
      trusting,
      "TLS: ",
    ],
    [
      "that wants a certificate of ours, in TLS 1.3 when the client is through",
      tlsServer(named, { requestCert: true, ca: authority.certificate }),
      trusting,
      "later: TLS: tlsv13 alert certificate required",
    ],
    [
      "that closes at once",
      createTcpServer((socket) => socket.destroy()),
      trusting,
      "Client network socket disconnected before secure TLS connection was established",
    ],
  ])("one %s", async (_what, server, tls, words) => {
    expect((await outcome(await listen(server), tls)).slice(0, words.length)).toBe(words);
  });

  test("one that is not there", async () => {
    const server = await listen(createTcpServer());
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const socket = dial({ address: "127.0.0.1", port, tls: trusting });
    const [error] = (await once(socket, "error")) as [Error];
    expect(failureText(socket, error)).toBe(`connect ECONNREFUSED 127.0.0.1:${port}`);
  });
});

test("a connection that is given up while TLS is negotiated is closed", async () => {
  const server = await listen(createTcpServer());
  const socket = dial({ address: "127.0.0.1", port: (server.address() as AddressInfo).port, tls: trusting });
  const [accepted] = (await once(server, "connection")) as [Socket];
  accepted.on("error", () => {});
  await once(accepted, "data");
  const closed = once(accepted, "close");
  socket.destroy();
  await closed;
});

describe("certificates and keys that cannot be used", () => {
  const own = { certificate: ours.certificate, privateKey: ours.key };
  const broken = ours.certificate.replace(/\n.{8}/, "\nAAAAAAAA");
  const encrypted = execFileSync("openssl", ["pkcs8", "-topk8", "-passout", "pass:x"], {
    input: ours.key,
    encoding: "utf8",
  });

  test("none, if all is well", () => {
    expect(tlsProblems({ ...trusting, ...own })).toEqual([]);
    expect(tlsProblems({ ...trusting, ...own, certificate: ours.certificate + authority.certificate })).toEqual([]);
  });

  test.each<[string, Partial<TlsOptions>, object]>([
    ["no CA", { caCertificates: "none" }, { option: "caCertificates", text: "holds no PEM certificate" }],
    [
      "a CA that is none",
      { caCertificates: authority.certificate + broken },
      { option: "caCertificates", text: "certificate 2 of 2 cannot be read" },
    ],
    ["no certificate", { certificate: ours.key }, { option: "certificate", text: "holds no PEM certificate" }],
    ["no key", { privateKey: ours.certificate }, { option: "privateKey", text: "holds no PEM private key" }],
    [
      "an encrypted key",
      { privateKey: encrypted },
      { option: "privateKey", text: "is encrypted: give it without a passphrase" },
    ],
    ["another key", { privateKey: named.key }, { option: "privateKey", text: "is not the key of the certificate" }],
  ])("%s", (_what, changes, problem) => {
    expect(tlsProblems({ ...trusting, ...own, ...changes })).toEqual([problem]);
  });

  test("a key that TLS finds too short", () => {
    const short = execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:512", "-nodes", "-keyout", "-", "-subj", "/CN=short", "-days", "2"],
      { encoding: "utf8", stdio: "pipe" },
    );
    expect(tlsProblems({ ...trusting, certificate: short, privateKey: short })).toEqual([
      { option: "certificate", text: "is not taken by TLS: ee key too small" },
    ]);
  });
});
