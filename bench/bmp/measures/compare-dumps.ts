import { join } from "node:path";
import type { Budget } from "../../shared/budget.ts";
import { outcomeOf } from "../../shared/outcome.ts";
import { scratchFolder } from "../../shared/processes/scratch.ts";
import { Bmpconfd } from "../exporters/bmpconfd.ts";
import type { Exporter, RunningExporter } from "../exporters/exporter.ts";
import { Frr } from "../exporters/frr.ts";
import { GoBgp } from "../exporters/gobgp.ts";
import { Router } from "../feed/router.ts";
import type { Table } from "../feed/table.ts";
import type { TablePlan } from "../plan.ts";
import { type Dump, measureDump, measureRawWriter } from "./dump.ts";
import type { DumpComparison } from "./results.ts";

/** GoBGP takes minutes for what the others do in seconds. */
const GOBGP_MOST_COLLECTORS = 4;

interface Contestant {
  readonly name: string;
  readonly running: RunningExporter;
  readonly router: Router;
  /** Of its dump for one collector. */
  readonly messages: number;
  /** Prefixes in it. */
  readonly learned: number;
  failure?: string;
}

/** Not every router takes every prefix of a real table. */
const LEARNED_SHARE = 0.99;

type Progress = (what: string) => void;

/**
 * All exporters with one table: each has learned it before anything is measured, and then they take turns, so that what
 * else the machine does hits all.
 */
export async function compareDumps(
  table: Table,
  plan: TablePlan,
  { budget, progress }: { readonly budget: Budget; readonly progress: Progress },
): Promise<DumpComparison[]> {
  const folder = scratchFolder(plan.name);
  const capture = join(folder, "bmp-stream");
  const contestants: Contestant[] = [];
  try {
    for (const exporter of [new Bmpconfd(), new Frr(), ...(plan.hasGoBgp ? [new GoBgp()] : [])]) {
      progress(`${plan.name}: ${exporter.name} learns`);
      const captured = exporter instanceof Bmpconfd ? capture : undefined;
      contestants.push(await taught(exporter, table, { budget, captured }));
    }
    const rawMessages = contestants[0]?.messages ?? 0;
    const comparisons: DumpComparison[] = [];
    for (const collectors of plan.collectors) {
      const dumps = new Map<Contestant, Dump[]>(contestants.map((contestant) => [contestant, []]));
      const rawMs: number[] = [];
      for (let round = 1; round <= plan.rounds; round++) {
        for (const [contestant, done] of dumps) {
          if (contestant.failure !== undefined || isTooMuch(contestant, collectors, round)) continue;
          progress(`${plan.name} × ${collectors}, round ${round}: ${contestant.name}`);
          const outcome = await outcomeOf(() =>
            budget.within(measureDump(contestant.running, collectors, { messages: contestant.messages })),
          );
          if (outcome.kind === "measured") done.push(outcome.value);
          else contestant.failure = outcome.kind === "failed" ? outcome.reason : "took too long";
        }
        rawMs.push(await measureRawWriter(capture, collectors, { messages: rawMessages }, folder));
      }
      comparisons.push({
        table: plan.name,
        routes: table.routes,
        collectors,
        results: Array.from(dumps, ([{ name, learned, failure }, done]) => ({
          exporter: name,
          learned,
          dumps: done,
          failure,
        })),
        rawMs,
      });
    }
    return comparisons;
  } finally {
    for (const { router, running } of contestants) {
      router.close();
      await running.stop();
    }
  }
}

/** Starts an exporter and has it learn the table, as dumps show that do not count. */
async function taught(
  exporter: Exporter,
  table: Table,
  { budget, captured }: { readonly budget: Budget; readonly captured: string | undefined },
): Promise<Contestant> {
  const running = await exporter.start(table.as);
  const router = await Router.connect(running.bgpPort, table.as);
  await router.announce(table);
  // It may learn while it tells the first one. What comes when it has learned everything is counted for the others.
  const whole = { prefixes: Math.ceil(table.routes * LEARNED_SHARE) };
  await budget.within(measureDump(running, 1, whole));
  const { messages, announced } = await budget.within(measureDump(running, 1, whole, captured));
  return { name: exporter.name, running, router, messages, learned: announced };
}

const isTooMuch = ({ name }: Contestant, collectors: number, round: number): boolean =>
  name === "GoBGP" && (round > 1 || collectors > GOBGP_MOST_COLLECTORS);
