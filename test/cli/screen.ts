const INTRODUCER = "\u001b[";
const REST = /(\d*)(?:;\d*)?([A-Za-z])/y;

/** A terminal, as far as line editors use one: what it shows after what was written to it. */
export class Screen {
  #columns: number;
  #rows: string[][] = [[]];
  #row = 0;
  #column = 0;
  bells = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** The window is as wide from now on; what is shown stays as it is. */
  resize(columns: number): void {
    this.#columns = columns;
  }

  write(text: string): void {
    for (let at = 0; at < text.length; ) {
      REST.lastIndex = at + INTRODUCER.length;
      const sequence = text.startsWith(INTRODUCER, at) ? REST.exec(text) : null;
      if (sequence !== null) {
        this.#control(sequence[2] as string, Number(sequence[1] === "" ? 0 : sequence[1]));
        at = REST.lastIndex;
        continue;
      }
      const character = String.fromCodePoint(text.codePointAt(at) as number);
      at += character.length;
      this.#put(character);
    }
  }

  /** What is shown, from the first row on. */
  get text(): string {
    return this.#rows
      .map((row) =>
        Array.from(row, (cell) => cell ?? " ")
          .join("")
          .trimEnd(),
      )
      .join("\n");
  }

  /** The row of the cursor, up to the end. */
  get line(): string {
    return (this.#rows[this.#row] ?? []).join("");
  }

  get column(): number {
    return this.#column;
  }

  get row(): number {
    return this.#row;
  }

  #control(kind: string, number: number): void {
    const row = this.#rows[this.#row] as string[];
    const by = Math.max(1, number);
    if (kind === "G") this.#column = by - 1;
    else if (kind === "A") this.#row = Math.max(0, this.#row - by);
    else if (kind === "B") this.#goTo(this.#row + by);
    else if (kind === "C") this.#column += by;
    else if (kind === "D") this.#column = Math.max(0, this.#column - by);
    else if (kind === "K") row.length = Math.min(row.length, this.#column);
    else if (kind === "J") {
      row.length = Math.min(row.length, this.#column);
      this.#rows.length = this.#row + 1;
    } else throw new Error(`the screen does not know ${kind}`);
  }

  #put(character: string): void {
    if (character === "\r") this.#column = 0;
    else if (character === "\n") this.#goTo(this.#row + 1);
    else if (character === "\u0007") this.bells++;
    else if (/\p{Cc}/u.test(character)) throw new Error(`the screen got ${JSON.stringify(character)}`);
    else {
      if (this.#column >= this.#columns) {
        this.#goTo(this.#row + 1);
        this.#column = 0;
      }
      const row = this.#rows[this.#row] as string[];
      while (row.length < this.#column) row.push(" ");
      row[this.#column++] = character;
      // A wide character takes the next column, too.
      if (/[\u3041-\u9fff\u{1f300}-\u{1faff}]/u.test(character)) row[this.#column++] = "";
    }
  }

  #goTo(row: number): void {
    while (this.#rows.length <= row) this.#rows.push([]);
    this.#row = row;
  }
}
