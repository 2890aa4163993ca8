import type { Budget } from "../../shared/budget.ts";
import { distributionOf, withOmitted } from "../../shared/samples.ts";
import { PROBE_INTERVAL_MS } from "../probe/probe-messages.ts";
import type { ConnectedServer } from "./connected-server.ts";
import type { PipelineResult } from "./results.ts";

/** Requests under way at a time. */
const WINDOW = 32;

interface Pass {
  readonly perSecond: number;
  readonly clientLoad: number;
}

/** One pass with another session watching, then one for the rate. `request` sends one and checks its reply. */
export async function measurePipeline(
  { probe }: ConnectedServer,
  budget: Budget,
  request: () => Promise<unknown>,
  passMs: number,
): Promise<PipelineResult> {
  await probe.watch();
  await pass(budget, request, passMs);
  const waitsMs = await budget.within(probe.stop());
  const { perSecond, clientLoad } = await pass(budget, request, passMs);
  return { perSecond, clientLoad, waits: distributionOf(withOmitted(waitsMs, PROBE_INTERVAL_MS)) };
}

async function pass(budget: Budget, request: () => Promise<unknown>, passMs: number): Promise<Pass> {
  const beganAtMs = performance.now();
  const cpuBefore = process.cpuUsage();
  let replies = 0;
  const lane = async (): Promise<void> => {
    do {
      await request();
      replies += 1;
    } while (performance.now() < beganAtMs + passMs);
  };
  await budget.within(Promise.all(Array.from({ length: WINDOW }, lane)));
  const elapsedMs = performance.now() - beganAtMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond: (replies * 1_000) / elapsedMs, clientLoad: (user + system) / 1_000 / elapsedMs };
}
