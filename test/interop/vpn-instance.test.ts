import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bmp, session } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import { addNamespace, NAMESPACE, removeNamespace } from "./harness/namespace.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { sessionState } from "./harness/operational-state.ts";
import { Pmbmpd } from "./harness/pmbmpd.ts";
import { COLLECTOR_V4, enterPrivateNetwork, ip } from "./harness/private-network.ts";
import { INITIATION, RecordingSink } from "./harness/recording-sink.ts";
import { ServerProcess } from "./harness/server-process.ts";
import { Capture } from "./harness/tshark.ts";

enterPrivateNetwork();

/** An address that both devices lead to; nobody answers there. */
const FAR_COLLECTOR = "203.0.113.9";

let client: NetconfClient;

beforeAll(async () => {
  for (const [device, address, metric] of [
    ["red", "192.0.2.1", "200"],
    ["blue", "192.0.2.65", "100"],
  ] as const) {
    ip("link", "add", device, "type", "veth", "peer", "name", `${device}-far`);
    ip("link", "set", device, "up");
    ip("link", "set", `${device}-far`, "up");
    ip("addr", "add", `${address}/26`, "dev", device);
    ip("route", "add", "203.0.113.0/24", "dev", device, "metric", metric);
    // Nobody answers ARP; the SYN is to leave all the same.
    ip("neigh", "add", FAR_COLLECTOR, "lladdr", "02:00:00:00:00:09", "dev", device);
  }
  client = await (await ServerProcess.start()).connect();
});
afterAll(cleanUp);

const vpnInstance = (name: string, device: string): string =>
  `<vpn-instances xmlns="urn:bmpconfd:yang:vpn-instance"><vpn-instance><name>${name}</name><device>${device}</device></vpn-instance></vpn-instances>`;

const inNamespace = (name: string, namespace: string): string =>
  vpnInstance(name, "").replace("<device></device>", `<network-namespace>${namespace}</network-namespace>`);

const inVpn = (name: string, address: string): string =>
  `<bmp-session><vpn-instance>${name}</vpn-instance><address>${address}</address><alias/></bmp-session>`;

test("a session's connection leaves through the device of its VPN instance, whatever the routing table prefers", async () => {
  const [red, blue] = await Promise.all([Capture.start(11019, "red"), Capture.start(11019, "blue")]);
  await client.configure(vpnInstance("RED", "red") + bmp(inVpn("RED", FAR_COLLECTOR)));
  const connecting = `<bmp xmlns="urn:bmpconfd:yang:bmp"><bmp-session><vpn-instance>RED</vpn-instance></bmp-session></bmp>`;
  await eventually("connecting", async () => /<connect-attempts>[1-9]/.test(await client.get(connecting)));
  await Promise.all([red.stop(), blue.stop()]);
  const syns = await red.packets("bmp", `tcp.flags.syn == 1 && ip.dst == ${FAR_COLLECTOR}`, ["ip.src"]);
  expect(syns[0]).toEqual({ "ip.src": ["192.0.2.1"] });
  expect(await blue.packets("bmp", "tcp", ["frame.number"])).toEqual([]);
});

test("a session in a VPN instance works like one in the public network, and both may have the same address", async () => {
  const sink = await RecordingSink.listen(COLLECTOR_V4);
  await client.configure(vpnInstance("LOOP", "lo") + bmp(inVpn("LOOP", COLLECTOR_V4), inVpn("_public_", COLLECTOR_V4)));
  await eventually("two connections", () => sink.connections.length === 2);
  await eventually("Initiation on both", () => sink.connections.every((each) => each.types()[0] === INITIATION));
});

test("a VPN instance on a device that does not exist is refused at commit, with the reason", async () => {
  await client.editConfig(vpnInstance("GREEN", "no-such-device"));
  await expect(client.commit()).rejects.toMatchObject({
    errors: [
      {
        tag: "operation-failed",
        path: "/vpn:vpn-instances/vpn:vpn-instance[vpn:name='GREEN']/vpn:device",
        message: expect.stringContaining("no-such-device"),
      },
    ],
  });
  expect(await client.getConfig()).not.toContain("GREEN");
  await client.rpc("<discard-changes/>");
});

test("a session's connection leaves through its source interface, with its source address", async () => {
  const [red, blue] = await Promise.all([Capture.start(11019, "red"), Capture.start(11019, "blue")]);
  const through = (leaves: Record<string, string>) => bmp(session(FAR_COLLECTOR, leaves));
  await client.configure(through({ "source-interface": "red", "source-address": "192.0.2.1" }));
  await eventually(
    "connecting",
    async () => (await sessionState(client, FAR_COLLECTOR))?.["oper-state"] === "connecting",
  );
  await Promise.all([red.stop(), blue.stop()]);
  const syns = await red.packets("bmp", `tcp.flags.syn == 1 && ip.dst == ${FAR_COLLECTOR}`, ["ip.src"]);
  expect(syns[0]).toEqual({ "ip.src": ["192.0.2.1"] });
  expect(await blue.packets("bmp", "tcp", ["frame.number"])).toEqual([]);
});

