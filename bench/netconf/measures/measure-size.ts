import type { Budget } from "../../shared/budget.ts";
import { notTried, type Outcome, outcomeOf } from "../../shared/outcome.ts";
import { Workload } from "../load/workload.ts";
import type { Plan } from "../plan.ts";
import type { Server } from "../servers/server.ts";
import type { Subject } from "../subject.ts";
import { editAndCommit, editAndDiscard, readAll, readOne } from "./checked-exchange.ts";
import { type ConnectedServer, startConnected } from "./connected-server.ts";
import { measureOperation, type Operation, type Rounds } from "./measure-operation.ts";
import { measurePipeline } from "./measure-pipeline.ts";
import type { OperationResult, PipelineResult, SizeResult, StartResult } from "./results.ts";

/** What a run has in common for all servers and sizes. */
export interface Conditions {
  readonly plan: Plan;
  readonly budget: Budget;
  /** Told what is measured next. */
  readonly progress: (measure: string) => void;
}

/** Measures one server with one number of entries, from the empty server to its start from disk with all of them. */
export async function measureSize(subject: Subject, entries: number, conditions: Conditions): Promise<SizeResult> {
  const measurement = new SizeMeasurement(subject, entries, conditions);
  try {
    return await measurement.run();
  } finally {
    await measurement.end();
  }
}

class SizeMeasurement {
  readonly #plan: Plan;
  readonly #budget: Budget;
  readonly #progress: (measure: string) => void;
  readonly #server: Server;
  readonly #workload: Workload;
  readonly #hasLargeEdit: boolean;
  #connected: ConnectedServer | undefined;
  #hasFirst = false;

  constructor(subject: Subject, entries: number, { plan, budget, progress }: Conditions) {
    this.#plan = plan;
    this.#budget = budget;
    this.#progress = progress;
    this.#server = subject.createServer();
    this.#workload = new Workload(subject.model, entries);
    this.#hasLargeEdit = subject.hasLargeEdit;
  }

  async run(): Promise<SizeResult> {
    const emptyMemory = await this.#attempt("start", async ({ server }) => server.memory());
    const bulk = emptyMemory.kind === "measured" ? await this.#bulk() : notTried;
    // With other than all entries the rest would mean something else.
    const ifLoaded = async <T>(measure: () => Promise<Outcome<T>>): Promise<Outcome<T>> =>
      bulk.kind === "measured" ? await measure() : notTried;
    const { requests, entries } = this.#workload;
    return {
      entries,
      emptyMemory,
      bulk,
      readAll: await ifLoaded(() =>
        this.#operation("get-config of all", ({ client }) => ({ run: () => readAll(client, requests, entries) })),
      ),
      readOne: await ifLoaded(() =>
        this.#operation("filtered read", ({ client }) => ({
          run: () => readOne(client, requests, this.#workload.nextIndex()),
        })),
      ),
      pipeline: await ifLoaded(() => this.#pipeline()),
      modify: await ifLoaded(() =>
        this.#operation("modify one + commit", ({ client }) => ({
          run: () => editAndCommit(client, [this.#workload.modifyOne()]),
        })),
      ),
      create: await ifLoaded(() => this.#steps("create one + commit", true)),
      delete: await ifLoaded(() => this.#steps("delete one + commit", false)),
      loadedMemory: await ifLoaded(() => this.#attempt("memory", async ({ server }) => server.memory())),
      // It takes more memory than all entries do.
      large: this.#hasLargeEdit ? await ifLoaded(() => this.#large()) : notTried,
      restart: await ifLoaded(() => this.#restart()),
    };
  }

  async end(): Promise<void> {
    await this.#connected?.kill();
    this.#connected = undefined;
  }

  #bulk(): Promise<Outcome<OperationResult>> {
    const { requests, entries } = this.#workload;
    const bulk = [...this.#workload.bulk()];
    return this.#attempt("bulk + commit", async (connected) => {
      const { client } = connected;
      let isLoaded = false;
      const operation: Operation = {
        prepare: async () => {
          if (isLoaded) await editAndCommit(client, this.#workload.removal());
        },
        run: async () => {
          const tookMs = await editAndCommit(client, bulk);
          isLoaded = true;
          return tookMs;
        },
      };
      // Watched but once, as the removal of all before a second time would be watched, too.
      const rounds: Rounds = { watched: 1, alone: this.#plan.bulkRounds };
      const result = await measureOperation(connected, this.#budget, operation, this.#plan.passMs, rounds);
      await this.#budget.within(readAll(client, requests, entries));
      return result;
    });
  }

  #large(): Promise<Outcome<OperationResult>> {
    const edit = this.#workload.large();
    return this.#operation("edit of 8 MB + discard", ({ client }) => ({ run: () => editAndDiscard(client, edit) }));
  }

  #pipeline(): Promise<Outcome<PipelineResult>> {
    const { requests } = this.#workload;
    return this.#attempt("filtered reads, pipelined", (connected) => {
      const request = () => readOne(connected.client, requests, this.#workload.nextIndex());
      return measurePipeline(connected, this.#budget, request, this.#plan.passMs);
    });
  }

  /** Creations, or deletions: each one is made up for before the next, so that the number of entries stays. */
  #steps(measure: string, isCreation: boolean): Promise<Outcome<OperationResult>> {
    const workload = this.#workload;
    return this.#operation(measure, ({ client }) => ({
      run: () => editAndCommit(client, [isCreation ? workload.createOne() : workload.deleteOne()]),
      prepare: async () => {
        if (workload.hasExtra !== isCreation) return;
        await editAndCommit(client, [isCreation ? workload.deleteOne() : workload.createOne()]);
      },
    }));
  }

  #operation(measure: string, operation: (connected: ConnectedServer) => Operation): Promise<Outcome<OperationResult>> {
    const rounds: Rounds = { watched: Infinity, alone: Infinity };
    return this.#attempt(measure, (connected) =>
      measureOperation(connected, this.#budget, operation(connected), this.#plan.passMs, rounds),
    );
  }

  /** All that was there must be there again. */
  #restart(): Promise<Outcome<StartResult>> {
    const { requests } = this.#workload;
    return this.#attempt("start from disk", async (before) => {
      const reply = await this.#budget.within(before.client.rpc(requests.readAll()));
      await before.stop();
      this.#connected = undefined;
      const { server, client } = await this.#connect();
      const memory = server.memory();
      await this.#budget.within(readAll(client, requests, reply.count(requests.entryTag)));
      return { startMs: server.startMs, memory };
    });
  }

  /** A measure that fails leaves the server in an unknown state: the next one begins with what is on disk. */
  async #attempt<T>(measure: string, work: (connected: ConnectedServer) => Promise<T>): Promise<Outcome<T>> {
    if (this.#budget.isSpent) return notTried;
    this.#progress(measure);
    const outcome = await outcomeOf(async () => await work(await this.#connect()));
    if (outcome.kind === "measured") return outcome;
    this.#workload.forgetExtra();
    await this.end();
    return this.#budget.isSpent ? notTried : outcome;
  }

  async #connect(): Promise<ConnectedServer> {
    const { requests } = this.#workload;
    this.#connected ??= await startConnected(this.#server, this.#budget, requests.readOne(0), async (client) => {
      if (this.#hasFirst) return;
      await editAndCommit(client, [this.#workload.first()]);
      this.#hasFirst = true;
    });
    return this.#connected;
  }
}
