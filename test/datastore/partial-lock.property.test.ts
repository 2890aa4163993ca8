import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Requester } from "../../src/datastore/datastores.ts";
import { RpcError } from "../../src/errors/rpc-error.ts";
import { readXPath, type XPathFilter } from "../../src/yang/xpath-filter.ts";
import { edit } from "./engine-fixture.ts";
import { ServiceFixture } from "./service-fixture.ts";

let fixture: ServiceFixture;
beforeAll(async () => {
  fixture = await ServiceFixture.start([fileURLToPath(new URL("../yang/modules/garden.yang", import.meta.url))]);
});
afterAll(() => fixture.stop());

/** What is set in a garden. */
interface Garden {
  readonly title?: string | undefined;
  readonly shed?: string | undefined;
  readonly beds: Readonly<Record<string, Bed>>;
}
interface Bed {
  readonly note?: string | undefined;
  readonly plants: Readonly<Record<string, string | undefined>>;
}
const EMPTY: Garden = { beds: {} };

/**
 * Each node of running by its path, and what it is: a value of its own, or by default. Two gardens differ where one of
 * these does.
 */
function nodesOf({ title, shed, beds }: Garden): Map<string, string> {
  const nodes = new Map([["/g:garden", "container"]]);
  const leaf = (path: string, value: string | undefined, otherwise: string) =>
    nodes.set(path, value === undefined ? `default ${otherwise}` : `set ${value}`);
  leaf("/g:garden/g:title", title, "unnamed");
  nodes.set("/g:garden/g:shed", "container");
  leaf("/g:garden/g:shed/g:lock", shed, "open");
  for (const [row, { note, plants }] of Object.entries(beds)) {
    const path = bedPath(row);
    nodes.set(path, "entry");
    nodes.set(`${path}/g:row`, row).set(`${path}/g:column`, "a");
    leaf(`${path}/g:note`, note, "none");
    for (const [name, size] of Object.entries(plants)) {
      const plant = plantPath(row, name);
      nodes.set(plant, "entry").set(`${plant}/g:name`, name);
      leaf(`${plant}/g:size`, size, "1");
    }
  }
  return nodes;
}
const bedPath = (row: string) => `/g:garden/g:bed[g:row='${row}'][g:column='a']`;
const plantPath = (row: string, name: string) => `${bedPath(row)}/g:plant[g:name='${name}']`;

/** A whole configuration; plants are always in one order. */
const xmlOf = ({ title, shed, beds }: Garden): string => {
  const optional = (name: string, value: string | undefined) =>
    value === undefined ? "" : `<${name}>${value}</${name}>`;
  const bedXml = ([row, { note, plants }]: [string, Bed]) =>
    `<bed><row>${row}</row><column>a</column>${optional("note", note)}${Object.entries(plants)
      .map(([name, size]) => `<plant><name>${name}</name>${optional("size", size)}</plant>`)
      .join("")}</bed>`;
  return (
    `<garden xmlns="urn:garden">${optional("title", title)}${Object.entries(beds).map(bedXml).join("")}` +
    `${shed === undefined ? "" : `<shed><lock>${shed}</lock></shed>`}</garden>`
  );
};

const isIn = (path: string, root: string) => path === root || path.startsWith(`${root}/`);
const overlap = (a: string, b: string) => isIn(a, b) || isIn(b, a);

interface ModelLock {
  readonly lockId: number;
  readonly session: number;
  nodes: string[];
}

/** RFC 5717, in a few lines and without libyang. */
class Model {
  garden = EMPTY;
  locks: ModelLock[] = [];
  #lastId: number;

  constructor(lastId: number) {
    this.#lastId = lastId;
  }

  /** Says what becomes of a lock on these paths; those in others are protected with them. */
  lock(session: number, paths: readonly string[]): string {
    const present = [...nodesOf(this.garden).keys()].filter((path) => paths.includes(path));
    const nodes = present.filter((path) => !present.some((other) => other !== path && isIn(path, other)));
    if (nodes.length === 0) return "operation-failed no-matches";
    const other = this.locks.find(
      (lock) => lock.session !== session && lock.nodes.some((locked) => nodes.some((path) => overlap(path, locked))),
    );
    if (other !== undefined) return "lock-denied";
    this.locks.push({ lockId: ++this.#lastId, session, nodes });
    return "ok";
  }

  unlock(session: number, lockId: number): string {
    const kept = this.locks.filter((lock) => lock.lockId !== lockId || lock.session !== session);
    if (kept.length === this.locks.length) return "invalid-value";
    this.locks = kept;
    return "ok";
  }

  change(session: number, garden: Garden): string {
    const [before, after] = [nodesOf(this.garden), nodesOf(garden)];
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
      (path) => before.get(path) !== after.get(path),
    );
    const isRefused = this.locks.some(
      (lock) => lock.session !== session && lock.nodes.some((node) => changed.some((path) => isIn(path, node))),
    );
    if (isRefused) return "in-use locked";
    this.garden = garden;
    for (const lock of this.locks) lock.nodes = lock.nodes.filter((path) => after.has(path));
    return "ok";
  }

  end(session: number): void {
    this.locks = this.locks.filter((lock) => lock.session !== session);
  }
}

const ROWS = ["1", "2"];
const PLANTS = ["p", "q"];
const value = fc.constantFrom("x", "y", undefined);
/** Also the default: that makes a difference where a value is set. */
const orDefault = (other: string) => fc.constantFrom("x", other, undefined);
const plants = fc
  .subarray(PLANTS)
  .chain((names) =>
    fc.tuple(...names.map((name) => fc.constantFrom("4", "1", undefined).map((size) => [name, size] as const))),
  )
  .map((entries) => Object.fromEntries(entries));
const bed: fc.Arbitrary<Bed> = fc.record({ note: orDefault("none"), plants });
const garden: fc.Arbitrary<Garden> = fc.record({
  title: value,
  shed: orDefault("open"),
  beds: fc
    .subarray(ROWS)
    .chain((rows) => fc.tuple(...rows.map((row) => bed.map((content) => [row, content] as const))))
    .map((entries) => Object.fromEntries(entries)),
});

const lockable = fc.constantFrom(
  "/g:garden",
  "/g:garden/g:title",
  "/g:garden/g:shed",
  "/g:garden/g:shed/g:lock",
  ...ROWS.flatMap((row) => [
    bedPath(row),
    `${bedPath(row)}/g:note`,
    ...PLANTS.flatMap((name) => [plantPath(row, name), `${plantPath(row, name)}/g:size`]),
  ]),
);

/** Changes one thing: what random gardens would not do often. */
const small = fc.oneof(
  fc.record({ kind: fc.constant("title" as const), value }),
  fc.record({ kind: fc.constant("note" as const), row: fc.constantFrom(...ROWS), value: orDefault("none") }),
  fc.record({ kind: fc.constant("bed" as const), row: fc.constantFrom(...ROWS) }),
);
type Small = typeof small extends fc.Arbitrary<infer T> ? T : never;

const session = fc.constantFrom(1, 2);
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("lock" as const),
      session,
      paths: fc.array(lockable, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("unlock" as const), session, which: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("edit" as const), session, small }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("copy" as const, "commit" as const), session, garden }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const), session }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const by = (sessionId: number): Requester => ({ sessionId, username: "admin", user: undefined });