test("a source interface that does not exist is refused at commit, one of a session in a VPN instance by the model", async () => {
  await client.editConfig(bmp(session(FAR_COLLECTOR, { "source-interface": "no-such-device" })));
  await expect(client.commit()).rejects.toMatchObject({
    errors: [
      {
        tag: "operation-failed",
        path: `/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='${FAR_COLLECTOR}'][bmp:alias='']/bmp:source-interface`,
        message: expect.stringContaining("no-such-device"),
      },
    ],
  });
  await client.rpc("<discard-changes/>");
  await client.editConfig(
    bmp(inVpn("LOOP", COLLECTOR_V4).replace("<alias/>", "<alias/><source-interface>red</source-interface>")),
  );
  await expect(client.commit()).rejects.toMatchObject({
    errors: [{ tag: "operation-failed", appTag: "must-violation", path: expect.stringContaining("source-interface") }],
  });
  await client.rpc("<discard-changes/>");
  expect(await client.getConfig()).toContain("<source-interface>red</source-interface>");
});

test("a VPN instance that a session uses cannot be removed", async () => {
  const vpn = '<vpn-instance nc:operation="delete"><name>RED</name></vpn-instance>';
  await client.editConfig(`<vpn-instances xmlns="urn:bmpconfd:yang:vpn-instance">${vpn}</vpn-instances>`);
  await expect(client.commit()).rejects.toMatchObject({
    errors: [{ tag: "data-missing", appTag: "instance-required", path: expect.stringContaining("bmp-session") }],
  });
  expect(await client.getConfig()).toContain("<name>RED</name>");
  await client.rpc("<discard-changes/>");
});

/** Local in the namespace only. */
const INSIDE = "198.51.100.9";
const insideState = async (): Promise<string> =>
  client.get(`<bmp xmlns="urn:bmpconfd:yang:bmp"><bmp-session><address>${INSIDE}</address></bmp-session></bmp>`);

test("a session in a network namespace reaches the collector that is there, and tries again when the namespace is back", async () => {
  addNamespace(NAMESPACE, `${INSIDE}/32`);
  const pmbmpd = await Pmbmpd.listen(INSIDE, 11019, NAMESPACE);
  const quick = "<alias/><connect-retry><initial>1</initial><maximum>1</maximum></connect-retry>";
  await client.configure(inNamespace("VIOLET", NAMESPACE) + bmp(inVpn("VIOLET", INSIDE).replace("<alias/>", quick)));
  await eventually("Initiation", () => pmbmpd.events().some((event) => event.bmp_msg_type === "init"));
  expect(await insideState()).toContain(`<local-address>${INSIDE}</local-address>`);

  removeNamespace(NAMESPACE);
  await pmbmpd.kill();
  await eventually("attempts that fail", async () =>
    (await insideState()).includes(`<last-error>network namespace ${NAMESPACE} does not exist</last-error>`),
  );
  addNamespace(NAMESPACE, `${INSIDE}/32`);
  const again = await Pmbmpd.listen(INSIDE, 11019, NAMESPACE);
  await eventually("Initiation again", () => again.events().some((event) => event.bmp_msg_type === "init"));
});

test("a network namespace that does not exist is refused at commit, with the reason; a bad name at once", async () => {
  await client.editConfig(inNamespace("GREEN", "no-such-namespace"));
  await expect(client.commit()).rejects.toMatchObject({
    errors: [
      {
        tag: "operation-failed",
        path: "/vpn:vpn-instances/vpn:vpn-instance[vpn:name='GREEN']/vpn:network-namespace",
        message: expect.stringContaining("network namespace no-such-namespace does not exist"),
      },
    ],
  });
  await client.rpc("<discard-changes/>");
  for (const name of ["..", "../../etc/passwd"]) {
    await expect(client.editConfig(inNamespace("GREEN", name))).rejects.toMatchObject({
      errors: [{ tag: "invalid-value", path: expect.stringContaining("network-namespace") }],
    });
  }
  const neither =
    '<vpn-instances xmlns="urn:bmpconfd:yang:vpn-instance"><vpn-instance><name>GREEN</name></vpn-instance></vpn-instances>';
  await client.editConfig(neither);
  await expect(client.commit()).rejects.toMatchObject({
    errors: [{ tag: "data-missing", appTag: "missing-choice", path: expect.stringContaining("GREEN") }],
  });
  await client.rpc("<discard-changes/>");
});
