import { prefixBytes } from "./codec/prefix.ts";

/** A prefix as table key: up to four words of address, trailing bits cleared, and its length. Reused, never kept. */
export class PrefixKey {
  readonly words = new Uint32Array(4);
  lengthBits = 0;

  /** Reads the prefix at `offset` of a valid NLRI field; returns where the next one begins. */
  read(nlri: Uint8Array, offset: number): number {
    const { words } = this;
    const lengthBits = nlri[offset] as number;
    const end = offset + prefixBytes(lengthBits);
    this.lengthBits = lengthBits;
    words.fill(0);
    for (let i = offset + 1, shift = 24, word = 0; i < end; i++) {
      words[word] = (words[word] as number) | ((nlri[i] as number) << shift);
      shift -= 8;
      if (shift < 0) {
        shift = 24;
        word++;
      }
    }
    const spare = lengthBits & 31;
    if (spare !== 0) {
      const last = lengthBits >>> 5;
      words[last] = (words[last] as number) & (0xffff_ffff << (32 - spare));
    }
    return end;
  }
}
