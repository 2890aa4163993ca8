import fc from "fast-check";
import { expect, test } from "vitest";
import type { CommitRequest, ConfirmedRequest, Requester } from "../../src/datastore/datastores.ts";
import { RpcError } from "../../src/errors/rpc-error.ts";
import { ServiceFixture } from "./service-fixture.ts";

/** A token as it is sent; "right" = whichever what waits was given, or none. */
type Token = "right" | "a" | "b" | undefined;
const sessionId = fc.constantFrom(1, 1, 1, 2);
const token = fc.constantFrom<Token>("right", "right", "right", "right", "a", "b", undefined);
const confirmed = fc.record({
  timeoutS: fc.constantFrom(5, 20, 60),
  persist: fc.constantFrom(undefined, undefined, "a", "b"),
});

type Deed =
  | { readonly do: "edit" | "change" | "lock" | "end"; readonly sessionId: number }
  | {
      readonly do: "commit";
      readonly sessionId: number;
      readonly token: Token;
      readonly confirmed: ConfirmedRequest | undefined;
    }
  | { readonly do: "cancel"; readonly sessionId: number; readonly token: Token }
  | { readonly do: "load"; readonly sessionId: number; readonly back: number }
  | { readonly do: "wait" | "kill" | "reboot"; readonly seconds: number };

const seconds = fc.constantFrom(0, 1, 5, 30);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("edit" as const), sessionId }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("commit" as const), sessionId, token, confirmed }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("commit" as const), sessionId, token, confirmed: fc.constant(undefined) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cancel" as const), sessionId, token }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("change" as const, "lock" as const), sessionId }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("load" as const), sessionId, back: fc.nat({ max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("end" as const), sessionId }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), seconds }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("kill" as const, "reboot" as const), seconds }) },
);

interface Pending {
  readonly before: string;
  readonly owner: number;
  readonly persist: string | undefined;
  readonly untilS: number;
}

/** What RFC 6241 section 8.4 says, in a few lines. Each method returns "ok" or the error-tag. */
class Model {
  nowS = 0;
  running = "";
  /** Undefined = the candidate is what running is. */
  draft: string | undefined;
  pending: Pending | undefined;
  /** Running after each commit, and before the first one. */
  readonly history = [""];

  get candidate(): string {
    return this.draft ?? this.running;
  }

  commit(owner: number, { confirmed, persistId: token }: CommitRequest): string {
    const refusal = this.#refusal(owner, token);
    if (refusal !== undefined) return refusal;
    const { pending, candidate } = this;
    if (confirmed !== undefined || pending !== undefined || candidate !== this.running) this.#record(candidate);
    this.draft = undefined;
    this.pending = confirmed && {
      before: pending?.before ?? this.running,
      owner,
      persist: confirmed.persist ?? pending?.persist,
      untilS: this.nowS + confirmed.timeoutS,
    };
    this.running = candidate;
    return "ok";
  }

  cancel(owner: number, token: string | undefined): string {
    const refusal = this.#refusal(owner, token);
    if (refusal !== undefined) return refusal;
    if (this.pending === undefined) return "operation-failed";
    this.#undo();
    return "ok";
  }

  change(owner: number, name: string): string {
    if (this.pending !== undefined && this.pending.owner !== owner) return "in-use";
    this.#record(name);
    this.running = name;
    return "ok";
  }

  lock(owner: number): string {
    return this.pending === undefined || this.pending.owner === owner ? "ok" : "lock-denied";
  }

  end(owner: number): string {
    if (this.pending?.owner !== owner) return "ok";
    if (this.pending.persist === undefined) this.#undo();
    else this.pending = { ...this.pending, owner: 0 };
    return "ok";
  }

  wait(forS: number): string {
    this.nowS += forS;
    if (this.pending !== undefined && this.pending.untilS <= this.nowS) this.#undo();
    return "ok";
  }

  restart(isReboot: boolean, forS: number): string {
    if (this.pending !== undefined) {
      if (isReboot || this.pending.persist === undefined) this.#undo();
      else this.pending = { ...this.pending, owner: 0 };
    }
    this.draft = undefined;
    return this.wait(forS);
  }

