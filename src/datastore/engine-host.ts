import { Worker } from "node:worker_threads";
import { operationFailed, resourceDenied } from "../errors/constructors.ts";
import { RpcError } from "../errors/rpc-error.ts";
import type { EngineApi, EngineMethod } from "./engine-api.ts";
import type { EngineCall, EngineReply, EngineSetup } from "./engine-messages.ts";
import { type DatastoreLimits, datastoreLimits } from "./limits.ts";

export type EngineLog = (level: "info" | "warn" | "error", message: string, fields?: Record<string, unknown>) => void;

/** A call that the engine repeats when it is built anew. */
export interface ReplayedCall {
  readonly method: EngineMethod;
  readonly args: readonly unknown[];
}

export interface EngineHostOptions {
  /** The compiled datastore-worker. */
  readonly workerUrl: URL;
  readonly setup: EngineSetup;
  readonly log: EngineLog;
  /** What brings a new instance, which knows only the disk, to where the lost one was. */
  readonly replay: () => readonly ReplayedCall[];
  /** A replayed call failed. What `replay` gives is to be empty from now on: half of it would be nobody's intention. */
  readonly replayFailed: () => void;
  readonly limits?: Partial<DatastoreLimits>;
}

interface Waiting {
  readonly method: EngineMethod;
  readonly args: readonly unknown[];
  readonly settle: { resolve(value: unknown): void; reject(error: Error): void };
}

const stopping = (): RpcError => operationFailed("The server is stopping.");

/** The stored configuration cannot be served; the message says why. */
export class EngineStartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EngineStartError";
  }
}

/**
 * The engine's thread as seen from outside: calls go to it one at a time, so that a call that overruns its time, or
 * breaks the instance, is the only one to fail. The thread is then ended and built anew.
 */
export class EngineHost {
  readonly #options: EngineHostOptions;
  readonly #limits: DatastoreLimits;
  readonly #queue: Waiting[] = [];
  #worker: Worker | undefined;
  #isBusy = true;
  #isStopped = false;
  #nextId = 1;
  /** Times the thread was built anew. */
  rebuilds = 0;

  constructor(options: EngineHostOptions) {
    this.#options = options;
    this.#limits = { ...datastoreLimits, ...options.limits };
  }

  /** Rejects with `EngineStartError` when the modules or the stored configuration are wrong. */
  async start(): Promise<void> {
    await this.#spawn();
    this.#isBusy = false;
    this.#next();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { settle } of this.#queue.splice(0)) settle.reject(stopping());
    await this.#worker?.terminate();
  }

