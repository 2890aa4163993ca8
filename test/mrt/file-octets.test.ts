import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { MrtError } from "../../src/mrt/codec/mrt-error.ts";
import { fileOctets } from "../../src/mrt/file-octets.ts";

const folder = mkdtempSync(join(tmpdir(), "mrt-octets-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(content: Uint8Array): Promise<{ text: string; progress: number; pauses: number }> {
  const path = join(folder, "file");
  writeFileSync(path, content);
  const file = await open(path);
  const pieces: Uint8Array[] = [];
  let progress = 0;
  let pauses = 0;
  const reader = {
    readBytes: 100,
    progress: (bytes: number) => {
      progress = bytes;
    },
    pause: async () => {
      pauses++;
    },
  };
  try {
    for await (const piece of fileOctets(file, reader)) pieces.push(piece);
  } finally {
    await file.close();
  }
  return { text: Buffer.concat(pieces).toString("latin1"), progress, pauses };
}

const TEXT = "MRT files are packed with bzip2.\n";
const BZIP2 = Buffer.from(
  "QlpoOTFBWSZTWaEYaZUAAARfgAAQQAEQAAACFAA/bFyQIAAihoNGmgyNCgAxGmmjSK5EzFBuQE7Aqiz6rN5nUIgBvi7kinChIUIw0yo=",
  "base64",
);

test("what a file is packed with is told by its beginning", async () => {
  const long = TEXT.repeat(1000);
  expect(await read(Buffer.from(long))).toEqual({ text: long, progress: long.length, pauses: 0 });
  const gzip = gzipSync(long);
  expect(await read(gzip)).toEqual({ text: long, progress: gzip.length, pauses: 0 });
  expect(await read(BZIP2)).toEqual({ text: TEXT, progress: BZIP2.length, pauses: 2 });
  expect(await read(new Uint8Array(0))).toEqual({ text: "", progress: 0, pauses: 0 });
});

test("several gzip members are one file", async () => {
  expect((await read(Buffer.concat([gzipSync("one, "), gzipSync("two")]))).text).toBe("one, two");
});

test("damage is told", async () => {
  const gzip = gzipSync(TEXT.repeat(1000));
  await expect(read(gzip.subarray(0, -1))).rejects.toThrow(new MrtError("gzip: unexpected end of file"));
  const spoiled = Buffer.from(gzip);
  spoiled.writeUInt8(spoiled.readUInt8(spoiled.length - 8) ^ 1, spoiled.length - 8);
  await expect(read(spoiled)).rejects.toThrow(new MrtError("gzip: incorrect data check"));
  await expect(read(BZIP2.subarray(0, -1))).rejects.toThrow(new MrtError("bzip2: the file ends too early"));
});

test("no more is read than is taken", async () => {
  const path = join(folder, "large");
  writeFileSync(path, gzipSync(randomBytes(1_000_000)));
  const file = await open(path);
  let progress = 0;
  const pieces = fileOctets(file, {
    readBytes: 1000,
    pause: async () => {},
    progress: (bytes) => {
      progress = bytes;
    },
  });
  await pieces.next();
  await new Promise((resolve) => setTimeout(resolve, 50));
  // Node's streams read some pieces ahead.
  expect(progress).toBeLessThan(100_000);
  await pieces.return();
  await file.close();
});
