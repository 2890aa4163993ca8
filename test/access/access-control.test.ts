import { expect, test } from "vitest";
import { AccessControl } from "../../src/access/access-control.ts";
import { accessUser } from "../../src/access/access-user.ts";
import type { ConfigChange, ConfigObject } from "../../src/datastore/subscriber.ts";
import { nacmPaths } from "../../src/nacm/nacm-units.ts";

const ann = accessUser("ann", "staff");
const commit = { module: "ietf-netconf", name: "commit" };
const rule = (fields: ConfigObject): ConfigObject => ({
  name: "r",
  "module-name": "*",
  "access-operations": "*",
  ...fields,
});
const nacm = (...rules: ConfigObject[]): ConfigChange => [
  {
    path: nacmPaths.nacm,
    keys: [],
    after: { "exec-default": "permit", "rule-list": [{ name: "l", group: ["staff"], rule: rules }] },
  },
];
const NO_COMMIT = nacm(rule({ "rpc-name": "commit", action: "deny" }));
const group = (name: string, after: ConfigObject | undefined): ConfigChange => [
  { path: nacmPaths.group, keys: [name], after },
];
const mayCommit = (access: AccessControl, user = ann) => access.operation(user, commit).isPermitted;

test("a change counts when it is applied, not before, and not when it is aborted", async () => {
  const access = new AccessControl();
  const first = await access.prepare(NO_COMMIT);
  expect(mayCommit(access)).toBe(true);
  first.abort();
  expect(mayCommit(access)).toBe(true);
  (await access.prepare(NO_COMMIT)).apply();
  expect(mayCommit(access)).toBe(false);
  (await access.prepare([{ path: nacmPaths.nacm, keys: [], after: undefined }])).apply();
  expect(mayCommit(access)).toBe(true);
});

test("what was committed before the start is taken in parts", () => {
  const access = new AccessControl();
  access.adopt(group("night", { name: "night", "user-name": ["bob"] }));
  access.adopt([
    {
      path: nacmPaths.nacm,
      keys: [],
      after: { "rule-list": [{ name: "l", group: ["night"], rule: [rule({ "rpc-name": "commit", action: "deny" })] }] },
    },
  ]);
  const bob = accessUser("bob", "staff");
  expect([mayCommit(access), mayCommit(access, bob)]).toEqual([true, false]);
  access.adopt(group("night", undefined));
  expect(mayCommit(access, bob)).toBe(true);
});

test("a rule that could never match as it is meant refuses the commit", async () => {
  const access = new AccessControl();
  await expect(access.prepare(nacm(rule({ path: "/m:a[3]", action: "deny" })))).rejects.toMatchObject({
    entries: [
      {
        type: "application",
        tag: "invalid-value",
        message: 'Rule "l/r": the path /m:a[3] names entries by something else than keys. Name them by keys, or all.',
      },
    ],
  });
});

test("users of the group recovery are asked nothing", () => {
  const access = new AccessControl();
  access.adopt(nacm(rule({ action: "deny" })));
  expect([mayCommit(access), mayCommit(access, accessUser("root", "recovery"))]).toEqual([false, true]);
});

test("a user without a group of the data directory is in those of /nacm/groups only", () => {
  const access = new AccessControl();
  const kim = accessUser("kim", undefined);
  const kill = { module: "ietf-netconf", name: "kill-session" };
  expect(access.operation(kim, kill)).toEqual({
    isPermitted: false,
    reason: "the user is in no group of /nacm/groups, and this operation needs a rule that permits it",
  });
  access.adopt(group("admin", { name: "admin", "user-name": ["kim"] }));
  expect(access.operation(kim, kill).isPermitted).toBe(true);
});

test("a user of the data directory whose group does not count is told so", () => {
  const access = new AccessControl();
  access.adopt([{ path: "/ietf-netconf-acm:nacm", keys: [], after: { "enable-external-groups": "false" } }]);
  expect(access.operation(accessUser("ann", "admin"), { module: "ietf-netconf", name: "kill-session" })).toEqual({
    isPermitted: false,
    reason:
      'the user is in no group of /nacm/groups, enable-external-groups is "false", ' +
      "and this operation needs a rule that permits it",
  });
});

test("what is denied is counted, and told to those who ask for it", async () => {
  const access = new AccessControl();
  access.adopt(nacm(rule({ "access-operations": "exec read", action: "deny" })));
  access.operation(ann, commit);
  access.operation(ann, { module: "ietf-netconf", name: "close-session" });
  access.operation(ann, { module: "ietf-netconf", name: "lock" });
  access.writeDenied();
  const top = { parent: undefined, isNotification: true, isDenyAll: false, children: [] };
  const flood = { node: { ...top, module: "m", namespace: "urn:m", name: "flood" }, keys: () => undefined };
  expect(access.notification(ann, flood).isPermitted).toBe(false);
  expect(access.notification(accessUser("a", "admin"), flood).isPermitted).toBe(true);
  expect(await access.state()).toEqual([
    '{"ietf-netconf-acm:nacm":{"denied-operations":2,"denied-data-writes":1,"denied-notifications":1}}',
  ]);
  const filter = (name: string, namespace?: string) => [
    { name, attributes: [], children: [], text: "", ...(namespace === undefined ? {} : { namespace }) },
  ];
  expect(await access.state(filter("bmp"))).toEqual([]);
  expect(await access.state(filter("nacm", "urn:other"))).toEqual([]);
  expect(await access.state([])).toEqual([]);
  expect(await access.state(filter("nacm"))).toHaveLength(1);
  expect(await access.state(filter("nacm", "urn:ietf:params:xml:ns:yang:ietf-netconf-acm"))).toHaveLength(1);
});
