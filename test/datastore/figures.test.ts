import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bmp, edit } from "./engine-fixture.ts";
import { one, ServiceFixture } from "./service-fixture.ts";

test("the datastores tell of the newest commit, of memory, of their thread, and of bytes on disk", async () => {
  const fixture = await ServiceFixture.start();
  const { service, folder } = fixture;
  const before = await service.figures();
  expect(before.newest).toBe(undefined);
  expect(before.storedBytes).toEqual({ snapshot: 0, changes: 0, startup: 0 });
  await service.edit(one, { target: "candidate", ...edit(bmp("<system-name>a</system-name>")) });
  await service.commit(one, {});
  await service.copy(one, "running", "startup");
  const { newest, memoryBytes, storedBytes, thread } = await service.figures();
  expect(newest).toMatchObject({ id: 1, username: "admin" });
  expect(storedBytes).toEqual({
    snapshot: statSync(join(folder, "history/000000000.snapshot")).size,
    changes: statSync(join(folder, "history/000000000.log")).size,
    startup: statSync(join(folder, "startup.xml")).size,
  });
  expect(memoryBytes).toBeGreaterThan(1024 * 1024);
  expect(memoryBytes % 65_536).toBe(0);
  expect(thread.heapBytes).toBeGreaterThan(1024 * 1024);
  expect(thread.lag.max).toBeGreaterThanOrEqual(thread.lag.mean);
  await fixture.restart();
  expect((await fixture.service.figures()).storedBytes).toEqual(storedBytes);
  await fixture.stop();
});
