import type { Clock, Timer } from "../bgp/clock.ts";
import type { LabLimits } from "./limits.ts";

/** What a terminal would obey instead of showing, and what would break a line. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const SECOND_MS = 1000;

/** Prints lines, at most so many in a second; then says how many were left out. Lines are made printable first. */
export class LineLimiter {
  readonly #print: (line: string) => void;
  readonly #clock: Clock;
  readonly #limits: LabLimits;
  /** Runs from the first line of a second on. */
  #second: Timer | undefined;
  #printed = 0;
  #omitted = 0;

  constructor(print: (line: string) => void, clock: Clock, limits: LabLimits) {
    this.#print = print;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** `makeLine` is called only if the line is printed. */
  add(makeLine: () => string): void {
    this.#second ??= this.#clock.setTimer(() => this.#endSecond(), SECOND_MS);
    if (this.#printed < this.#limits.linesPerSecond) {
      this.#printed += 1;
      this.#print(this.#printable(makeLine()));
    } else {
      this.#omitted += 1;
    }
  }

  /** Tells what was left out so far. */
  flush(): void {
    this.#second?.cancel();
    this.#endSecond();
  }

  #endSecond(): void {
    if (this.#omitted > 0) this.#print(`... ${this.#omitted} more lines left out`);
    this.#second = undefined;
    this.#printed = 0;
    this.#omitted = 0;
  }

  #printable(line: string): string {
    const { lineCharacters } = this.#limits;
    const cut = line.length > lineCharacters ? `${line.slice(0, lineCharacters)}...` : line;
    return cut.replace(UNPRINTABLE, "\u{fffd}");
  }
}
