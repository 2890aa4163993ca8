import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { isBzip2 } from "./codec/bunzip2.ts";
import { MrtError } from "./codec/mrt-error.ts";
import { RECORD_HEADER_BYTES, RecordReader } from "./codec/record-reader.ts";
import { isGzip } from "./file-octets.ts";
import { MRT_LIMITS } from "./limits.ts";

// A pipe would keep us waiting for somebody to write. What the name leads to was found out already.
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/**
 * The folder whose files a feed may name, and no others: whoever may configure feeds need not be somebody who may read
 * the rest of the machine. Links may lead from one place in it to another.
 */
export class MrtFolder {
  readonly #path: string | undefined;

  /** Undefined: the operator has allowed none. */
  constructor(path: string | undefined) {
    this.#path = path;
  }

  /** @throws Error in words */
  async open(name: string): Promise<FileHandle> {
    const folder = this.#required();
    try {
      const file = await open(inside(await realpath(folder), await realpath(join(folder, name))), FLAGS);
      if ((await file.stat()).isFile()) return file;
      await file.close();
    } catch (error) {
      throw inWords(error);
    }
    throw new Error("it is not a plain file");
  }

  /** What keeps a feed from reading the file now, as far as its first octets tell; undefined = nothing. */
  problem(name: string): string | undefined {
    try {
      const folder = this.#required();
      const file = openSync(inside(realpathSync(folder), realpathSync(join(folder, name))), FLAGS);
      try {
        return fstatSync(file).isFile() ? problemOfStart(startOf(file)) : "it is not a plain file";
      } finally {
        closeSync(file);
      }
    } catch (error) {
      return inWords(error).message;
    }
  }

  #required(): string {
    if (this.#path === undefined) throw new Error("the server was started without --mrt DIR, the folder of such files");
    return this.#path;
  }
}

function inside(root: string, path: string): string {
  if (!path.startsWith(root + sep)) throw new Error("it is not in the folder for MRT files");
  return path;
}

function startOf(file: number): Uint8Array {
  const octets = new Uint8Array(RECORD_HEADER_BYTES);
  return octets.subarray(0, readSync(file, octets, 0, octets.length, 0));
}

function problemOfStart(octets: Uint8Array): string | undefined {
  if (octets.length < RECORD_HEADER_BYTES) return `it has ${octets.length} octets, less than one record`;
  if (isGzip(octets) || isBzip2(octets)) return undefined;
  const reader = new RecordReader(MRT_LIMITS.recordBytes);
  reader.push(octets);
  try {
    reader.next();
  } catch (error) {
    if (error instanceof MrtError) return `it does not begin with an MRT record, gzip or bzip2: ${error.message}`;
    throw error;
  }
  return undefined;
}

function inWords(error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return new Error("there is no such file");
  if (code === "EACCES") return new Error("the server may not read it");
  if (code === "ELOOP") return new Error("its links lead nowhere");
  return new Error(message);
}
