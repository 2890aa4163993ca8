import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadLibyangModule } from "libyang-wasm";
import { DatastoreService } from "../../src/datastore/datastore-service.ts";
import type { Requester } from "../../src/datastore/datastores.ts";
import type { CommitSubscriber, DatastoreChange, StateProvider } from "../../src/datastore/subscriber.ts";
import { configChange, confirmedCommit } from "../../src/notifications/base-notifications.ts";
import { configText } from "./config-text.ts";
import { bmp, edit, yangFolder } from "./engine-fixture.ts";
import { ManualClock } from "./manual-clock.ts";
import { RecordingPerformer } from "./recording-performer.ts";
import { RecordingSubscriber } from "./recording-subscriber.ts";

/** The compiled thread: the build that comes before the tests makes it. */
const workerUrl = new URL("../../dist/datastore-worker.js", import.meta.url);

export const one: Requester = { sessionId: 1, username: "admin", user: undefined };
export const two: Requester = { sessionId: 2, username: "other", user: undefined };

/** What acts on the configuration and knows the state, where a test has it otherwise. */
interface ServiceParts {
  readonly subscribers?: readonly CommitSubscriber[];
  readonly stateProviders?: readonly StateProvider[];
}

/** Datastores on a disk of their own, with a clock that a test moves; what is configured is one name. */
export class ServiceFixture {
  readonly folder = mkdtempSync(join(tmpdir(), "bmpconfd-service-"));
  readonly clock = new ManualClock();
  /** What was logged, as level and message. */
  readonly log: string[] = [];
  readonly changes: DatastoreChange[] = [];
  readonly stateProviders: StateProvider[];
  readonly #yangFiles: readonly string[];
  /** The notifications that these and confirmed commits are reported by. */
  readonly events: string[] = [];
  readonly #parts: ServiceParts;
  bootId = "first";
  subscriber = new RecordingSubscriber();
  readonly performer: RecordingPerformer;
  service = undefined as unknown as DatastoreService;

  /** `yangFiles`: modules beside the server's; `actions`: of those in them, what is carried out. */
  static async start(
    yangFiles: readonly string[] = [],
    actions: readonly string[] = [],
    parts: ServiceParts = {},
  ): Promise<ServiceFixture> {
    const fixture = new ServiceFixture(yangFiles, actions, parts);
    await fixture.restart();
    return fixture;
  }

  private constructor(yangFiles: readonly string[], actions: readonly string[], parts: ServiceParts) {
    this.#yangFiles = yangFiles;
    this.#parts = parts;
    this.stateProviders = [...(parts.stateProviders ?? [])];
    this.performer = new RecordingPerformer(...actions);
  }

  /** What the process had in memory is gone, as if it had been killed; sessions do not end before. */
  async restart(): Promise<void> {
    this.clock.forget();
    await this.service?.stop();
    this.subscriber = new RecordingSubscriber();
    this.service = new DatastoreService({
      workerUrl,
      setup: {
        wasm: await loadLibyangModule(),
        dataFolder: this.folder,
        yangFolder,
        extraYangFiles: this.#yangFiles,
        netconfFeatures: [],
      },
      subscribers: this.#parts.subscribers ?? [this.subscriber],
      stateProviders: this.stateProviders,
      performers: [this.performer],
      changed: (change) => {
        this.changes.push(change);
        this.events.push(configChange(change));
      },
      confirmEvent: (event) => void this.events.push(confirmedCommit(event)),
      bootId: this.bootId,
      clock: this.clock,
      log: (level, message) => void this.log.push(`${level} ${message}`),
    });
    await this.service.start();
  }

  async stop(): Promise<void> {
    await this.service.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  setName(by: Requester, name: string, target: "candidate" | "running" = "candidate"): Promise<void> {
    return this.service.edit(by, { ...edit(bmp(`<system-name>${name}</system-name>`)), target });
  }

  /** What is configured; "" = nothing. */
  async nameIn(datastore: "candidate" | "running" = "running"): Promise<string> {
    const text = await configText(this.service.getConfig(one, datastore));
    return /<system-name>(.*)<\/system-name>/.exec(text)?.[1] ?? "";
  }

  /** Time goes on, and what comes of it is done. */
  async advance(seconds: number): Promise<void> {
    this.clock.advance(seconds * 1000);
    await this.settled();
  }

  /** All that changes something waits for its turn; so does this. */
  async settled(): Promise<void> {
    await this.service.sessionEnded(0xffff_ffff);
  }

  /** Kinds and descriptions of the history, newest first. */
  async history(): Promise<string[]> {
    const filter = [{ name: "commits", attributes: [], children: [], text: "" }];
    const text = await configText(this.service.get(one, filter));
    return [...text.matchAll(/<commit>(.*?)<\/commit>/g)].map(([, commit = ""]) =>
      ["id", "username", "session-id", "kind", "description"]
        .flatMap((leaf) => new RegExp(`<${leaf}>(.*)</${leaf}>`).exec(commit)?.[1] ?? [])
        .join(" "),
    );
  }
}
