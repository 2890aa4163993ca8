import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { runToEnd } from "./harness/daemon.ts";
import { eventually } from "./harness/eventually.ts";
import { COLLECTOR_V4, COLLECTOR_V6, enterPrivateNetwork } from "./harness/private-network.ts";
import { RecordingSink, TERMINATION } from "./harness/recording-sink.ts";
import { scratchFolder } from "./harness/scratch.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";

enterPrivateNetwork();

const EXAMPLE = join(import.meta.dirname, "../../examples/ansible/bmp-session.yml");
const STEPS = join(import.meta.dirname, "ansible-steps.yml");
const HOST = "127.0.0.1";

let server: ServerProcess;
let home: string;

beforeAll(async () => {
  server = await ServerProcess.start();
  home = scratchFolder("ansible");
});
afterAll(cleanUp);

interface TaskResult {
  readonly changed: boolean;
  readonly skipped?: boolean;
  readonly failed?: boolean;
  readonly msg?: string;
  readonly output?: string | null;
  readonly diff?: { readonly before: string; readonly after: string };
}

interface PlaybookResult {
  readonly plays: readonly {
    readonly tasks: readonly {
      readonly task: { readonly name: string };
      readonly hosts: Readonly<Record<string, TaskResult>>;
    }[];
  }[];
}

/** Runs a playbook of one play; returns the result of each of its tasks that was not skipped, by the task's name. */
async function play(playbook: string, variables: object, ...args: string[]): Promise<Record<string, TaskResult>> {
  const connection = {
    ansible_port: server.netconfPort,
    ansible_user: USER,
    ansible_password: PASSWORD,
    ansible_host_key_checking: false,
  };
  const extra = JSON.stringify({ ...connection, ...variables });
  const settings = [
    "ANSIBLE_STDOUT_CALLBACK=ansible.posix.json",
    `ANSIBLE_HOME=${home}`,
    `ANSIBLE_LOCAL_TEMP=${join(home, "tmp")}`,
    `ANSIBLE_PERSISTENT_CONTROL_PATH_DIR=${join(home, "pc")}`,
  ];
  const command = [...settings, "/usr/bin/ansible-playbook", "-i", `${HOST},`, "-e", extra, ...args, playbook];
  const { stdout, stderr } = await runToEnd("ansible-playbook", "env", command);
  expect(stderr).toBe("");
  const tasks = (JSON.parse(stdout) as PlaybookResult).plays.flatMap((one) => one.tasks);
  return Object.fromEntries(
    tasks.flatMap(({ task, hosts }) => {
      const result = hosts[HOST];
      return result === undefined || result.skipped === true ? [] : [[task.name, result]];
    }),
  );
}

const outcome = ({ changed, failed = false, msg }: TaskResult) => ({ changed, ...(failed ? { failed, msg } : {}) });

test("the example puts a BMP session into service once, says what it would do, and takes it out again", async () => {
  const sink = await RecordingSink.listen(COLLECTOR_V4, 1790);
  const variables = { address: COLLECTOR_V4, tcp_port: 1790 };
  const isPresent = `BMP session ${COLLECTOR_V4} is present`;
  const isAbsent = `BMP session ${COLLECTOR_V4} is absent`;

  const first = await play(EXAMPLE, variables, "--diff");
  expect(Object.keys(first)).toEqual([
    isPresent,
    `BMP session ${COLLECTOR_V4} comes up`,
    `BMP session ${COLLECTOR_V4} is up`,
  ]);
  expect(first[isPresent]).toMatchObject({ changed: true, diff: { before: expect.not.stringContaining("<bmp ") } });
  expect(first[isPresent]?.diff?.after).toContain(`<address>${COLLECTOR_V4}</address><alias/><port>1790</port>`);
  expect(first[`BMP session ${COLLECTOR_V4} is up`]).toMatchObject({ changed: false, msg: "up" });

  const again = await play(EXAMPLE, variables);
  expect(Object.values(again).map(({ changed }) => changed)).toEqual([false, false, false]);

  const asked = await play(EXAMPLE, { ...variables, state: "absent" }, "--check");
  expect(Object.entries(asked).map(([name, result]) => [name, outcome(result)])).toEqual([
    [isAbsent, { changed: true }],
  ]);
  expect(sink.connections).toHaveLength(1);
  expect(sink.latest.ended).toBeUndefined();

  const removed = await play(EXAMPLE, { ...variables, state: "absent" });
  expect(removed[isAbsent]).toMatchObject({ changed: true });
  await eventually("Termination", () => sink.latest.types().includes(TERMINATION));
  const removedAgain = await play(EXAMPLE, { ...variables, state: "absent" });
  expect(removedAgain[isAbsent]).toMatchObject({ changed: false });
  await sink.close();
});

test("what the server refuses, when it is edited or committed, is told in its words and leaves nothing", async () => {
  const edited = await play(EXAMPLE, { address: "2001:db8::x" });
  expect(edited["BMP session 2001:db8::x is present"]).toMatchObject({
    failed: true,
    msg:
      'Invalid union value "2001:db8::x" - no matching subtype found: Failed to convert IPv4 address "2001:db8::x". ' +
      'Failed to convert IPv6 address "2001:db8::x".',
  });
  const committed = await play(EXAMPLE, { address: "169.254.0.1" });
  expect(committed["BMP session 169.254.0.1 is present"]).toMatchObject({
    failed: true,
    msg: "A link-local address cannot name a monitoring server.",
  });
  const client = await server.connect();
  expect(await client.getConfig("candidate")).not.toContain("169.254.0.1");
  await client.close();
});

test("lock, edit, validate, commit and unlock as tasks of their own are one NETCONF session", async () => {
  const done = await play(STEPS, { address: COLLECTOR_V6 });
  expect(Object.keys(done)).toEqual(["Lock", "Edit", "Validate", "Commit", "Unlock", "Read it back"]);
  expect(done["Read it back"]?.output).toContain(`<address>${COLLECTOR_V6}</address><alias/><enabled>false</enabled>`);

  const more = "<source-address>::1</source-address>";
  const refused = await play(STEPS, { address: COLLECTOR_V4, more });
  expect(Object.keys(refused)).toEqual(["Lock", "Edit", "Validate", "Unlock"]);
  expect(refused["Validate"]).toMatchObject({
    failed: true,
    msg: expect.stringContaining("The source address must be of the same family as the server's address."),
  });
  const client = await server.connect();
  expect(await client.getConfig("candidate")).not.toContain(more);
  await client.close();
});
