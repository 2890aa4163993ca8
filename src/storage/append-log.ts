import { closeSync, constants, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { flush, writeFully } from "./atomic-file.ts";

/** A file that records are appended to: what was appended stays, whatever fails afterwards. */
export class AppendLog {
  readonly #path: string;
  #bytes: number;
  #file: number | undefined;
  /** Why the file may hold part of a record that was refused. */
  #failure: Error | undefined;

  /** `bytes` of the file are records; what comes after them is cut when it is opened. */
  constructor(path: string, bytes: number) {
    this.#path = path;
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Makes sure that the file is there, durably and with nothing but its records. Throws the file system's error. */
  open(): void {
    this.#opened();
  }

  /** Durable when it returns. Throws the file system's error, and the file is as it was before. */
  append(record: Uint8Array): void {
    const file = this.#opened();
    try {
      writeFully(file, record, this.#bytes);
      fdatasyncSync(file);
    } catch (error) {
      this.#putBack(file, error as Error);
      throw error;
    }
    this.#bytes += record.length;
  }

  close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) closeSync(file);
  }

  #opened(): number {
    if (this.#failure !== undefined) throw this.#failure;
    this.#file ??= openAt(this.#path, this.#bytes);
    return this.#file;
  }

  /**
   * After a write that failed. Where not even this works, another record must not be appended: it would stand after
   * one that was refused, or be taken for a part of it.
   */
  #putBack(file: number, cause: Error): void {
    try {
      ftruncateSync(file, this.#bytes);
      fsyncSync(file);
    } catch (error) {
      this.#failure = new Error(
        `${this.#path} could not be put back to ${this.#bytes} bytes (${(error as Error).message}) after a write that ` +
          `failed (${cause.message}). No commit is made until the disk is mended and the server restarted; it may then ` +
          "find the commit that failed to be made",
        { cause: error },
      );
      throw this.#failure;
    }
  }
}

/** Opens `path` for records after the first `bytes`, and makes these and the file's name durable. */
function openAt(path: string, bytes: number): number {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    const { size } = fstatSync(file);
    if (size < bytes) throw new Error(`${path} has become shorter: ${size} bytes instead of ${bytes}`);
    if (size > bytes) ftruncateSync(file, bytes);
    fsyncSync(file);
    flush(dirname(path));
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}
