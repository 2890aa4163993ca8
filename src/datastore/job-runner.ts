import type { Job } from "../job.ts";
import { datastoreLimits } from "./limits.ts";

/** A call as the runner has it. */
export interface RunnerCall {
  readonly id: number;
  /** May be served between the slices of others; those that may not are done one after the other. */
  readonly isConcurrent: boolean;
  /** Begins the call: a job, or its result at once. */
  begin(): unknown;
  done(value: unknown): void;
  failed(error: unknown): void;
}

interface Running {
  readonly call: RunnerCall;
  readonly job: Job<unknown>;
}

/**
 * Runs jobs in slices of about `sliceMs`, in turns, so that a long one holds up the others by no more than a slice.
 * `beforeSlice` is told whose turn it is.
 */
export class JobRunner {
  readonly #beforeSlice: (id: number) => void;
  readonly #sliceMs: number;
  readonly #concurrent: Running[] = [];
  readonly #waiting: RunnerCall[] = [];
  #exclusive: Running | undefined;
  #isScheduled = false;

  constructor(beforeSlice: (id: number) => void, sliceMs: number = datastoreLimits.sliceMs) {
    this.#beforeSlice = beforeSlice;
    this.#sliceMs = sliceMs;
  }

  add(call: RunnerCall): void {
    if (!call.isConcurrent && (this.#exclusive !== undefined || this.#waiting.length > 0)) {
      this.#waiting.push(call);
      return;
    }
    this.#start(call);
    this.#schedule();
  }

  /** Most calls need one slice: they are answered without a turn of the event loop. */
  #start(call: RunnerCall): void {
    this.#beforeSlice(call.id);
    let begun: unknown;
    try {
      begun = call.begin();
    } catch (error) {
      return call.failed(error);
    }
    if (!isJob(begun)) return call.done(begun);
    const running: Running = { call, job: begun };
    if (this.#runSlice(running)) return;
    if (call.isConcurrent) this.#concurrent.push(running);
    else this.#exclusive = running;
  }

  /** True when the job is through. */
  #runSlice({ call, job }: Running): boolean {
    this.#beforeSlice(call.id);
    const end = performance.now() + this.#sliceMs;
    try {
      do {
        const { done, value } = job.next();
        if (done === true) {
          call.done(value);
          return true;
        }
      } while (performance.now() < end);
      return false;
    } catch (error) {
      call.failed(error);
      return true;
    }
  }

  #schedule(): void {
    if (this.#isScheduled || (this.#exclusive === undefined && this.#concurrent.length === 0)) return;
    this.#isScheduled = true;
    // Calls that came meanwhile are taken in before the next slice.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#turn();
      this.#schedule();
    });
  }

  /** One slice each for a concurrent job and for the exclusive one. */
  #turn(): void {
    const concurrent = this.#concurrent.shift();
    if (concurrent !== undefined && !this.#runSlice(concurrent)) this.#concurrent.push(concurrent);
    if (this.#exclusive === undefined || !this.#runSlice(this.#exclusive)) return;
    this.#exclusive = undefined;
    while (this.#exclusive === undefined) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#start(next);
    }
  }
}

const isJob = (value: unknown): value is Job<unknown> =>
  typeof value === "object" && value !== null && Symbol.iterator in value && "next" in value;