  #refusal(owner: number, token: string | undefined): string | undefined {
    if (token !== this.pending?.persist) return "invalid-value";
    if (this.pending !== undefined && token === undefined && this.pending.owner !== owner) return "in-use";
    return undefined;
  }

  #undo(): void {
    this.running = this.pending?.before ?? "";
    this.pending = undefined;
    this.#record(this.running);
  }

  #record(name: string): void {
    this.history.push(name);
  }
}

const sent = ({ pending }: Model, token: Token): string | undefined => (token === "right" ? pending?.persist : token);

const by = (id: number): Requester => ({ sessionId: id, username: `user-${id}`, user: undefined });

async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "ok";
  } catch (error) {
    if (error instanceof RpcError) return error.entries[0]?.tag ?? "";
    throw error;
  }
}

/** Does it in both, and returns what each came to. `name` was used for nothing yet. */
async function carryOut(model: Model, fixture: ServiceFixture, what: Deed, name: string): Promise<[string, string]> {
  const { service } = fixture;
  switch (what.do) {
    case "edit":
      model.draft = name;
      return ["ok", await outcome(fixture.setName(by(what.sessionId), name))];
    case "change":
      return [model.change(what.sessionId, name), await outcome(fixture.setName(by(what.sessionId), name, "running"))];
    case "commit": {
      const request: CommitRequest = { confirmed: what.confirmed, persistId: sent(model, what.token) };
      const expected = model.commit(what.sessionId, request);
      return [expected, await outcome(service.commit(by(what.sessionId), request))];
    }
    case "cancel": {
      const persistId = sent(model, what.token);
      const expected = model.cancel(what.sessionId, persistId);
      return [expected, await outcome(service.cancelCommit(by(what.sessionId), persistId))];
    }
    case "lock": {
      const got = await outcome(service.lock(by(what.sessionId), "running"));
      if (got === "ok") await service.unlock(by(what.sessionId), "running");
      return [model.lock(what.sessionId), got];
    }
    case "load": {
      const id = model.history.length - 1 - what.back;
      if (id < 1) return ["ok", "ok"];
      const loaded = model.history[id] as string;
      model.draft = loaded === model.running ? undefined : loaded;
      return ["ok", await outcome(service.loadCommit(by(what.sessionId), id))];
    }
    case "end":
      return [model.end(what.sessionId), await outcome(service.sessionEnded(what.sessionId))];
    case "wait":
      await fixture.advance(what.seconds);
      return [model.wait(what.seconds), "ok"];
    case "kill":
    case "reboot":
      fixture.clock.forget();
      fixture.clock.advance(what.seconds * 1000);
      if (what.do === "reboot") fixture.bootId += "+";
      await fixture.restart();
      return [model.restart(what.do === "reboot", what.seconds), "ok"];
  }
}

test("whatever is committed, confirmed, cancelled, waited for or killed, running is what the RFC says", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 10, maxLength: 30 }), async (deeds) => {
      const model = new Model();
      const fixture = await ServiceFixture.start();
      try {
        for (const [index, what] of deeds.entries()) {
          // With no difference left, it is open whether the candidate keeps its content when running is changed.
          const isOpen = model.draft === model.running;
          const [expected, got] = await carryOut(model, fixture, what, `name-${index}`);
          expect(got, `deed ${index}`).toBe(expected);
          const candidate = await fixture.nameIn("candidate");
          if (isOpen && candidate === model.running) model.draft = undefined;
          expect([await fixture.nameIn(), candidate], `after deed ${index}`).toEqual([model.running, model.candidate]);
          expect(await fixture.service.commitId()).toBe(model.history.length - 1);
        }
        await fixture.restart();
        model.restart(false, 0);
        expect(await fixture.nameIn()).toBe(model.running);
      } finally {
        await fixture.stop();
      }
    }),
    { numRuns: 30 },
  );
}, 120_000);
