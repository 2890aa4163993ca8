import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DamagedFileError } from "../../src/storage/damaged-file-error.ts";
import { encodeRecord } from "../../src/storage/record.ts";
import { change, compactNow, dataFolder, grown, historyIn, textAfter, textOf } from "./recorded.ts";

/** Commits 1 and 2 in log 0, 3 and 4 in log 2, after which no snapshot was made. */
function twoLogs(folder: string): void {
  const history = grown(folder, 2);
  history.seal();
  history.append(change(3));
  history.append(change(4));
}

/** The same with snapshot 2. */
function twoSegments(folder: string): void {
  const history = grown(folder, 2);
  compactNow(history);
  history.append(change(3));
  history.append(change(4));
}

const edit = (path: string, how: (text: string) => string): void =>
  writeFileSync(path, how(readFileSync(path, "utf8")));
/** Bytes of each record of theirs, and of snapshot 2. */
const recordBytes = encodeRecord(change(1).record, change(1).change).length;
const snapshotBytes = encodeRecord(change(2).record, Buffer.from(textAfter(2)), "s").length;

test.each<[string, (folder: string) => void, string, (path: string) => void, number | string, string, number]>([
  [
    "a record",
    twoLogs,
    "0.log",
    (path: string) => edit(path, (text) => text.replace("<a>2", "<a>9")),
    recordBytes,
    "the checksum of commit 2 does not match",
    1,
  ],
  [
    "a record",
    twoLogs,
    "2.log",
    (path: string) => edit(path, (text) => text.replace("<a>4", "<a>9")),
    recordBytes,
    "the checksum of commit 4 does not match",
    3,
  ],
  [
    "the first record",
    twoLogs,
    "0.log",
    (path: string) => edit(path, (text) => text.replace("admin", "other")),
    0,
    "the header line of a record is not as it was written",
    0,
  ],
  [
    "a log that was cut, with one after it",
    twoLogs,
    "0.log",
    (path: string) => truncateSync(path, recordBytes + 9),
    recordBytes,
    "the header line of a record is not complete",
    1,
  ],
  [
    "a log that lost a commit, with one after it",
    twoLogs,
    "0.log",
    (path: string) => truncateSync(path, recordBytes),
    "2.log",
    "it goes on from commit 2, but the log before it ends with commit 1",
    1,
  ],
  ["a log that is missing, with one after it", twoLogs, "0.log", rmSync, 0, "it is missing", 0],
  ["a log that is missing", twoSegments, "2.log", rmSync, 0, "it is missing", 2],
  [
    "a log with more than its commits",
    twoSegments,
    "2.log",
    (path: string) => appendFileSync(path, "<!-- by hand -->"),
    2 * recordBytes,
    "there is something that is no record",
    4,
  ],
])(
  "%s is damaged: told with file, place and what to do, and doing that helps",
  (_, make, name, damage, at, what, left) => {
    const folder = dataFolder();
    make(folder);
    const path = join(folder, `history/00000000${name}`);
    damage(path);
    const told = typeof at === "string" ? join(folder, `history/00000000${at}`) : path;
    const error = failureOf(() => historyIn(folder).history.load());
    expect(error).toBeInstanceOf(DamagedFileError);
    expect(error.message).toContain(`${told} is damaged at byte ${typeof at === "string" ? 0 : at}: ${what}. `);
    expect(error.message).toContain("Restore the folder from a backup; or, to go on with ");
    const command = error.message.slice(error.message.lastIndexOf(" after it: ") + " after it: ".length);
    execFileSync("sh", ["-c", command]);
    expect(textOf(historyIn(folder).history.load())).toBe(left === 0 ? undefined : textAfter(left));
  },
);

test.each<[string, (path: string) => void, string]>([
  [
    "a flipped byte",
    (path: string) => edit(path, (text) => text.replace("0<a>", "1<a>")),
    "at byte 0: the checksum of commit 2 does not match",
  ],
  ["a missing end", (path: string) => truncateSync(path, snapshotBytes - 3), "at byte 0: commit 2 has 15 of 18 bytes"],
  [
    "an end too many",
    (path: string) => appendFileSync(path, "<!-- -->"),
    `at byte ${snapshotBytes}: something follows the configuration`,
  ],
  ["no content", (path: string) => truncateSync(path, 0), "at byte 0: the header line of a record is not complete"],
  [
    "another snapshot's content",
    (path: string) => writeFileSync(path, readFileSync(path.replace("2.snap", "0.snap"))),
    "at byte 0: it holds commit 0",
  ],
])("a snapshot with %s is told, and older files make up for it where they can", (_, damage, what) => {
  const folder = dataFolder();
  twoSegments(folder);
  const path = join(folder, "history/000000002.snapshot");
  damage(path);
  const { message } = failureOf(() => historyIn(folder).history.load());
  const older = path.replace("2.snap", "0.snap");
  expect(message).toContain(`${path} is damaged ${what}.`);
  expect(message).toContain(`Remove it: the same is then put together from ${older} and the commits after that.`);
  rmSync(older);
  expect(failureOf(() => historyIn(folder).history.load()).message).toMatch(/Restore the folder from a backup\.$/);
});

test("a damaged snapshot is no loss once it is removed, as long as older files lead to it", () => {
  const folder = dataFolder();
  twoSegments(folder);
  rmSync(join(folder, "history/000000002.snapshot"));
  expect(textOf(historyIn(folder).history.load())).toBe(textAfter(4));
});

test("commits that go on from a snapshot that is not there are told", () => {
  const folder = dataFolder();
  grown(folder, 2);
  const path = join(folder, "history/000000000.snapshot");
  rmSync(path);
  expect(failureOf(() => historyIn(folder).history.load()).message).toContain(
    `${path} is damaged at byte 0: it is missing`,
  );
});

test("damage before the newest snapshot leaves running alone, and is told to those who ask for the history", () => {
  const folder = dataFolder();
  twoSegments(folder);
  edit(join(folder, "history/000000000.log"), (text) => text.replace("<a>1", "<a>9"));
  const { history } = historyIn(folder);
  expect(textOf(history.load())).toBe(textAfter(4));
  expect(textOf(history.configurationAt(3))).toBe(textAfter(3));
  for (const ask of [() => history.commits(), () => history.configurationAt(1)]) {
    const { message } = failureOf(ask);
    expect(message).toContain("Running does not depend on it, only the history before commit 2 does.");
    expect(message).not.toContain("truncate");
  }
});

test("a path is quoted for the shell", () => {
  const folder = join(dataFolder(), "it's here");
  grown(folder, 2);
  edit(join(folder, "history/000000000.log"), (text) => text.replace("<a>2", "<a>9"));
  const { message } = failureOf(() => historyIn(folder).history.load());
  execFileSync("sh", ["-c", message.slice(message.lastIndexOf("truncate"))]);
  expect(textOf(historyIn(folder).history.load())).toBe(textAfter(1));
});

function failureOf(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown");
}