const xpath = (path: string): XPathFilter => {
  const read = readXPath(path, () => "urn:garden");
  if ("problem" in read) throw new Error(read.problem);
  return read;
};

async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "ok";
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return error.entries.map(({ tag, appTag }) => (appTag === undefined ? tag : `${tag} ${appTag}`)).join();
  }
}

/** The garden, and the `<edit-config>` that leads there. */
function smallEdit(of: Garden, change: Small): { readonly after: Garden; readonly xml: string } {
  const gone = ' nc:operation="remove"';
  const inGarden = (content: string) => `<garden xmlns="urn:garden">${content}</garden>`;
  const leaf = (name: string, content: string | undefined) =>
    content === undefined ? `<${name}${gone}/>` : `<${name}>${content}</${name}>`;
  if (change.kind === "title") {
    return { after: { ...of, title: change.value }, xml: inGarden(leaf("title", change.value)) };
  }
  const { row } = change;
  const { [row]: old = { plants: {} }, ...others } = of.beds;
  if (change.kind === "bed") {
    return {
      after: { ...of, beds: others },
      xml: inGarden(`<bed${gone}><row>${row}</row><column>a</column></bed>`),
    };
  }
  return {
    after: { ...of, beds: { ...others, [row]: { ...old, note: change.value } } },
    xml: inGarden(`<bed><row>${row}</row><column>a</column>${leaf("note", change.value)}</bed>`),
  };
}

async function take(step: Step, model: Model): Promise<readonly [real: string, model: string]> {
  const { service } = fixture;
  const who = by(step.session);
  switch (step.do) {
    case "lock":
      return [await outcome(service.partialLock(who, step.paths.map(xpath))), model.lock(step.session, step.paths)];
    case "unlock": {
      const lockId = model.locks[step.which]?.lockId ?? 0;
      return [await outcome(service.partialUnlock(who, lockId)), model.unlock(step.session, lockId)];
    }
    case "edit": {
      const { after, xml } = smallEdit(model.garden, step.small);
      const real = await outcome(service.edit(who, { ...edit(xml), target: "running" }));
      return [real, model.change(step.session, after)];
    }
    case "copy": {
      const real = await outcome(service.copy(who, { config: edit(xmlOf(step.garden)).config }, "running"));
      return [real, model.change(step.session, step.garden)];
    }
    case "commit": {
      await service.copy(who, { config: edit(xmlOf(step.garden)).config }, "candidate");
      const real = await outcome(service.commit(who, {}));
      await service.discardChanges(who);
      return [real, model.change(step.session, step.garden)];
    }
    case "end":
      await service.sessionEnded(step.session);
      model.end(step.session);
      return ["ok", "ok"];
  }
}

test("two sessions that lock, unlock and change what they like get what a simple model says", async () => {
  let lastId = 0;
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      for (const session of [1, 2]) await fixture.service.sessionEnded(session);
      await fixture.service.copy(by(3), { config: edit(xmlOf(EMPTY)).config }, "running");
      const model = new Model(lastId);
      for (const step of steps) {
        const [real, expected] = await take(step, model);
        expect([step, real]).toEqual([step, expected]);
        seen.set(`${step.do} ${real}`, (seen.get(`${step.do} ${real}`) ?? 0) + 1);
        const held = fixture.service.partialLocks();
        expect(
          held.map(({ lockId, sessionId, nodes }) => [
            lockId,
            sessionId,
            nodes.map(({ identifier }) => identifier.text).sort(),
          ]),
        ).toEqual(model.locks.map(({ lockId, session, nodes }) => [lockId, session, [...nodes].sort()]));
        lastId = Math.max(lastId, ...held.map(({ lockId }) => lockId));
      }
    }),
    { numRuns: 150 },
  );
  // The steps come to everything that there is.
  expect([...seen.keys()].sort()).toEqual([
    "commit in-use locked",
    "commit ok",
    "copy in-use locked",
    "copy ok",
    "edit in-use locked",
    "edit ok",
    "end ok",
    "lock lock-denied",
    "lock ok",
    "lock operation-failed no-matches",
    "unlock invalid-value",
    "unlock ok",
  ]);
}, 120_000);