  /** Rejects with an `RpcError`: the engine's own, or one that says that the call broke the engine. */
  call<M extends EngineMethod>(method: M, ...args: Parameters<EngineApi[M]>): Promise<ReturnType<EngineApi[M]>> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#isStopped) return reject(stopping());
      this.#queue.push({ method, args, settle: { resolve, reject } });
      this.#next();
    }) as Promise<ReturnType<EngineApi[M]>>;
  }

  #next(): void {
    if (this.#isBusy) return;
    const waiting = this.#queue.shift();
    if (waiting === undefined) return;
    this.#isBusy = true;
    void this.#run(waiting);
  }

  async #run({ method, args, settle }: Waiting): Promise<void> {
    // A thread that died between calls (out of memory, say) costs nobody a request.
    if (this.#worker === undefined) await this.#rebuild();
    const outcome = await this.#send(method, args);
    // Whoever called must not be told before the instance serves again: its next call would find nothing.
    if (outcome.isBroken) await this.#rebuild();
    if (outcome.error === undefined) settle.resolve(outcome.value);
    else settle.reject(outcome.error);
    this.#isBusy = false;
    this.#next();
  }

  /** One call to the present thread; never rejects. */
  #send(method: EngineMethod, args: readonly unknown[]): Promise<Outcome> {
    const worker = this.#worker;
    if (worker === undefined) return Promise.resolve(this.#broken(method, "there is no thread"));
    const call: EngineCall = { id: this.#nextId++, method, args };
    return new Promise((resolve) => {
      const finish = (outcome: Outcome) => {
        clearTimeout(timer);
        worker.off("message", onMessage).off("error", onError).off("exit", onExit);
        resolve(outcome);
      };
      const onMessage = (reply: EngineReply) => {
        if ("id" in reply && reply.id === call.id) finish(this.#toOutcome(reply, method));
      };
      const onError = (error: Error) => finish(this.#broken(method, error.message));
      const onExit = () => finish(this.#broken(method, "the thread ended"));
      const timer = setTimeout(() => finish(this.#overrun(method)), this.#limits.engineCallMs);
      worker.on("message", onMessage).on("error", onError).on("exit", onExit);
      worker.postMessage(call);
    });
  }

  #toOutcome(reply: EngineReply, method: EngineMethod): Outcome {
    if (reply.kind === "result") return { isBroken: false, value: reply.value };
    if (reply.kind === "refused") return { isBroken: false, error: new RpcError(reply.entries) };
    return this.#broken(method, "message" in reply ? reply.message : reply.kind);
  }

  #broken(method: EngineMethod, reason: string): Outcome {
    if (this.#isStopped) return { isBroken: true, error: stopping() };
    this.#options.log("error", "The datastore engine broke; it is built anew", { method, reason });
    const message = "The request broke the datastore engine, which was built anew. It had no effect.";
    return { isBroken: true, error: operationFailed(message) };
  }

  #overrun(method: EngineMethod): Outcome {
    const limitMs = this.#limits.engineCallMs;
    this.#options.log("error", "A datastore call overran its time; the engine is built anew", { method, limitMs });
    const message = `The request took longer than ${limitMs} ms and was ended. It had no effect. Make it smaller.`;
    return { isBroken: true, error: resourceDenied(message) };
  }

  async #rebuild(): Promise<void> {
    this.rebuilds++;
    while (!this.#isStopped) {
      try {
        await this.#worker?.terminate();
        if (this.#isStopped) return;
        await this.#spawn();
        return await this.#replayAll();
      } catch (error) {
        if (this.#isStopped) return;
        this.#options.log("error", "The datastore engine does not start; trying again", { error: String(error) });
        await new Promise((resolve) => setTimeout(resolve, this.#limits.engineRestartMs));
      }
    }
  }

  async #replayAll(): Promise<void> {
    for (const { method, args } of this.#options.replay()) {
      const outcome = await this.#send(method, args);
      if (outcome.error === undefined) continue;
      if (!this.#isStopped) this.#options.replayFailed();
      throw outcome.error;
    }
  }

  #spawn(): Promise<void> {
    const worker = new Worker(this.#options.workerUrl, { workerData: this.#options.setup });
    this.#worker = worker;
    worker.once("exit", () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    return new Promise((resolve, reject) => {
      const finish = (error?: Error) => {
        clearTimeout(timer);
        worker.off("message", onMessage).off("error", onError).off("exit", onExit);
        worker.on("error", (failure) => this.#options.log("error", "The datastore thread failed", { error: failure }));
        if (error === undefined) return resolve();
        void worker.terminate();
        reject(error);
      };
      const onMessage = (reply: EngineReply) =>
        finish(reply.kind === "failed-to-start" ? new EngineStartError(reply.message) : undefined);
      const onError = (error: Error) => finish(new EngineStartError(error.message));
      const onExit = () => finish(new EngineStartError("Its thread ended."));
      const timer = setTimeout(
        () => finish(new EngineStartError(`It did not start within ${this.#limits.engineStartMs} ms.`)),
        this.#limits.engineStartMs,
      );
      worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    });
  }
}

interface Outcome {
  readonly isBroken: boolean;
  readonly value?: unknown;
  readonly error?: Error;
}
