import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bmp, session } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { sessionState } from "./harness/operational-state.ts";
import { COLLECTOR_V4, COLLECTOR_V6, enterPrivateNetwork, SERVER_V4 } from "./harness/private-network.ts";
import { INITIATION, RecordingSink, TERMINATION } from "./harness/recording-sink.ts";
import { ServerProcess } from "./harness/server-process.ts";

enterPrivateNetwork();

let client: NetconfClient;
let changed: RecordingSink;
let other: RecordingSink;

const operState = async (address: string): Promise<string | undefined> =>
  (await sessionState(client, address))?.["oper-state"];

beforeAll(async () => {
  [changed, other] = await Promise.all([RecordingSink.listen(COLLECTOR_V4), RecordingSink.listen(COLLECTOR_V6)]);
  const server = await ServerProcess.start();
  client = await server.connect();
  await client.configure(bmp(session(COLLECTOR_V4), session(COLLECTOR_V6)));
  await eventually("both up", async () => {
    return (await operState(COLLECTOR_V4)) === "up" && (await operState(COLLECTOR_V6)) === "up";
  });
});
afterAll(cleanUp);

/** Changes one session and has the other one as it was. */
async function change(leaves: Parameters<typeof session>[1]): Promise<void> {
  await client.configure(bmp(session(COLLECTOR_V4, leaves)));
}

test("a leaf that the connection does not depend on leaves it open", async () => {
  await change({ description: "rack 7", "statistics-interval": 60, "connect-timeout": 5 });
  expect(await operState(COLLECTOR_V4)).toBe("up");
  expect(changed.connections).toHaveLength(1);
  expect(changed.latest.ended).toBeUndefined();
});

test("a new source address makes a new connection, from that address", async () => {
  await change({ "source-address": SERVER_V4 });
  await eventually(
    "a second connection",
    () => changed.connections.length === 2 && changed.latest.types().includes(INITIATION),
  );
  expect(changed.latest.remoteAddress).toBe(SERVER_V4);
  expect(changed.connections[0]?.types()).toEqual([INITIATION, TERMINATION]);
  await eventually("the first one is closed", () => changed.connections[0]?.ended === "end");
});

test("a new port makes a new connection, to that port", async () => {
  const elsewhere = await RecordingSink.listen(COLLECTOR_V4, 1790);
  await change({ port: 1790 });
  await eventually(
    "a connection",
    () => elsewhere.connections.length === 1 && elsewhere.latest.types().includes(INITIATION),
  );
  await eventually("the one before is closed", () => changed.latest.ended === "end");
  await elsewhere.close();
});

test("nobody at the port: the state says so, with the error, and it is tried again", async () => {
  await eventually("refused", async () => {
    const state = await sessionState(client, COLLECTOR_V4);
    return state?.["oper-state"] !== "up" && /refused/i.test(state?.["last-error"] ?? "");
  });
  const attempts = Number((await sessionState(client, COLLECTOR_V4))?.["connect-attempts"]);
  await eventually("another attempt", async () => {
    return Number((await sessionState(client, COLLECTOR_V4))?.["connect-attempts"]) > attempts;
  });
});

test("a disabled session is ended with Termination and stays so; enabled again, it is opened", async () => {
  await change({ port: 11019 });
  const before = changed.connections.length;
  await eventually("up again", async () => (await operState(COLLECTOR_V4)) === "up");
  await change({ enabled: false });
  await eventually("closed", () => changed.latest.ended === "end");
  expect(changed.latest.types().at(-1)).toBe(TERMINATION);
  expect(await operState(COLLECTOR_V4)).toBe("disabled");
  const connections = changed.connections.length;
  await change({ enabled: true });
  await eventually("a new connection", () => changed.connections.length === connections + 1);
  expect(connections).toBeLessThanOrEqual(before + 1);
});

test("no commit that touched one session has disturbed the other one", async () => {
  expect(other.connections).toHaveLength(1);
  expect(other.latest.ended).toBeUndefined();
  expect(other.latest.types()).toEqual([INITIATION]);
  expect(await sessionState(client, COLLECTOR_V6)).toMatchObject({ "oper-state": "up", connections: "1" });
});

test("without the bmp container no session is left", async () => {
  await client.configure('<bmp xmlns="urn:bmpconfd:yang:bmp" nc:operation="delete"/>');
  await eventually("all closed", () => changed.latest.ended === "end" && other.latest.ended === "end");
  expect(other.latest.types()).toEqual([INITIATION, TERMINATION]);
  expect(await sessionState(client, COLLECTOR_V6)).toBeUndefined();
});
