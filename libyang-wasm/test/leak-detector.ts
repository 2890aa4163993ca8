import { afterAll, beforeEach, expect } from "vitest";
import { Libyang } from "../src/index.ts";

/**
 * Loaded before each test file (vitest.config.ts). Whatever a test makes is disposed when it ends: contexts, trees, detached
 * nodes, writers. What a file makes for all its tests is disposed when the file ends, and then no block is allocated
 * that was not there when the instance started.
 */
interface Watched {
  readonly libyang: Libyang;
  readonly allocationsAtStart: number;
}

const watched: Watched[] = [];
const instantiate = Libyang.instantiate.bind(Libyang);

Libyang.instantiate = (...options) => {
  const libyang = instantiate(...options);
  watched.push({ libyang, allocationsAtStart: allocationsWhenIdle(libyang) });
  return libyang;
};

/** With the table of handles, which stays once the first handle was given out. */
function allocationsWhenIdle(libyang: Libyang): number {
  using context = libyang.createContext();
  using library = context.yangLibrary("");
  library.first();
  library.dispose();
  context.dispose();
  return libyang.liveAllocations;
}

const living = (): Watched[] => watched.filter(({ libyang }) => !libyang.isDead);

beforeEach(({ onTestFinished }) => {
  const before = living().map(({ libyang }) => [libyang, libyang.liveContexts, libyang.liveOwners] as const);
  // Registered first, this runs last: after what the test itself disposes of in the end.
  onTestFinished(() => {
    const countsBefore = new Map(before.map(([libyang, contexts, owners]) => [libyang, { contexts, owners }]));
    for (const { libyang } of living()) {
      const { contexts = 0, owners = 0 } = countsBefore.get(libyang) ?? {};
      expect.soft(libyang.liveContexts, "contexts not disposed").toBe(contexts);
      expect.soft(libyang.liveOwners, "trees, detached nodes or writers not disposed").toBe(owners);
    }
  });
});

afterAll(() => {
  for (const { libyang, allocationsAtStart } of living()) {
    expect(libyang.liveContexts, "contexts not disposed at the end of the file").toBe(0);
    expect(libyang.liveAllocations, "blocks not freed at the end of the file").toBe(allocationsAtStart);
  }
});
