import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { runToEnd } from "./harness/daemon.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { bmpconfd, PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";
import { connectWithLibrary } from "./harness/ssh-library.ts";

enterPrivateNetwork();
afterAll(cleanUp);

const CLERK = ["clerk", "paper clip"] as const;
const entry = (address: string) =>
  `/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='${address}'][bmp:alias='']`;
const denied = (what: string, reason: string, path: string | null = null) => [
  "access-denied",
  `User "clerk" may not ${what}: ${reason}.`,
  path,
];
const NO_RULE = 'no rule is about it, and write-default is "deny"';

test("ncclient: an admin gives a user some rights, which count from the commit on", async () => {
  const dataDir = await ServerProcess.newDataDir();
  const [name, password] = CLERK;
  const add = ["user", "add", name, "--password-stdin", "--group", "office", "--data", dataDir];
  expect(await bmpconfd(add, password)).toMatchObject({ code: 0 });
  const server = await ServerProcess.start({ dataDir });
  const script = join(import.meta.dirname, "ncclient-access.py");
  const args = ["127.0.0.1", String(server.netconfPort), USER, PASSWORD, ...CLERK];
  const { code, stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", [script, ...args]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const [own, other] = [entry("2001:db8::1"), entry("2001:db8::2")];
  expect(JSON.parse(stdout)).toEqual({
    "without-rules": denied(`update ${own}/bmp:port`, NO_RULE, `${own}/bmp:port`),
    "before-commit": denied(`update ${own}/bmp:port`, NO_RULE, `${own}/bmp:port`),
    other: denied(`update ${other}/bmp:port`, NO_RULE, `${other}/bmp:port`),
    lock: denied("use <lock>", 'rule "clerks/no-lock" denies it'),
    kill: denied("use <kill-session>", "no rule is about it, and this operation needs a rule that permits it"),
    "clerk-reads": [["2001:db8::1"], ["6000"], null],
    "admin-reads": [
      ["2001:db8::1", "2001:db8::2"],
      ["6000", "5001"],
      { "denied-operations": "2", "denied-data-writes": "3" },
    ],
    disabled: null,
  });
  await server.stop();
});

test("a recovery user undoes rules that keep everybody out, also after a restart", async () => {
  const dataDir = await ServerProcess.newDataDir();
  const add = ["user", "add", "root", "--password-stdin", "--group", "recovery", "--data", dataDir];
  expect(await bmpconfd(add, PASSWORD)).toMatchObject({ code: 0 });
  const first = await ServerProcess.start({ dataDir });
  const operator = await first.connect();
  const everybody =
    '<nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"><rule-list><name>out</name><group>*</group>' +
    "<rule><name>all</name><action>deny</action></rule></rule-list></nacm>";
  await operator.editConfig(everybody);
  await operator.commit();
  await expect(operator.commit()).rejects.toThrow("access-denied");
  await first.stop();
  const second = await ServerProcess.start({ dataDir });
  const shutOut = await second.connect();
  await expect(shutOut.commit()).rejects.toThrow("out/all");
  const recovery = await connectWithLibrary(second.netconfPort, "root", { password: PASSWORD });
  await recovery.editConfig(everybody.replace("<rule-list>", '<rule-list nc:operation="delete">'));
  await recovery.commit();
  await shutOut.commit();
});
