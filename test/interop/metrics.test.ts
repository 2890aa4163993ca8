import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { BIRD_AS, Bird } from "./harness/bird.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, session } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import { neighborState, sessionState } from "./harness/operational-state.ts";
import { BIRD_V4, COLLECTOR_V4, COLLECTOR_V6, enterPrivateNetwork } from "./harness/private-network.ts";
import { RecordingSink } from "./harness/recording-sink.ts";
import { ServerProcess } from "./harness/server-process.ts";

enterPrivateNetwork();
afterAll(cleanUp);

/** `promtool`, whose objections are what it prints. */
function promtool(args: readonly string[], input = ""): { code: number; output: string } {
  try {
    return { code: 0, output: execFileSync("promtool", args, { input, encoding: "utf8", stdio: "pipe" }) };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { code: status, output: stdout + stderr };
  }
}

test("Prometheus' own checker finds nothing wrong with the metrics", async () => {
  const server = await ServerProcess.start({ args: ["--metrics", "127.0.0.1:0"] });
  const client = await server.connect();
  const sink = await RecordingSink.listen(COLLECTOR_V4);
  const bird = new Bird(SERVER_AS, ["198.51.100.0/24", "203.0.113.0/24"]);
  await bird.start();
  await client.configure(bgp(neighbor(BIRD_V4, BIRD_AS)) + bmp(session(COLLECTOR_V4), session(COLLECTOR_V6)));
  await eventually("collector up", async () => (await sessionState(client, COLLECTOR_V4))?.["oper-state"] === "up");
  await eventually(
    "routes",
    async () => (await neighborState(client, BIRD_V4))?.["address-family"]?.[0]?.prefixes === "2",
  );

  const text = await (await fetch(`http://${server.readyLine.metrics[0]}/metrics`)).text();
  const neighborLabels = `neighbor="${BIRD_V4}"`;
  for (const line of [
    `bmpconfd_bmp_session_up{vpn_instance="_public_",address="${COLLECTOR_V4}",alias=""} 1`,
    `bmpconfd_bmp_session_up{vpn_instance="_public_",address="${COLLECTOR_V6}",alias=""} 0`,
    `bmpconfd_bgp_neighbor_prefixes{${neighborLabels},address_family="ipv4-unicast"} 2`,
    'bmpconfd_source_up{source="plane-thread"} 1',
    "bmpconfd_commit_id 1",
  ])
    expect(text.split("\n")).toContain(line);
  expect(text).toMatch(/^bmpconfd_netconf_rpcs_total\{operation="commit",outcome="ok"\} 1$/m);
  for (const thread of ["main", "datastores", "plane"])
    expect(text).toMatch(new RegExp(`^bmpconfd_event_loop_lag_max_seconds\\{thread="${thread}"\\} [0-9.e-]+$`, "m"));
  const ours = text.replace(/^(?:# \w+ )?(?:nodejs|process)_.*\n/gm, "");
  expect(promtool(["check", "metrics"], ours)).toEqual({ code: 0, output: "" });
  await Promise.all([bird.stop(), sink.close(), server.stop()]);
});

test("a wrong metric is found by it", () => {
  expect(promtool(["check", "metrics"], "# TYPE a counter\na 1\n").code).not.toBe(0);
});

test("Prometheus takes the alerts", () => {
  const rules = join(import.meta.dirname, "../../docs/prometheus/bmpconfd.rules.yml");
  const { code, output } = promtool(["check", "rules", rules]);
  expect([code, output]).toEqual([0, expect.stringMatching(/SUCCESS: \d+ rules found/)]);
});
