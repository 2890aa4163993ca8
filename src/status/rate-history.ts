import { numbersIn, type SessionState } from "../observe/plane-state.ts";
import { type StatusLimits, statusLimits } from "./limits.ts";

/** BMP messages that were sent, all sessions together, in the time up to a moment. */
export interface RatePoint {
  /** ms since the epoch. */
  readonly timeMs: number;
  readonly perSecond: number;
}

/**
 * How many messages were sent lately. It is told when the state is read anyway, by a scrape or an open page: between two
 * looks it knows the mean.
 */
export class RateHistory {
  readonly #limits: StatusLimits;
  readonly #points: RatePoint[] = [];
  #last: { readonly timeMs: number; readonly sent: ReadonlyMap<string, number> } | undefined;

  constructor(limits: StatusLimits = statusLimits) {
    this.#limits = limits;
  }

  /** The state of all sessions at a time, in ms since the epoch. */
  record(sessions: readonly SessionState[], timeMs: number): void {
    const { statusPointMs, statusPlotS } = this.#limits;
    const last = this.#last;
    // A clock that was put back begins anew.
    if (last !== undefined && timeMs >= last.timeMs && timeMs - last.timeMs < statusPointMs) return;
    const sent = new Map(sessions.map((session) => [keyOf(session), sentBy(session)]));
    this.#last = { timeMs, sent };
    if (last === undefined || timeMs < last.timeMs) return void this.#points.splice(0);
    const perSecond = increase(last.sent, sent) / ((timeMs - last.timeMs) / 1000);
    this.#points.push({ timeMs, perSecond });
    const kept = this.#points.findIndex((point) => timeMs - point.timeMs <= statusPlotS * 1000);
    this.#points.splice(0, kept);
  }

  /** The oldest first. */
  get points(): readonly RatePoint[] {
    return [...this.#points];
  }
}

const keyOf = ({ "vpn-instance": vpnInstance, address, alias }: SessionState): string =>
  JSON.stringify([vpnInstance, address, alias]);

const sentBy = ({ state }: SessionState): number =>
  numbersIn(state, "sent-messages").reduce((sum, [, count]) => sum + count, 0);

/** A counter that went back began at zero; so did one that is new. */
function increase(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [key, count] of now) {
    const old = before.get(key) ?? 0;
    sum += count < old ? count : count - old;
  }
  return sum;
}
