import fc from "fast-check";
import { expect, test } from "vitest";
import type { RecordedChange } from "../../src/datastore/commit-history.ts";
import { type CompactionJob, compact } from "../../src/storage/compact.ts";
import { change, dataFolder, historyIn, replay, textAfter, textOf, unconfirmedChange } from "./recorded.ts";

const KEPT = 3;

/** An `unconfirmed` commit may have to be gone back from, until another one follows. A snapshot begins with `seal`; it gets its name at `compact`, and the history hears of it at `compacted`. */
const deeds = fc.array(
  fc.constantFrom("commit", "unconfirmed", "unconfirmed", "unconfirmed", "seal", "compact", "compacted", "restart"),
  { maxLength: 40 },
);

test("whatever comes between commits, snapshots and restarts, the history is that of the commits", () => {
  fc.assert(
    fc.property(deeds, (series) => {
      const folder = dataFolder();
      const started = () => {
        const { history } = historyIn(folder, { commitsKept: KEPT });
        const found = history.load();
        expect(textOf(found)).toBe(last === 0 ? undefined : textAfter(last));
        expect(found?.newest).toEqual(made.at(-1)?.record);
        return history;
      };
      const made: RecordedChange[] = [];
      let last = 0;
      let revertTo: number | undefined;
      let history = started();
      let job: CompactionJob | undefined;
      let bytes: number | undefined;
      for (const deed of series) {
        if (deed === "commit" || deed === "unconfirmed") {
          if (last === 0) history.begin(Buffer.from("0"));
          revertTo = deed === "commit" ? undefined : (revertTo ?? last);
          last++;
          made.push(revertTo === undefined ? change(last) : unconfirmedChange(last, revertTo));
          history.append(made[last - 1] as RecordedChange);
        } else if (deed === "seal" && job === undefined && last > 0) {
          job = history.seal();
        } else if (deed === "compact" && job !== undefined) {
          bytes = compact(job, replay);
        } else if (deed === "compacted" && job !== undefined && bytes !== undefined) {
          history.compacted(job, bytes);
          job = bytes = undefined;
        } else if (deed === "restart") {
          history.close();
          history = started();
          job = bytes = undefined;
        }
      }
      const kept = Array.from({ length: Math.min(KEPT, last) }, (_, n) => last - n);
      for (const seen of [history, started()]) {
        expect(seen.commits()).toEqual(kept.map((id) => made[id - 1]?.record));
        for (const id of revertTo === undefined ? kept : [...kept, revertTo])
          expect(textOf(seen.configurationAt(id))).toBe(textAfter(id));
      }
      history.close();
    }),
    { numRuns: 100 },
  );
});
