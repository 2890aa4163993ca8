import { afterEach, beforeEach, expect, test } from "vitest";
import type { CommitRecord } from "../../src/datastore/commit-history.ts";
import { PlaneReader } from "../../src/observe/plane-state.ts";
import { statusLimits } from "../../src/status/limits.ts";
import { RecentCommits } from "../../src/status/recent-commits.ts";
import { statusResources } from "../../src/status/status-resources.ts";
import { edit } from "../datastore/engine-fixture.ts";
import { one, ServiceFixture } from "../datastore/service-fixture.ts";
import { FakeStream } from "../netconf/fake-stream.ts";

let fixture: ServiceFixture;
beforeEach(async () => {
  fixture = await ServiceFixture.start();
});
afterEach(() => fixture.stop());

const commit = async (content: string) => {
  await fixture.service.edit(one, { target: "candidate", ...edit(content) });
  await fixture.service.commit(one, { description: "said by bob" });
};

const bmp = (content: string) => `<bmp xmlns="urn:bmpconfd:yang:bmp">${content}</bmp>`;
const session = (content: string) =>
  bmp(`<bmp-session><vpn-instance>_public_</vpn-instance><address>192.0.2.1</address><alias/>${content}</bmp-session>`);
const PATH = "/bmp/bmp-session[vpn-instance='_public_'][address='192.0.2.1'][alias='']";

/** What an HTTP client gets. */
async function shown(path: "/" | "/status.json"): Promise<string> {
  const resources = statusResources({
    product: "bmpconfd",
    host: "r1",
    plane: new PlaneReader(() => Promise.resolve([])),
    datastores: fixture.service,
    netconfSessions: () => 0,
    log: () => {},
  });
  return (await resources.get(path)?.get())?.body ?? "";
}

const shownDifferences = async (): Promise<unknown[]> =>
  (JSON.parse(await shown("/status.json")) as { commits: { differences: unknown[] }[] }).commits.map(
    ({ differences }) => differences,
  );

const PASSWORD = "$0$s3cretOfBob";

test("commits are told with what they changed, and without secrets, users and words of people", async () => {
  await commit(session("<port>5001</port><tcp-md5>s3cret</tcp-md5><description>s3cret</description>"));
  await commit(session("<port>5002</port>"));
  await commit(bmp("") + users("bob"));
  expect(await shownDifferences()).toEqual([
    [{ operation: "set", path: "/system" }],
    [{ operation: "set", path: `${PATH}/port`, value: "5002" }],
    expect.arrayContaining([{ operation: "set", path: `${PATH}/port`, value: "5001" }]),
  ]);
  for (const text of [await shown("/"), await shown("/status.json")]) {
    expect(text).toContain("5002");
    expect(text).not.toMatch(/s3cret|said by|bob|admin|\$[0-9]\$/);
  }
});

test("they are not told even where access control is off", async () => {
  await commit('<nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"><enable-nacm>false</enable-nacm></nacm>');
  await commit(session("<port>5001</port><tcp-md5>s3cret</tcp-md5>"));
  expect(await shown("/status.json")).toContain("5001");
  expect(await shown("/status.json")).not.toContain("s3cret");
});

test("what nobody may read is not told at all", async () => {
  await commit('<nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"><read-default>deny</read-default></nacm>');
  await commit(session("<port>5001</port>"));
  expect(await shownDifferences()).toEqual([[], []]);
});

function users(name: string): string {
  return (
    '<system xmlns="urn:ietf:params:xml:ns:yang:ietf-system"><authentication>' +
    `<user><name>${name}</name><password>${PASSWORD}</password></user></authentication></system>`
  );
}

const record = (id: number): CommitRecord => ({ id, time: "2026-11-25T22:00:00Z", username: "bob", sessionId: 1 });
const change = (leaves: number) =>
  `<config>${bmp(Array.from({ length: leaves }, () => "<system-name>a</system-name>").join(""))}</config>`;

test("a change is read once, of the last commits only, and those that are no more are forgotten", async () => {
  const read: number[] = [];
  let newest = 12;
  const commits = new RecentCommits({
    commits: () => Promise.resolve(Array.from({ length: newest }, (_, index) => record(newest - index))),
    change: (id) => {
      read.push(id);
      return Promise.resolve(new FakeStream([change(1)]));
    },
  });
  const first = await commits.read();
  expect(first.map(({ id }) => id)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
  expect(await commits.read()).toEqual(first);
  newest = 13;
  await commits.read();
  expect(read).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 13]);
});

test("so many differences are told and no more; of a change that cannot be had none is", async () => {
  const { statusDifferences, statusChangeBytes } = statusLimits;
  const wanted: number[] = [];
  const commits = new RecentCommits({
    commits: () => Promise.resolve([record(2), record(1)]),
    change: (id, maxBytes) => {
      wanted.push(maxBytes);
      if (id === 1) return Promise.reject(new Error("damaged"));
      return Promise.resolve(new FakeStream([change(statusDifferences + 5)]));
    },
  });
  const [first, second] = await commits.read();
  expect([first?.differences?.length, first?.more]).toEqual([statusDifferences, 5]);
  expect([second?.differences, second?.more]).toEqual([undefined, 0]);
  expect(wanted).toEqual([statusChangeBytes, statusChangeBytes]);
});

test("a change that is too large is refused before it is read", async () => {
  const { statusChangeBytes } = statusLimits;
  const sessions = Array.from(
    { length: 1000 },
    (_, index) =>
      `<bmp-session><vpn-instance>_public_</vpn-instance><address>192.0.2.1</address><alias>c${index}</alias></bmp-session>`,
  );
  await commit(bmp(sessions.join("")));
  await commit(session("<port>5001</port>"));
  const [small, large] = await shownDifferences();
  expect(small).toContainEqual({ operation: "set", path: `${PATH}/port`, value: "5001" });
  expect(large).toBe(undefined);
  await expect(fixture.service.changes(one, { commitId: 1 }, statusChangeBytes)).rejects.toThrow(
    /^too-big: The change has \d+ bytes, and no more than 65536 are wanted\.$/,
  );
});
