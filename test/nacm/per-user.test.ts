import { expect, test } from "vitest";
import type { AccessUser } from "../../src/nacm/config.ts";
import { nacmLimits } from "../../src/nacm/limits.ts";
import { PerUser } from "../../src/nacm/per-user.ts";

const user = (name: string, group = "staff"): AccessUser => ({ name, externalGroups: [group], isRecovery: false });

test("is made once for a user, and for each group that one comes with", () => {
  const made: string[] = [];
  const users = new PerUser(({ name, externalGroups }) => made.push(`${name} ${externalGroups.join()}`));
  for (const who of [user("a"), user("b"), user("a"), user("a", "admin"), user("b")]) users.of(who);
  expect(made).toEqual(["a staff", "b staff", "a admin"]);
});

test("is kept for so many users only", () => {
  let made = 0;
  const users = new PerUser(() => ++made);
  for (let index = 0; index < nacmLimits.usersKept; index++) users.of(user(`u${index}`));
  users.of(user("u0"));
  expect(made).toBe(nacmLimits.usersKept);
  users.of(user("one more"));
  users.of(user("u0"));
  expect(made).toBe(nacmLimits.usersKept + 2);
});
