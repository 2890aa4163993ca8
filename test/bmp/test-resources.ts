import { afterEach } from "vitest";
import { TestCollector } from "./collector.ts";
import { EngineFixture } from "./engine-fixture.ts";

/** Collectors and engines that end with the test that made them. */
export function testResources() {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  return {
    collector: async (host?: string): Promise<TestCollector> => {
      const made = await TestCollector.listen(host);
      cleanups.push(() => made.close());
      return made;
    },
    fixture: (...options: ConstructorParameters<typeof EngineFixture>): EngineFixture => {
      const made = new EngineFixture(...options);
      cleanups.push(() => made.stop());
      return made;
    },
  };
}
