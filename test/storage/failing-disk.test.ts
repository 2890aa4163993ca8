import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FileCommitHistory } from "../../src/storage/file-commit-history.ts";

/** A disk that fails after the rename, when the folder is flushed. */
vi.mock("../../src/storage/atomic-file.ts", () => ({
  writeFileAtomically: (path: string, content: Uint8Array) => {
    writeFileSync(path, content);
    throw new Error("EIO: i/o error, fsync");
  },
}));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bmpconfd-history-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a commit that was refused because the disk failed is not the next start's configuration", () => {
  const history = new FileCommitHistory(folder);
  const record = { id: 1, time: "2026-11-22T10:00:00.000Z", username: "admin", sessionId: 7 };
  expect(() => history.append({ record, config: Buffer.from("<a/>") })).toThrow("EIO");
  expect(readdirSync(join(folder, "history"))).toEqual([]);
  expect(new FileCommitHistory(folder).latest()).toBeUndefined();
});
