import type { AccessUser } from "../nacm/config.ts";
import type { CommitRecord } from "./commit-history.ts";
import type { Requester } from "./datastores.ts";
import type { StageSource } from "./engine-api.ts";
import type { EngineHost } from "./engine-host.ts";
import type { FreedNode } from "./partial-lock.ts";
import type { CommitSubscriber, ConfigChange, PreparedChange, ReportedEdits } from "./subscriber.ts";

/** What running is to become. */
export interface PlannedCommit {
  readonly by: Requester;
  readonly source: StageSource;
  /** Whose permissions count; undefined = the server's own. */
  readonly user: AccessUser | undefined;
  /** Whose partial locks do not hold it up; undefined = none does. */
  readonly lockHolder: number | undefined;
  /** Whether it goes into the history even if it changes nothing. */
  readonly isRecordedAnyway: boolean;
  /** Says who makes the commit of that id. */
  readonly sign: (id: number) => CommitRecord;
}

/** A commit that was made. */
export interface MadeCommit {
  readonly record: CommitRecord;
  /** What it has changed: empty where it went into the history all the same. */
  readonly edits: ReportedEdits;
  /** Locked nodes that are gone. */
  readonly freed: readonly FreedNode[];
}

/**
 * Makes what `plan` says the running configuration: validate, prepare all subscribers, write to disk, apply.
 * A refusal at any point before the write leaves everything as it was; after it nothing can fail. Resolves with what was
 * recorded, or undefined when running is that already.
 */
export async function commitStaged(
  engine: EngineHost,
  subscribers: readonly CommitSubscriber[],
  plan: PlannedCommit,
): Promise<MadeCommit | undefined> {
  const staged = await stage(engine, plan);
  if (staged === undefined) return undefined;
  const prepared = await prepareAll(subscribers, staged.change, () => engine.call("unstage"));
  let record: CommitRecord;
  try {
    record = plan.sign((await engine.call("commitId")) + 1);
    await finish(engine, record);
  } catch (error) {
    for (const part of prepared) part.abort();
    throw error;
  }
  for (const part of prepared) part.apply();
  return { record, edits: staged.edits, freed: staged.freed };
}

async function stage(
  engine: EngineHost,
  { source, isRecordedAnyway, user, lockHolder }: PlannedCommit,
): Promise<(Omit<MadeCommit, "record"> & { readonly change: ConfigChange }) | undefined> {
  const first = await engine.call("stage", source, isRecordedAnyway, user, lockHolder);
  if (first === undefined) return undefined;
  const units = [...first.units];
  while (units.length < first.total) units.push(...(await engine.call("stagedUnits", units.length)));
  return { change: units, edits: first.edits, freed: first.freed };
}

/** What of a change concerns one subscriber. */
export const ownPart = (subscriber: CommitSubscriber, change: ConfigChange): ConfigChange =>
  change.filter(({ path }) => subscriber.paths.includes(path));

async function prepareAll(
  subscribers: readonly CommitSubscriber[],
  change: ConfigChange,
  unstage: () => Promise<void>,
): Promise<PreparedChange[]> {
  const prepared: PreparedChange[] = [];
  try {
    for (const subscriber of subscribers) {
      const own = ownPart(subscriber, change);
      if (own.length > 0) prepared.push(await subscriber.prepare(own));
    }
    return prepared;
  } catch (error) {
    for (const part of prepared) part.abort();
    await unstage();
    throw error;
  }
}

/** The disk decides: an engine that broke after the commit was written has committed. */
async function finish(engine: EngineHost, record: CommitRecord): Promise<void> {
  try {
    await engine.call("finish", record);
  } catch (error) {
    if ((await engine.call("commitId")) === record.id) return;
    await engine.call("unstage");
    throw error;
  }
}
