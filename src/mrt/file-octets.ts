import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { BitQueue } from "./codec/bit-queue.ts";
import { bunzip2, isBzip2 } from "./codec/bunzip2.ts";
import { MrtError } from "./codec/mrt-error.ts";

/** Reads a file piece by piece, and counts. */
export interface FileReader {
  readonly readBytes: number;
  /** Others have their turn. */
  readonly pause: () => Promise<void>;
  /** So many octets were read from the file as it is. */
  readonly progress: (bytes: number) => void;
}

/** Whether a file begins as gzip's do (RFC 1952 section 2.3.1). */
export function isGzip(octets: Uint8Array): boolean {
  return octets[0] === 0x1f && octets[1] === 0x8b;
}

/**
 * The octets of a file, unpacked if its beginning says that it is packed, and no faster than they are taken.
 * @throws MrtError it is damaged, or cannot be read on
 */
export async function* fileOctets(file: FileHandle, reader: FileReader): AsyncGenerator<Uint8Array, void> {
  const pieces = filePieces(file, reader);
  const { done, value: first } = await pieces.next();
  if (done === true) return;
  const whole = startingWith(first, pieces);
  if (isGzip(first)) yield* gunzipped(whole, reader);
  else if (isBzip2(first)) yield* bunzipped(whole, reader);
  else yield* whole;
}

async function* filePieces(file: FileHandle, { readBytes, progress }: FileReader): AsyncGenerator<Uint8Array, void> {
  for (let position = 0; ; ) {
    const piece = new Uint8Array(readBytes);
    const { bytesRead } = await file.read(piece, 0, readBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    progress(position);
    yield piece.subarray(0, bytesRead);
  }
}

async function* startingWith(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield first;
  yield* rest;
}

async function* gunzipped(packed: AsyncIterable<Uint8Array>, { readBytes }: FileReader): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: readBytes });
  const source = Readable.from(packed, { objectMode: false });
  source.on("error", (error) => gunzip.destroy(error));
  try {
    for await (const piece of source.pipe(gunzip)) yield piece as Uint8Array;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code?.startsWith("Z_") ? new MrtError(`gzip: ${message}`) : error;
  } finally {
    source.destroy();
  }
}

async function* bunzipped(
  packed: AsyncGenerator<Uint8Array, void>,
  { pause }: FileReader,
): AsyncGenerator<Uint8Array, void> {
  const input = new BitQueue();
  for (const step of bunzip2(input)) {
    if (step === "pause") {
      await pause();
    } else if (step === "input") {
      const { done, value } = await packed.next();
      if (done === true) input.end();
      else input.push(value);
    } else {
      yield step;
    }
  }
}
