import type { Budget } from "../../shared/budget.ts";
import { distributionOf, withOmitted } from "../../shared/samples.ts";
import { PROBE_INTERVAL_MS } from "../probe/probe-messages.ts";
import type { RunningServer } from "../servers/server.ts";
import type { ConnectedServer } from "./connected-server.ts";
import type { OperationResult } from "./results.ts";

/** Above this a second session's small requests do not matter: what they watched is not repeated without them. */
const SLOW_MS = 10_000;

export interface Operation {
  /** Does it and returns the time it took, in ms. */
  readonly run: () => Promise<number>;
  /** What has to precede each run and is not measured. */
  readonly prepare?: () => Promise<void>;
}

/** Operations in a pass, at most. */
export interface Rounds {
  readonly watched: number;
  readonly alone: number;
}

/**
 * One pass with another session watching, preparations included, then one for the times and the CPU. A pass ends with the
 * first operation that is done after `passMs`.
 */
export async function measureOperation(
  { probe, server }: ConnectedServer,
  budget: Budget,
  operation: Operation,
  passMs: number,
  rounds: Rounds,
): Promise<OperationResult> {
  await probe.watch();
  const watched = await pass(server, budget, operation, passMs, rounds.watched);
  const waitsMs = await budget.within(probe.stop());
  const isSlow = distributionOf(watched.timesMs).p50Ms > SLOW_MS;
  const { timesMs, cpuMs } = isSlow ? watched : await pass(server, budget, operation, passMs, rounds.alone);
  return {
    times: distributionOf(timesMs),
    cpuMs: cpuMs / timesMs.length,
    waits: distributionOf(withOmitted(waitsMs, PROBE_INTERVAL_MS)),
  };
}

interface Pass {
  readonly timesMs: readonly number[];
  readonly cpuMs: number;
}

async function pass(
  server: RunningServer,
  budget: Budget,
  { run, prepare }: Operation,
  passMs: number,
  rounds: number,
): Promise<Pass> {
  const timesMs: number[] = [];
  const endsAtMs = performance.now() + passMs;
  let cpuMs = -server.cpuMs();
  do {
    if (prepare !== undefined) {
      cpuMs += server.cpuMs();
      await budget.within(prepare());
      cpuMs -= server.cpuMs();
    }
    timesMs.push(await budget.within(run()));
  } while (timesMs.length < rounds && performance.now() < endsAtMs && !budget.isSpent);
  cpuMs += server.cpuMs();
  return { timesMs, cpuMs };
}
