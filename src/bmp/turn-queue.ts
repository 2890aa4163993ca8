/** Work that many have to do in turns, a few turns in each round of the event loop, so that nothing else waits long. */
export class TurnQueue {
  readonly #turnsPerRound: number;
  /** In the order they were added. */
  readonly #waiting = new Set<() => void>();
  #isRoundDue = false;

  constructor(turnsPerRound: number) {
    this.#turnsPerRound = turnsPerRound;
  }

  has(turn: () => void): boolean {
    return this.#waiting.has(turn);
  }

  /** Does nothing if `turn` waits already. */
  add(turn: () => void): void {
    this.#waiting.add(turn);
    if (this.#isRoundDue) return;
    this.#isRoundDue = true;
    setImmediate(() => this.#round());
  }

  delete(turn: () => void): void {
    this.#waiting.delete(turn);
  }

  #round(): void {
    this.#isRoundDue = false;
    let left = this.#turnsPerRound;
    for (const turn of this.#waiting) {
      if (left === 0) break;
      left -= 1;
      this.#waiting.delete(turn);
      turn();
    }
    const next = this.#waiting.values().next();
    if (next.done !== true) this.add(next.value);
  }
}
