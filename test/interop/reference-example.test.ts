import { afterAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bmp, noSession } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import { sessionState } from "./harness/operational-state.ts";
import { enterPrivateNetwork, REFERENCE_COLLECTOR } from "./harness/private-network.ts";
import { INITIATION, RecordingSink, TERMINATION } from "./harness/recording-sink.ts";
import { ServerProcess } from "./harness/server-process.ts";
import { Capture } from "./harness/tshark.ts";

enterPrivateNetwork();
afterAll(cleanUp);

test("the command reference's example, bmp-session 2001:DB8:1::1, dials that address at port 11019 until it is undone", async () => {
  const sink = await RecordingSink.listen(REFERENCE_COLLECTOR, 11019);
  const capture = await Capture.start(11019);
  const server = await ServerProcess.start();
  const client = await server.connect();

  // Nothing but the key, in the reference's own spelling.
  const key = "<vpn-instance>_public_</vpn-instance><address>2001:DB8:1::1</address><alias/>";
  await client.configure(bmp(`<bmp-session>${key}</bmp-session>`));
  expect(await client.getConfig()).toContain(`<address>${REFERENCE_COLLECTOR}</address>`);
  await eventually(
    "session up",
    async () => (await sessionState(client, REFERENCE_COLLECTOR))?.["oper-state"] === "up",
  );
  expect(sink.connections).toHaveLength(1);
  expect(sink.latest.types()).toEqual([INITIATION]);

  await client.configure(noSession(REFERENCE_COLLECTOR));
  await eventually("connection closed", () => sink.latest.ended);
  expect(sink.latest.ended).toBe("end");
  expect(sink.latest.types()).toEqual([INITIATION, TERMINATION]);
  expect(await client.getConfig()).not.toContain(REFERENCE_COLLECTOR);

  await capture.stop();
  expect(await capture.objections("bmp")).toEqual([]);
  const packets = await capture.packets("bmp", "bmp", ["ipv6.dst", "tcp.dstport", "bmp.type", "bmp.term.type"]);
  expect(packets.map((packet) => [packet["ipv6.dst"][0], packet["tcp.dstport"][0], packet["bmp.type"][0]])).toEqual([
    [REFERENCE_COLLECTOR, "11019", String(INITIATION)],
    [REFERENCE_COLLECTOR, "11019", String(TERMINATION)],
  ]);
  await client.close();
  await sink.close();
});
