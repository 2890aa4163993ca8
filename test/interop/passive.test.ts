import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { BIRD_AS, Bird } from "./harness/bird.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, neighbor, SERVER_AS } from "./harness/configuration.ts";
import { runToEnd } from "./harness/daemon.ts";
import { DiallingCollector } from "./harness/dialling-collector.ts";
import { eventually } from "./harness/eventually.ts";
import { Pmbmpd, type PmbmpdEvent } from "./harness/pmbmpd.ts";
import { BIRD_V4, COLLECTOR_V4, enterPrivateNetwork, FRR_V4, SERVER_V4 } from "./harness/private-network.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";

enterPrivateNetwork();
afterAll(cleanUp);

const PORT = 5000;

test("a collector that connects to us gets what one gets that we connect to; ncclient configures it", async () => {
  const bird = new Bird(SERVER_AS, ["198.51.100.0/24", "2001:db8:b::/48"]);
  const [pmbmpd, server] = await Promise.all([Pmbmpd.listen(COLLECTOR_V4), ServerProcess.start(), bird.start()]);
  const client = await server.connect();
  await client.configure(bgp(neighbor(BIRD_V4, BIRD_AS)));
  new DiallingCollector({ address: SERVER_V4, port: PORT }, COLLECTOR_V4, { address: COLLECTOR_V4, port: 11019 });

  const script = join(import.meta.dirname, "ncclient-passive.py");
  const login = ["127.0.0.1", String(server.netconfPort), USER, PASSWORD];
  const ports = [String(PORT), "11019"];
  const { code, stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", [
    script,
    ...login,
    COLLECTOR_V4,
    ...ports,
  ]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const at = (alias: string) =>
    `/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='${COLLECTOR_V4}'][bmp:alias='${alias}']`;
  expect(JSON.parse(stdout)).toEqual({
    "no-listener": ["operation-failed", "must-violation", `${at("")}/bmp:local-port`],
    "in-use": ["in-use", null, "/bmp:bmp/bmp:listen[bmp:vpn-instance='_public_'][bmp:address='::'][bmp:port='11019']"],
    commit: "committed",
    ambiguous: ["operation-failed", "data-not-unique", expect.anything()],
    "no-port": ["operation-failed", "must-violation", `${at("other")}/bmp:connection-mode`],
    listener: "listening",
    session: ["refused-connections"],
  });

  await eventually("the collector has the routes", () => pmbmpd.routes().length === 2);
  expect(pmbmpd.routes().map(({ peer, prefix }) => [peer, prefix])).toEqual([
    [BIRD_V4, "198.51.100.0/24"],
    [BIRD_V4, "2001:db8:b::/48"],
  ]);
  const ofType = (type: string): readonly PmbmpdEvent[] => pmbmpd.events().filter((each) => each.bmp_msg_type === type);
  // One connection before the reset, one after it.
  await eventually("both connections", () => ofType("init").length >= 2 && ofType("peer_up").length === 2);
  expect(ofType("term").length).toBeGreaterThan(0);
  expect(pmbmpd.complaints()).toEqual([]);

  const stranger = connect({ host: SERVER_V4, port: PORT, localAddress: FRR_V4 });
  await expect(once(stranger, "data")).rejects.toMatchObject({ code: "ECONNRESET" });
  const listeners = await client.get('<bmp xmlns="urn:bmpconfd:yang:bmp"><listen/></bmp>');
  expect(listeners).toContain("<refused-connections>1</refused-connections>");
  expect(listeners).toContain(`<last-refused-address>${FRR_V4}</last-refused-address>`);
});
