import { expect, test } from "vitest";
import { toMrtFeedConfig } from "../../src/plane/unit-config.ts";

const UNIT = { name: "lab", file: "rib.gz", enabled: "true", "replay-speed": "1.0", repeat: "false" };

test("an MRT feed", () => {
  const feed = { name: "lab", file: "rib.gz", enabled: true, replaySpeed: 1, repeat: false, peers: [] };
  expect(toMrtFeedConfig(UNIT)).toEqual(feed);
  const other = { ...UNIT, "replay-speed": "0.25", repeat: "true", peer: ["192.0.2.1", "2001:db8::1"] };
  expect(toMrtFeedConfig(other)).toEqual({
    ...feed,
    replaySpeed: 0.25,
    repeat: true,
    peers: ["192.0.2.1", "2001:db8::1"],
  });
  expect(toMrtFeedConfig({ ...UNIT, "replay-speed": "maximum" }).replaySpeed).toBe(Number.POSITIVE_INFINITY);
});
