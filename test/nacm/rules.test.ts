import { describe, expect, test } from "vitest";
import type { AccessUser } from "../../src/nacm/config.ts";
import { DataAccess } from "../../src/nacm/data-access.ts";
import { type PlainConfig, RulePathError, readNacmConfig } from "../../src/nacm/read-config.ts";
import { parseRulePath, USER } from "../../src/nacm/rule-path.ts";
import { UserRules } from "../../src/nacm/user-rules.ts";
import { nodesBelow, schemaView } from "./small-schema.ts";

const user = (...externalGroups: string[]): AccessUser => ({ name: "ann", externalGroups, isRecovery: false });
const list = (name: string, group: string[], ...rule: PlainConfig[]): PlainConfig => ({ name, group, rule });
const rulesOf = (nacm: PlainConfig, who: AccessUser, groups: PlainConfig[] = []) =>
  new UserRules(readNacmConfig(nacm, groups), who);
const base = (name: string) => ({ module: "ietf-netconf", name });
const nodeAt = (name: string) => {
  const found = [...nodesBelow()].find((node) => node.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

describe("without any configuration", () => {
  test.each([
    ["admin", "commit", true],
    ["admin", "kill-session", true],
    ["admin", "delete-config", true],
    ["monitor", "get", true],
    ["monitor", "get-config", true],
    ["monitor", "validate", true],
    ["monitor", "close-session", true],
    ["monitor", "commit", false],
    ["monitor", "lock", false],
    ["monitor", "kill-session", false],
    ["other", "commit", true],
    ["other", "delete-config", false],
  ])("a user of group %s may use %s: %s", (group, operation, isPermitted) => {
    expect(rulesOf({}, user(group)).operation(base(operation)).isPermitted).toBe(isPermitted);
  });

  test.each([
    ["admin", "gold", "permitted", "permitted"],
    ["monitor", "name", "permitted", "denied"],
    ["monitor", "gold", "denied", "denied"],
    ["other", "name", "permitted", "denied"],
    ["other", "gold", "denied", "denied"],
  ])("a user of group %s, data %s: read %s, write %s", (group, name, read, write) => {
    const access = new DataAccess(rulesOf({}, user(group)), schemaView);
    expect([access.extentBelow(nodeAt(name), "read"), access.extentBelow(nodeAt(name), "update")]).toEqual([
      read,
      write,
    ]);
  });
});

describe("the reason of a decision names what has decided", () => {
  const nacm = {
    "exec-default": "deny",
    "rule-list": [
      list(
        "night",
        ["*"],
        { name: "no-commit", "rpc-name": "commit", "access-operations": "exec", action: "deny" },
        { name: "gold", path: "/house:house/safe/gold", "access-operations": "read update", action: "permit" },
      ),
    ],
  };
  const rules = rulesOf(nacm, user("staff"));
  const access = new DataAccess(rules, schemaView);
  const none = () => undefined;

  test.each([
    ["commit", 'rule "night/no-commit" denies it'],
    ["get", 'no rule is about it, and exec-default is "deny"'],
    ["kill-session", "no rule is about it, and this operation needs a rule that permits it"],
    ["close-session", "nothing denies it"],
  ])("%s: %s", (operation, reason) => {
    expect(rules.operation(base(operation)).reason).toBe(reason);
  });

  test.each([
    ["gold", "update", 'rule "night/gold" permits it'],
    ["gold", "delete", "no rule is about it, and the YANG module marks it as default-deny-all"],
    ["plant", "create", "no rule is about it, and the YANG module marks it as default-deny-write"],
    ["name", "create", 'no rule is about it, and write-default is "deny"'],
  ] as const)("%s, %s: %s", (name, operation, reason) => {
    expect(access.decide(nodeAt(name), operation, none).reason).toBe(reason);
  });

  test.each([
    ["kill-session", "this operation needs a rule that permits it"],
    ["get", 'exec-default is "deny"'],
  ])("%s, by a user who is in no group", (operation, reason) => {
    const alone = rulesOf({ "exec-default": "deny" }, user());
    expect(alone.operation(base(operation)).reason).toBe(`the user is in no group of /nacm/groups, and ${reason}`);
  });

  test("data, to a user who is in no group", () => {
    const alone = new DataAccess(rulesOf(nacm, user()), schemaView);
    expect(alone.decide(nodeAt("name"), "create", none).reason).toBe(
      'the user is in no group of /nacm/groups, and write-default is "deny"',
    );
    expect(alone.decide(nodeAt("gold"), "create", none).reason).toBe(
      "the user is in no group of /nacm/groups, and the YANG module marks it as default-deny-all",
    );
  });

  test("an operation that its module denies by default", () => {
    expect(rules.operation({ module: "house", name: "burn", isDenyAll: true }).reason).toBe(
      "no rule is about it, and the YANG module marks it as default-deny-all",
    );
  });
});

describe("groups", () => {
  const nacm = { "rule-list": [list("l", ["staff"], { name: "r", "rpc-name": "get", action: "deny" })] };
  const mayGet = (config: PlainConfig, who: AccessUser, groups: PlainConfig[] = []) =>
    rulesOf(config, who, groups).operation(base("get")).isPermitted;

  test("a configured group has the users that it names", () => {
    expect(mayGet(nacm, user(), [{ name: "staff", "user-name": ["bob", "ann"] }])).toBe(false);
    expect(mayGet(nacm, user(), [{ name: "staff", "user-name": ["bob"] }])).toBe(true);
    expect(mayGet(nacm, user(), [{ name: "staff" }])).toBe(true);
  });

  test("external groups count, unless enable-external-groups says no", () => {
    expect(mayGet(nacm, user("staff"))).toBe(false);
    expect(mayGet({ ...nacm, "enable-external-groups": "false" }, user("staff"))).toBe(true);
  });

  test('"*" is not for a user who is in no group (section 3.4.4 step 5)', () => {
    const all = { "rule-list": [list("l", ["*"], { name: "r", action: "deny" })] };
    expect([mayGet(all, user("x")), mayGet(all, user())]).toEqual([false, true]);
  });

  test("configured rules come before the built-in ones", () => {
    const strict = { "rule-list": [list("l", ["admin"], { name: "r", "rpc-name": "get", action: "deny" })] };
    expect([mayGet(strict, user("admin")), mayGet({}, user("admin"))]).toEqual([false, true]);
  });
});

test("nothing is asked of a recovery session, nor of anybody when NACM is off", () => {
  const deny = { "exec-default": "deny", "read-default": "deny" };
  const recovery = { ...user(), isRecovery: true };
  expect(rulesOf(deny, recovery).operation(base("kill-session")).isPermitted).toBe(true);
  expect(rulesOf({ ...deny, "enable-nacm": "false" }, user()).operation(base("kill-session")).isPermitted).toBe(true);
  expect(new DataAccess(rulesOf(deny, recovery), schemaView).extentBelow(nodeAt("house"), "delete")).toBe("permitted");
});

describe("a rule's path", () => {
  test.each([
    ["/", []],
    ["/m:a", [{ module: "m", name: "a", keys: [] }]],
    [
      "/m:a/b[k='x']/n:c",
      [
        { module: "m", name: "a", keys: [] },
        { module: "m", name: "b", keys: [{ key: "k", value: "x" }] },
        { module: "n", name: "c", keys: [] },
      ],
    ],
    [
      `/m:a[k="it's"][m:l='/]['][.=$USER]`,
      [
        {
          module: "m",
          name: "a",
          keys: [
            { key: "k", value: "it's" },
            { key: "l", value: "/][" },
            { key: ".", value: USER },
          ],
        },
      ],
    ],
    ["", undefined],
    ["a", undefined],
    ["/a", undefined],
    ["/m:a[1]", undefined],
    ["/m:a[k='x' and l='y']", undefined],
    ["/m:a/", undefined],
  ])("%s", (text, steps) => {
    expect(parseRulePath(text)).toEqual(steps);
  });

  test("that cannot be matched is refused, and names the rule", () => {
    const nacm = { "rule-list": [list("l", ["*"], { name: "r", path: "/m:a[1]", action: "deny" })] };
    expect(() => readNacmConfig(nacm)).toThrow(RulePathError);
    expect(() => readNacmConfig(nacm)).toThrow(
      'Rule "l/r": the path /m:a[1] names entries by something else than keys. Name them by keys, or all.',
    );
  });
});
