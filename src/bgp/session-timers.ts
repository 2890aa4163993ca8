import type { Clock, Timer } from "./clock.ts";
import type { FsmEvent } from "./fsm.ts";

const KEEPALIVES_PER_HOLD_TIME = 3; // RFC 4271 section 4.4
const MIN_JITTER = 0.75; // RFC 4271 section 10

/** ConnectRetryTimer, HoldTimer and KeepaliveTimer of one FSM (RFC 4271 section 8.2.2). */
export class SessionTimers {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #expired: (event: FsmEvent) => void;
  readonly #isInputWaiting: () => boolean;
  #connectRetry: Timer | undefined;
  #hold: Timer | undefined;
  #holdTimeMs = 0;
  #lastHeardAt = 0;
  /** Counts connections, so that what was deferred for one cannot hit the next. */
  #generation = 0;
  #keepalive: Timer | undefined;
  /** Undefined: none are sent. */
  #keepaliveDueAt: number | undefined;

  /** @param isInputWaiting whether messages wait to be handled: the neighbour is not silent then */
  constructor(clock: Clock, random: () => number, expired: (event: FsmEvent) => void, isInputWaiting: () => boolean) {
    this.#clock = clock;
    this.#random = random;
    this.#expired = expired;
    this.#isInputWaiting = isInputWaiting;
  }

  get isConnectRetryRunning(): boolean {
    return this.#connectRetry !== undefined;
  }

  /** ms that the neighbour may still be silent, undefined while it may be for ever. */
  get holdLeftMs(): number | undefined {
    if (this.#holdTimeMs === 0) return undefined;
    return Math.max(0, this.#lastHeardAt + this.#holdTimeMs - this.#clock.monotonic());
  }

  /** ms until the next KEEPALIVE; undefined: none is due. */
  get keepaliveLeftMs(): number | undefined {
    if (this.#keepaliveDueAt === undefined) return undefined;
    return Math.max(0, this.#keepaliveDueAt - this.#clock.monotonic());
  }

  startConnectRetry(delayMs: number): void {
    this.stopConnectRetry();
    this.#connectRetry = this.#clock.setTimer(() => {
      this.#connectRetry = undefined;
      this.#expired("connectRetryTimerExpired");
    }, this.#jittered(delayMs));
  }

  stopConnectRetry(): void {
    this.#connectRetry?.cancel();
    this.#connectRetry = undefined;
  }

  /** @param holdTimeMs 0 = the neighbour may be silent for ever */
  startHold(holdTimeMs: number): void {
    this.#hold?.cancel();
    this.#holdTimeMs = holdTimeMs;
    this.restartHold();
    if (holdTimeMs > 0) this.#waitForHold(holdTimeMs);
  }

  /** One timer that is put off when it goes off too early, not one a message. */
  restartHold(): void {
    this.#lastHeardAt = this.#clock.monotonic();
  }

  /** @param holdTimeMs the negotiated Hold Time; 0 = no KEEPALIVEs */
  startKeepalive(holdTimeMs: number): void {
    this.#keepalive?.cancel();
    if (holdTimeMs === 0) return;
    const delayMs = this.#jittered(holdTimeMs / KEEPALIVES_PER_HOLD_TIME);
    this.#keepaliveDueAt = this.#clock.monotonic() + delayMs;
    this.#keepalive = this.#clock.setTimer(() => this.#expired("keepaliveTimerExpired"), delayMs);
  }

  stopHoldAndKeepalive(): void {
    this.#generation++;
    this.#hold?.cancel();
    this.#holdTimeMs = 0;
    this.#keepalive?.cancel();
    this.#keepaliveDueAt = undefined;
  }

  #waitForHold(delayMs: number): void {
    this.#hold = this.#clock.setTimer(() => this.#checkHold(false), delayMs);
  }

  /** @param isInputRead whether what had come by the time the timer was due was read, in case we are the late ones */
  #checkHold(isInputRead: boolean): void {
    const leftMs = this.#holdTimeMs - (this.#clock.monotonic() - this.#lastHeardAt);
    if (leftMs > 0) return this.#waitForHold(Math.ceil(leftMs));
    if (isInputRead && !this.#isInputWaiting()) return this.#expired("holdTimerExpired");
    const generation = this.#generation;
    this.#clock.defer(() => {
      if (generation === this.#generation) this.#checkHold(true);
    });
  }

  #jittered(ms: number): number {
    return ms * (MIN_JITTER + (1 - MIN_JITTER) * this.#random());
  }
}
