import { once } from "node:events";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer, type TlsOptions as ServerOptions } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { Authority } from "../net/certificates.ts";
import { CollectedConnection, countMessages } from "./collector.ts";
import { session } from "./engine-fixture.ts";
import { FakePeer } from "./fake-routes.ts";
import { testResources } from "./test-resources.ts";

const { fixture } = testResources();

const authority = new Authority();
const { certificate, key } = authority.issue("IP:127.0.0.1");
const TLS = { caCertificates: authority.certificate };

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  closing.push(() => server.close());
  server.on("connection", (socket: Socket) => closing.push(() => socket.destroy()));
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const tlsServer = (options: ServerOptions = {}): Server => {
  const server = createServer({ cert: certificate, key, ...options });
  server.on("tlsClientError", () => {});
  return server;
};

async function connection(server: Server): Promise<CollectedConnection> {
  const [socket] = (await once(server, "secureConnection")) as [Socket];
  return new CollectedConnection(socket);
}

test("a collector over TLS gets the same as any other", async () => {
  const server = tlsServer();
  const port = await listen(server);
  const made = fixture();
  made.start(session(port, { tls: TLS }));
  const collector = await connection(server);
  await collector.untilCount(1);
  made.routes.up(new FakePeer(1));
  expect((await collector.untilCount(2)).kinds).toEqual(["initiation", "peer-up"]);
  const { localPort } = await made.until(({ operState }) => operState === "up");
  expect(localPort).toBe(collector.socket.remotePort);
  expect(made.state()).toMatchObject({ localAddress: "127.0.0.1", connectAttempts: 1, connections: 1 });
  made.engine.removeSession(session(port));
  expect((await collector.closed()).kinds).toEqual(["initiation", "peer-up", "termination"]);
});

test("a certificate that is not accepted is told and tried again; another CA takes effect at once", async () => {
  const server = tlsServer();
  const port = await listen(server);
  const made = fixture();
  made.start(session(port, { tls: { caCertificates: new Authority().certificate } }));
  expect(await made.until(({ operState }) => operState === "waiting")).toMatchObject({
    downReason: "authentication",
    lastError: "the server's certificate: unable to verify the first certificate",
    connectAttempts: 1,
    connections: 0,
    nextConnectS: 30,
  });
  made.engine.setSession(session(port, { tls: TLS }));
  const accepted = connection(server);
  made.clock.advance(0);
  await (await accepted).untilCount(1);
  expect(await made.until(({ operState }) => operState === "up")).toMatchObject({ connections: 1 });
});

test("a server that negotiates no TLS is given up after the connect timeout, and its connection closed", async () => {
  const server = createTcpServer();
  const port = await listen(server);
  const made = fixture();
  made.start(session(port, { tls: TLS }));
  const [socket] = (await once(server, "connection")) as [Socket];
  socket.on("error", () => {});
  await once(socket, "data");
  expect(made.state()).toMatchObject({ operState: "connecting" });
  const closed = once(socket, "close");
  made.clock.advance(10_000);
  expect(made.state()).toMatchObject({ operState: "waiting", lastError: "no connection within 10 s" });
  await closed;
});

test.each([["TLSv1.2"], ["TLSv1.3"]] as const)(
  "a collector that demands a certificate gets ours (%s)",
  async (maxVersion) => {
    const server = tlsServer({ requestCert: true, ca: authority.certificate, maxVersion });
    const port = await listen(server);
    const made = fixture();
    made.start(session(port, { tls: TLS }));
    // In TLS 1.3 the server says so when the client believes to be through.
    expect(await made.until(({ operState }) => operState === "waiting")).toMatchObject({
      downReason: "tls",
      lastError: expect.stringMatching(/^TLS: .*(handshake failure|certificate required)$/),
      nextConnectS: 30,
    });
    const ours = authority.issue("DNS:router.example");
    const accepted = connection(server);
    made.start(session(port, { tls: { ...TLS, certificate: ours.certificate, privateKey: ours.key } }));
    expect((await (await accepted).untilCount(1)).kinds).toEqual(["initiation"]);
  },
);

test("what is counted is what a collector over TLS decrypts, to the last octet", async () => {
  const server = tlsServer();
  const port = await listen(server);
  const made = fixture();
  const config = session(port, { tls: TLS });
  const accepted = connection(server);
  made.start(config);
  const collected = await accepted;
  await made.until(({ operState }) => operState === "up");
  const peer = made.routes.up(new FakePeer(1));
  for (let prefix = 0; prefix < 5_000; prefix++) made.routes.announce(peer, prefix, prefix);
  await collected.until((view) => view.messages.length > 2_000);
  made.engine.setSession({ ...config, enabled: false });
  const view = await collected.closed();
  expect(view.kinds.at(-1)).toBe("termination");
  expect(await made.until(({ operState }) => operState === "disabled")).toMatchObject({
    sentMessages: countMessages([view]),
    sentOctets: collected.socket.bytesRead,
  });
});

test("a collector over TLS that reads nothing is cut off when it lags too far behind", async () => {
  const server = tlsServer();
  const port = await listen(server);
  const made = fixture();
  made.start(session(port, { tls: TLS, queueLimitBytes: 65_536 }));
  const [socket] = (await once(server, "secureConnection")) as [Socket];
  socket.pause().on("error", () => {});
  await made.until(({ operState }) => operState === "up");
  const peer = new FakePeer(1);
  made.routes.up(peer);
  let updates = 0;
  await made.until(({ resynchronisations }) => {
    for (let count = 0; count < 100; count++, updates++) made.routes.announce(peer, updates % 50_000, updates);
    return resynchronisations > 0 || updates > 1_000_000;
  });
  expect(made.state()).toMatchObject({
    resynchronisations: 1,
    lastError: "the collector fell behind by more than 65536 bytes",
  });
});
