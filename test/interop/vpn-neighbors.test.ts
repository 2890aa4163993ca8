import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { BIRD_AS, Bird } from "./harness/bird.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, session } from "./harness/configuration.ts";
import { runToEnd } from "./harness/daemon.ts";
import { eventually } from "./harness/eventually.ts";
import { addNamespace, NAMESPACE } from "./harness/namespace.ts";
import { neighborState } from "./harness/operational-state.ts";
import { Pmbmpd } from "./harness/pmbmpd.ts";
import { BIRD_V4, COLLECTOR_V4, enterPrivateNetwork, ip, SERVER_V4 } from "./harness/private-network.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";
import { Capture } from "./harness/tshark.ts";

enterPrivateNetwork();
afterAll(cleanUp);

/** Where BIRD is. */
const FAR = `${NAMESPACE}-far`;

/** Between the two namespaces. */
function cable(near: string, far: string): void {
  ip("-n", NAMESPACE, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", FAR);
  for (const [namespace, address] of [
    [NAMESPACE, near],
    [FAR, far],
  ] as const) {
    ip("-n", namespace, "addr", "add", `${address}/24`, "dev", "cable");
    ip("-n", namespace, "link", "set", "cable", "up");
  }
}

const red = (more: string): string =>
  `<vpn-instances xmlns="urn:bmpconfd:yang:vpn-instance"><vpn-instance><name>red</name>${more}</vpn-instance></vpn-instances>`;
const inRed = (mode: string) => bgp(neighbor(BIRD_V4, BIRD_AS, { "vpn-instance": "red", "connection-mode": mode }));

test("ncclient puts a neighbour into a VPN instance, and is told what cannot be", async () => {
  addNamespace(NAMESPACE);
  const server = await ServerProcess.start();
  const script = join(import.meta.dirname, "ncclient-vpn.py");
  const login = ["127.0.0.1", String(server.netconfPort), USER, PASSWORD];
  const { code, stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", [
    script,
    ...login,
    NAMESPACE,
    BIRD_V4,
  ]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const blue = "/vpn:vpn-instances/vpn:vpn-instance[vpn:name='blue']";
  expect(JSON.parse(stdout)).toEqual({
    "no-distinguisher": ["invalid-value", null, `${blue}/vpn:route-distinguisher`],
    "too-large": ["operation-failed", "must-violation", `${blue}/vpn:route-distinguisher`],
    "no-namespace": ["operation-failed", null, `${blue}/vpn:network-namespace`],
    "no-instance": [
      "data-missing",
      "instance-required",
      `/bgp:bgp/bgp:neighbor[bgp:address='${BIRD_V4}']/bgp:vpn-instance`,
    ],
    commit: "committed",
    "same-distinguisher": ["operation-failed", "data-not-unique", expect.anything()],
    running: ["blue"],
  });
  await server.daemon.stop("SIGTERM");
});

test("BIRD in a network namespace is a neighbour, whoever connects, and is reported as its VPN instance says", async () => {
  addNamespace(NAMESPACE);
  addNamespace(FAR);
  cable(SERVER_V4, BIRD_V4);
  const bird = new Bird(SERVER_AS, ["198.51.100.0/24"], { namespace: FAR });
  const [pmbmpd, capture, server] = await Promise.all([
    Pmbmpd.listen(COLLECTOR_V4),
    Capture.start(11019),
    ServerProcess.start(),
    bird.start(),
  ]);
  const client = await server.connect();
  const established = async (count: number) => {
    const transitions = async () => (await neighborState(client, BIRD_V4))?.["established-transitions"];
    await eventually(`${count} sessions`, async () => (await transitions()) === String(count));
    await eventually("the collector has the route", () => pmbmpd.routes().length === 1);
    expect(pmbmpd.routes()).toMatchObject([{ peer: BIRD_V4, prefix: "198.51.100.0/24" }]);
  };
  const namespace = `<network-namespace>${NAMESPACE}</network-namespace>`;
  const distinguished = red(`<route-distinguisher>65000:100</route-distinguisher>${namespace}`);
  await client.configure(distinguished + inRed("passive") + bmp(session(COLLECTOR_V4)));
  await established(1);
  await client.configure(inRed("active"));
  await established(2);
  await client.configure(red('<route-distinguisher nc:operation="delete"/>'));
  await established(3);

  await capture.stop();
  const fields = ["bmp.peer.type", "bmp.peer.distinguisher"] as const;
  const peers = await capture.packets("bmp", "bmp.type == 3", fields);
  const asTold = peers.map((packet) => fields.map((field) => packet[field]?.join()));
  const underDistinguisher = ["1", "0000fde800000064"];
  expect(asTold).toEqual([underDistinguisher, underDistinguisher, ["2", "b1f51a511f1da0cd"]]);
  expect(pmbmpd.complaints()).toEqual([]);
});
