import { datastoreNames } from "../datastore/datastores.ts";
import type { HeldLock } from "../datastore/locks.ts";
import type { PartialLock } from "../datastore/partial-lock.ts";
import { counter32 } from "../yang/counter32.ts";
import type { SubtreeFilter } from "../yang/subtree-filter.ts";
import type { YangLibrary } from "../yang/yang-library.ts";
import { batches } from "./batches.ts";
import { NETCONF_MONITORING } from "./netconf-monitoring.ts";
import type { RpcCounters } from "./rpc-counters.ts";
import { schemaFormats, schemaItems } from "./schema-list.ts";
import type { ServerStatistics } from "./server-statistics.ts";
import { wantedParts } from "./state-parts.ts";

/** An open session, as RFC 6022 has it. */
export interface MonitoredSession {
  readonly id: number;
  readonly username: string;
  /** Address of the client. */
  readonly sourceHost: string;
  readonly loginTime: Date;
  readonly counters: RpcCounters;
}

/** What is monitored. */
export interface Monitored {
  /** Those of the hello. */
  readonly capabilities: readonly string[];
  readonly library: YangLibrary;
  readonly locks: readonly HeldLock[];
  readonly partialLocks: readonly PartialLock[];
  readonly sessions: readonly MonitoredSession[];
  readonly statistics: ServerStatistics;
}

type Part = "capabilities" | "datastores" | "schemas" | "sessions" | "statistics";

/** `/netconf-state` (RFC 6022 section 2.1), as far as `filter` can select it: RFC 7951 documents. */
export function* monitoringState(monitored: Monitored, filter: SubtreeFilter | undefined): Iterable<string> {
  const parts = wantedParts<Part>(filter, {
    namespace: NETCONF_MONITORING,
    name: "netconf-state",
    parts: ["capabilities", "datastores", "schemas", "sessions", "statistics"],
  });
  for (const part of parts) for (const content of contents[part](monitored)) yield netconfState({ [part]: content });
}

const contents: Readonly<Record<Part, (monitored: Monitored) => Iterable<object>>> = {
  capabilities: ({ capabilities }) => [{ capability: capabilities }],
  *datastores({ locks, partialLocks }) {
    yield { datastore: datastoreNames.map((name) => ({ name, ...lockOf(name, locks) })) };
    // One has many nodes.
    for (const lock of partialLocks) {
      yield { datastore: [{ name: "running", locks: { "partial-lock": [partialLock(lock)] } }] };
    }
  },
  *schemas({ library }) {
    for (const schema of batches(schemas(library))) yield { schema };
  },
  *sessions({ sessions }) {
    for (const open of batches(sessions)) yield { session: open.map(session) };
  },
  statistics: ({ statistics }) => [
    {
      "netconf-start-time": statistics.startTime,
      "in-bad-hellos": counter32(statistics.inBadHellos),
      "in-sessions": counter32(statistics.inSessions),
      "dropped-sessions": counter32(statistics.droppedSessions),
      ...commonCounters(statistics.total),
    },
  ],
};

/** Dates are written as RFC 3339 has them. */
const netconfState = (content: object): string => JSON.stringify({ "ietf-netconf-monitoring:netconf-state": content });

function lockOf(name: string, locks: readonly HeldLock[]): object {
  const lock = locks.find(({ datastore }) => datastore === name);
  return lock === undefined ? {} : { locks: { "global-lock": holder(lock) } };
}

const partialLock = (lock: PartialLock): object => ({
  "lock-id": lock.lockId,
  ...holder(lock),
  select: lock.selects,
  "locked-node": lock.nodes.map(({ path }) => path),
});

const holder = ({ sessionId, since }: Pick<HeldLock, "sessionId" | "since">): object => ({
  "locked-by-session": sessionId,
  "locked-time": since,
});

function* schemas(library: YangLibrary): Iterable<object> {
  for (const { identifier, revision, namespace } of schemaItems(library)) {
    for (const format of schemaFormats) {
      yield { identifier, version: revision ?? "", format, namespace, location: ["NETCONF"] };
    }
  }
}

const session = ({ id, username, sourceHost, loginTime, counters }: MonitoredSession): object => ({
  "session-id": id,
  transport: "netconf-ssh",
  username,
  // A zone, the interface of a link-local address, may have characters that inet:host does not allow.
  "source-host": sourceHost.replace(/%.*/, ""),
  "login-time": loginTime,
  ...commonCounters(counters),
});

const commonCounters = ({ counts }: RpcCounters): object => ({
  "in-rpcs": counter32(counts.inRpcs),
  "in-bad-rpcs": counter32(counts.inBadRpcs),
  "out-rpc-errors": counter32(counts.outRpcErrors),
  "out-notifications": counter32(counts.outNotifications),
});
