/** Logs events without end, and says the number of each: `node logging-process.mjs FOLDER`. */
import { writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { FileEventLog } from "../../dist/storage/file-event-log.js";

const log = (level, message, fields) => {
  if (level === "error") throw new Error(message, { cause: fields });
};
const events = new FileEventLog({ dataFolder: process.argv[2], log, limits: { eventSegmentBytes: 4000 } });
for (;;) {
  const sequence = events.next;
  events.append({ sequence, timeMs: Date.now(), message: Buffer.from(`<a>${sequence}</a>`) });
  writeSync(1, `${sequence}\n`);
  await setImmediate();
}
