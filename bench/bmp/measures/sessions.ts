import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../shared/processes/free-port.ts";
import { medianOf } from "../../shared/samples.ts";
import { Bmpconfd, sessionElement } from "../exporters/bmpconfd.ts";
import { Router } from "../feed/router.ts";
import type { Table } from "../feed/table.ts";
import { Sinks } from "../sinks/sinks.ts";
import type { SessionsResult } from "./results.ts";

const UNREACHABLE = 800;
const REACHABLE = 200;
const COMMITS = 20;
const IDLE_S = 5;
const MS_PER_S = 1_000;
const US_PER_S = 1_000_000;
/** More than the first wait of a session that has lost its collector. */
const RECONNECT_MS = 45_000;

/** Many sessions, few collectors. */
export async function measureSessions(table: Table): Promise<SessionsResult> {
  const exporter = await new Bmpconfd().start(table.as);
  const router = await Router.connect(exporter.bgpPort, table.as);
  const sinks = await Sinks.open({ collectors: REACHABLE, whole: { prefixes: table.routes } });
  try {
    await router.announce(table);
    const closedPort = await freePort();
    const unreachable = Array.from({ length: UNREACHABLE }, (_, i) => sessionElement(`u${i}`, closedPort));
    const reachable = sinks.ports.map((port, i) => sessionElement(`r${i}`, port));
    const commitAllMs = await timed(() => exporter.setSessions([...unreachable, ...reachable].join("")));
    await sinks.complete();
    const commits: number[] = [];
    for (let i = 0; i < COMMITS; i++) {
      const more = `<bmp xmlns="urn:bmpconfd:yang:bmp">${sessionElement(`more${i}`, closedPort)}</bmp>`;
      commits.push(await timed(() => exporter.commit(more)));
    }
    const cpuMs = exporter.cpuMs();
    await delay(IDLE_S * MS_PER_S);
    const idleCpuMsPerS = (exporter.cpuMs() - cpuMs) / IDLE_S;
    sinks.drop();
    await delay(RECONNECT_MS);
    const { connections } = await sinks.report();
    const againAtUs = connections.slice(REACHABLE).map(({ acceptedAtUs }) => acceptedAtUs);
    return {
      sessions: UNREACHABLE + REACHABLE,
      commitAllMs,
      commitOneMs: medianOf(commits),
      idleCpuMsPerS,
      reconnected: againAtUs.length,
      mostInOneSecond: Math.max(0, ...againAtUs.map((from) => countWithin(againAtUs, from, from + US_PER_S))),
    };
  } finally {
    await sinks.end();
    router.close();
    await exporter.stop();
  }
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await action();
  return performance.now() - beganMs;
}

const countWithin = (times: readonly number[], from: number, below: number): number =>
  times.filter((time) => time >= from && time < below).length;
