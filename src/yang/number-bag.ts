const FIRST_SLOTS = 1_024;

const EMPTY = -1;

/** Numbers, each as often as it was added: not negative. Some 16 to 32 bytes each. */
export class NumberBag {
  #slots = new Float64Array(FIRST_SLOTS).fill(EMPTY);
  #size = 0;

  add(number: number): void {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    this.#slots[this.#freeSlotFor(number)] = number;
    this.#size++;
  }

  /** Takes out one of its kind, if there is one. */
  remove(number: number): void {
    let hole = this.#home(number);
    while (this.#at(hole) !== number) {
      if (this.#at(hole) === EMPTY) return;
      hole = this.#after(hole);
    }
    this.#slots[hole] = EMPTY;
    this.#size--;
    // What is behind was pushed there by what was before it.
    for (let slot = this.#after(hole); this.#at(slot) !== EMPTY; slot = this.#after(slot)) {
      const moved = this.#at(slot);
      this.#slots[slot] = EMPTY;
      this.#slots[this.#freeSlotFor(moved)] = moved;
    }
  }

  count(number: number): number {
    let count = 0;
    for (let slot = this.#home(number); this.#at(slot) !== EMPTY; slot = this.#after(slot)) {
      if (this.#at(slot) === number) count++;
    }
    return count;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Float64Array(old.length * 2).fill(EMPTY);
    for (const number of old) if (number !== EMPTY) this.#slots[this.#freeSlotFor(number)] = number;
  }

  #home(number: number): number {
    return number % this.#slots.length;
  }

  #after(slot: number): number {
    return slot + 1 === this.#slots.length ? 0 : slot + 1;
  }

  #at(slot: number): number {
    return this.#slots[slot] ?? EMPTY;
  }

  #freeSlotFor(number: number): number {
    let slot = this.#home(number);
    while (this.#at(slot) !== EMPTY) slot = this.#after(slot);
    return slot;
  }
}
