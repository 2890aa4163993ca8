import { setTimeout as delay } from "node:timers/promises";
import { Bmpconfd, sessionElement } from "../exporters/bmpconfd.ts";
import { update } from "../feed/bgp-messages.ts";
import { Router } from "../feed/router.ts";
import { stampedAttributes } from "../feed/stamp.ts";
import type { Table } from "../feed/table.ts";
import { Sinks } from "../sinks/sinks.ts";
import type { LiveResult } from "./results.ts";

const COLLECTORS = 16;
const STALLED = COLLECTORS - 1;
const UPDATES_PER_S = 10_000;
const MS_PER_S = 1_000;
/** The queue of each collector: small enough that the one that stalls is resynchronised. */
const QUEUE_LIMIT_BYTES = 8 << 20;
const SETTLE_MS = 10_000;
const POLL_MS = 100;

/** A router changes routes all the time; one of the collectors stops reading. */
export async function measureLive(table: Table, seconds: number): Promise<LiveResult> {
  const exporter = await new Bmpconfd().start(table.as);
  const router = await Router.connect(exporter.bgpPort, table.as);
  const sinks = await Sinks.open({ collectors: COLLECTORS, whole: { prefixes: table.routes }, stalled: STALLED });
  try {
    await router.announce(table);
    const queueLimit = `<queue-limit>${QUEUE_LIMIT_BYTES}</queue-limit>`;
    await exporter.setSessions(sinks.ports.map((port, i) => sessionElement(`c${i}`, port, queueLimit)).join(""));
    await sinks.complete();
    // The first updates find code that was not compiled yet.
    const warmedUp = await changeRoutes(router, table.as, 1);
    const rssBytes = exporter.rssBytes();
    const cpuMs = exporter.cpuMs();
    const updates = await changeRoutes(router, table.as, seconds);
    const cpuMsPerS = (exporter.cpuMs() - cpuMs) / seconds;
    const { connections, latency } = await settled(sinks, table.routes + warmedUp + updates);
    if (latency === undefined) throw new Error("no collector got any update");
    const reading = connections.filter(({ collector }) => collector !== STALLED);
    return {
      updates,
      seconds,
      collectors: reading.length,
      latency,
      lost: reading.reduce((sum, { announced }) => sum + table.routes + warmedUp + updates - announced, 0),
      stalledConnections: connections.length - reading.length,
      rssGrowthBytes: exporter.rssBytes() - rssBytes,
      cpuMsPerS,
    };
  } finally {
    await sinks.end();
    router.close();
    await exporter.stop();
  }
}

/** Announces one prefix in each UPDATE, with the time of its sending. Returns how many. */
async function changeRoutes(router: Router, as: number, seconds: number): Promise<number> {
  const beganMs = performance.now();
  let sent = 0;
  while (sent < seconds * UPDATES_PER_S) {
    const due = Math.min(seconds, (performance.now() - beganMs) / MS_PER_S) * UPDATES_PER_S;
    const batch: Buffer[] = [];
    for (; sent < due; sent++) batch.push(update(stampedAttributes(as), Buffer.from([24, 11, sent >>> 8, sent])));
    if (batch.length > 0) await router.send(Buffer.concat(batch));
    await delay(1);
  }
  return sent;
}

/** What there is once every collector that reads has so many announcements, or has had time for it. */
async function settled(sinks: Sinks, announced: number): ReturnType<Sinks["report"]> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const report = await sinks.report();
    const isDone = report.connections.every((each) => each.collector === STALLED || each.announced >= announced);
    if (isDone || waitedMs >= SETTLE_MS) return report;
    await delay(POLL_MS);
  }
}
