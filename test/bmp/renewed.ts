import { expect } from "vitest";
import type { BmpSessionConfig } from "../../src/bmp/config.ts";
import type { CollectedConnection, TestCollector } from "./collector.ts";
import { type EngineFixture, session } from "./engine-fixture.ts";

/** Starts a session and changes what its connection is for: that is ended with Termination. Returns the next one. */
export async function renewed(
  made: EngineFixture,
  server: TestCollector,
  changes: Partial<BmpSessionConfig>,
): Promise<CollectedConnection> {
  made.start(session(server.port));
  const first = await server.connection();
  await first.untilCount(1);
  made.engine.setSession(session(server.port, changes));
  made.clock.advance(0);
  expect((await first.closed()).messages.at(-1)).toEqual({
    kind: "termination",
    reason: 0,
    strings: ["session reconfigured"],
  });
  const second = await server.connection();
  await second.untilCount(1);
  return second;
}
