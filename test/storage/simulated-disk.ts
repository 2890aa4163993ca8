import type { BigIntStats, PathLike, RmOptions } from "node:fs";
import { join } from "node:path";

/** Not the stand-in that the storage under test is given. */
const real = process.getBuiltinModule("node:fs");

const SECTOR_BYTES = 512;

/** What a power cut made of the things that were not flushed. */
export interface PowerCut {
  /** Names in folders: as flushed, as last seen, or each one or the other. */
  readonly names: "flushed" | "latest" | "mixed";
  /** Content: as flushed, as last seen, or as long as last seen with each new sector written or not. */
  readonly content: "flushed" | "latest" | "mixed";
}

type Id = bigint;

/**
 * Stands in for what the storage uses of `node:fs`, and knows what a power cut would leave: content since the last
 * fsync of its file, and names since the last fsync of their folder, may be lost or not. Each step that changes
 * something can be made the last one, or one that fails.
 */
class SimulatedDisk {
  /** Steps taken since `restart`. */
  steps = 0;
  #crashAt = Number.POSITIVE_INFINITY;
  #failing: readonly number[] = [];
  #isAside = false;
  /** The machine has stopped: nothing happens any more, no clean-up either. */
  isDead = false;
  readonly #paths = new Map<number, string>();
  readonly #content = new Map<Id, Buffer>();
  readonly #names = new Map<string, Map<string, Id>>();
  /** Kept open, so that no new file gets the identity of one that is gone. */
  readonly #gone: number[] = [];

  /** Begins anew: step `crashAt` is the last and half done, the steps `failing` fail half done. */
  restart(crashAt = Number.POSITIVE_INFINITY, failing: readonly number[] = []): void {
    this.steps = 0;
    this.#crashAt = crashAt;
    this.#failing = failing;
    this.isDead = false;
    this.#content.clear();
    this.#names.clear();
    for (const file of this.#gone.splice(0)) real.closeSync(file);
  }

  /** Another process goes on: what was not flushed is still there, and still not flushed. */
  goOn(): void {
    this.#crashAt = Number.POSITIVE_INFINITY;
    this.isDead = false;
  }

  /** Looks at something without taking steps. */
  aside<T>(look: () => T): T {
    this.#isAside = true;
    try {
      return look();
    } finally {
      this.#isAside = false;
    }
  }

  /** Does a step: all of it, or `half` when it is the one to fail at. */
  step(whole: () => void, half = () => {}): void {
    if (this.isDead) throw new Error("The machine has stopped");
    if (this.#isAside) return whole();
    this.steps++;
    if (this.steps === this.#crashAt) {
      half();
      this.isDead = true;
      throw new Error("The machine has stopped");
    }
    if (this.#failing.includes(this.steps)) {
      half();
      throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
    }
    whole();
  }

  opened(file: number, path: string, isNew: boolean): void {
    this.#paths.set(file, path);
    if (isNew) this.#content.delete(idOf(real.fstatSync(file, { bigint: true })));
  }

  /** What was to be flushed may be on the disk though the flush failed. */
  flush(file: number): void {
    const flushed = () => this.#flushed(file);
    this.step(flushed, flushed);
  }

  #flushed(file: number): void {
    const path = this.#paths.get(file) ?? "";
    const stat = real.fstatSync(file, { bigint: true });
    if (stat.isDirectory()) this.#names.set(path, namesIn(path));
    else this.#content.set(idOf(stat), real.readFileSync(path));
  }

  /** `path` is about to lose its name. */
  going(path: string): void {
    if (real.existsSync(path)) this.#gone.push(real.openSync(path, "r"));
  }

  /** Makes `copy` what `folder` is after a power cut now. `chance` picks where something may be or not. */
  cutPower(folder: string, copy: string, { names, content }: PowerCut, chance: () => boolean): void {
    real.mkdirSync(copy);
    const latest = namesIn(folder);
    const flushed = this.#names.get(folder) ?? new Map<string, Id>();
    for (const name of new Set([...latest.keys(), ...flushed.keys()])) {
      const isLatest = names === "latest" || (names === "mixed" && chance());
      const id = (isLatest ? latest : flushed).get(name);
      if (id === undefined) continue;
      const path = join(folder, name);
      if (latest.get(name) === id && real.statSync(path).isDirectory()) {
        this.cutPower(path, join(copy, name), { names, content }, chance);
      } else {
        const kept = this.#content.get(id) ?? Buffer.alloc(0);
        const now = [...latest].find(([, other]) => other === id);
        const seen = now === undefined ? kept : real.readFileSync(join(folder, now[0]));
        real.writeFileSync(join(copy, name), contentAfter(content, kept, seen, chance));
      }
    }
  }
}

function contentAfter(how: PowerCut["content"], flushed: Buffer, seen: Buffer, chance: () => boolean): Buffer {
  if (how !== "mixed") return how === "flushed" ? flushed : seen;
  const mixed = Buffer.from(seen);
  for (let from = 0; from < seen.length; from += SECTOR_BYTES) {
    const to = Math.min(seen.length, from + SECTOR_BYTES);
    if (flushed.subarray(from, to).equals(seen.subarray(from, to)) || chance()) continue;
    mixed.fill(0, from, to);
    mixed.set(flushed.subarray(from, to), from);
  }
  return mixed;
}

const idOf = (stat: BigIntStats): Id => stat.ino;

function namesIn(folder: string): Map<string, Id> {
  return new Map(
    real.readdirSync(folder).map((name) => [name, idOf(real.statSync(join(folder, name), { bigint: true }))]),
  );
}

export const disk = new SimulatedDisk();

/** To be given in place of `node:fs`. */
export const simulatedFs: object = {
  ...real,
  openSync(path: string, flags: string | number, mode?: number): number {
    const isNew = flags !== "r" && !real.existsSync(path);
    let file = -1;
    const open = () => {
      file = real.openSync(path, flags, mode);
      disk.opened(file, path, isNew);
    };
    if (flags === "r") open();
    else disk.step(open);
    return file;
  },
  writeSync(file: number, bytes: Uint8Array, offset: number, length: number, position: number): number {
    // A disk may take less than it is offered.
    const most = Math.ceil(length / 2);
    disk.step(
      () => real.writeSync(file, bytes, offset, most, position),
      () => real.writeSync(file, bytes, offset, most >> 1, position),
    );
    return most;
  },
  ftruncateSync: (file: number, length: number) => disk.step(() => real.ftruncateSync(file, length)),
  fsyncSync: (file: number) => disk.flush(file),
  fdatasyncSync: (file: number) => disk.flush(file),
  renameSync(from: string, to: string): void {
    disk.step(() => {
      disk.going(to);
      real.renameSync(from, to);
    });
  },
  rmSync(path: PathLike, options?: RmOptions): void {
    disk.step(() => {
      if (options?.recursive !== true) disk.going(String(path));
      real.rmSync(path, options);
    });
  },
  mkdirSync: (path: string, options: { recursive: boolean; mode: number }) =>
    disk.step(() => void real.mkdirSync(path, options)),
};
