const PAGE_BYTES = 64 * 1024;
/** Places are counted in units of this many octets, so that 32 bits reach 32 GiB. */
const UNIT_BYTES = 8;
const UNITS_PER_PAGE = PAGE_BYTES / UNIT_BYTES;
const SMALLEST_CELL_BYTES = 16;
const NOWHERE = 0xffff_ffff;

/** Cells of one size. */
interface CellClass {
  readonly bytes: number;
  /** The first free cell; each has the place of the next one in its first four octets. */
  free: number;
}

/**
 * Strings of octets, each of at most 65,536, in pages of 64 KiB. A string has a cell of a power of two, or of one and a
 * half of that; a page has cells of one size. Pages are used again, but never given back while the store lives.
 */
export class OctetStore {
  readonly #pages: Uint8Array[] = [];
  readonly #words: Uint32Array[] = [];
  readonly #classes: readonly CellClass[] = cellSizes().map((bytes) => ({ bytes, free: NOWHERE }));

  /** Octets of all pages. */
  get memoryBytes(): number {
    return this.#pages.length * PAGE_BYTES;
  }

  /** Keeps octets `start` to `end` of `bytes`; returns their place. */
  put(bytes: Uint8Array, start: number, end: number): number {
    const cells = this.#classOf(end - start);
    if (cells.free === NOWHERE) this.#addPage(cells);
    const place = cells.free;
    cells.free = this.#link(place)[this.#linkIndex(place)] as number;
    this.page(place).set(bytes.subarray(start, end), this.offset(place));
    return place;
  }

  /** Forgets `length` octets at `place`. */
  free(place: number, length: number): void {
    const cells = this.#classOf(length);
    this.#link(place)[this.#linkIndex(place)] = cells.free;
    cells.free = place;
  }

  /** The page of the string at `place`: not to be changed. */
  page(place: number): Uint8Array {
    return this.#pages[Math.floor(place / UNITS_PER_PAGE)] as Uint8Array;
  }

  /** Where in its page that begins. */
  offset(place: number): number {
    return (place % UNITS_PER_PAGE) * UNIT_BYTES;
  }

  #link(place: number): Uint32Array {
    return this.#words[Math.floor(place / UNITS_PER_PAGE)] as Uint32Array;
  }

  #linkIndex(place: number): number {
    return this.offset(place) / Uint32Array.BYTES_PER_ELEMENT;
  }

  #classOf(length: number): CellClass {
    return this.#classes.find(({ bytes }) => bytes >= length) as CellClass;
  }

  #addPage(cells: CellClass): void {
    const first = this.#pages.length * UNITS_PER_PAGE;
    const page = new Uint8Array(PAGE_BYTES);
    this.#pages.push(page);
    this.#words.push(new Uint32Array(page.buffer));
    for (let offset = 0; offset + cells.bytes <= PAGE_BYTES; offset += cells.bytes)
      this.free(first + offset / UNIT_BYTES, cells.bytes);
  }
}

/** 16, 24, 32, 48 and so on up to a page. */
function cellSizes(): number[] {
  const sizes: number[] = [];
  for (let bytes = SMALLEST_CELL_BYTES; bytes < PAGE_BYTES; bytes *= 2) sizes.push(bytes, bytes * 1.5);
  return [...sizes, PAGE_BYTES];
}
