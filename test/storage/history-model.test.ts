import fc from "fast-check";
import { expect, test } from "vitest";
import { type CompactionJob, compact } from "../../src/storage/compact.ts";
import { change, dataFolder, historyIn, replay, textAfter, textOf } from "./recorded.ts";

const KEPT = 3;

/** A snapshot begins with `seal`; it gets its name at `compact`, and the history hears of it at `compacted`. */
const deeds = fc.array(fc.constantFrom("commit", "commit", "commit", "seal", "compact", "compacted", "restart"), {
  maxLength: 40,
});

test("whatever comes between commits, snapshots and restarts, the history is that of the commits", () => {
  fc.assert(
    fc.property(deeds, (series) => {
      const folder = dataFolder();
      const started = () => {
        const { history } = historyIn(folder, { commitsKept: KEPT });
        expect(textOf(history.load())).toBe(last === 0 ? undefined : textAfter(last));
        return history;
      };
      let last = 0;
      let history = started();
      let job: CompactionJob | undefined;
      let bytes: number | undefined;
      for (const deed of series) {
        if (deed === "commit") {
          if (last === 0) history.begin(Buffer.from("0"));
          history.append(change(++last));
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
        expect(seen.commits()).toEqual(kept.map((id) => change(id).record));
        for (const id of kept) expect(textOf(seen.configurationAt(id))).toBe(textAfter(id));
      }
      history.close();
    }),
    { numRuns: 60 },
  );
});
