import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AccessControl } from "../../src/access/access-control.ts";
import { NetconfServer } from "../../src/netconf/netconf-server.ts";
import { EventStream } from "../../src/notifications/event-stream.ts";
import { ServiceFixture } from "../datastore/service-fixture.ts";
import { FakeChannel } from "./fake-channel.ts";
import { BASE, Client, clientHello, noUrls, OK, reply, rpc } from "./harness.ts";

const COMMITS = "urn:bmpconfd:yang:commits";

let fixture: ServiceFixture;
let server: NetconfServer;
let client: Client;

beforeEach(async () => {
  fixture = await ServiceFixture.start();
  server = startServer();
  client = await connect();
});
afterEach(async () => {
  await server.stop();
  await fixture.stop();
});

const startServer = () =>
  new NetconfServer({
    datastores: fixture.service,
    urls: noUrls,
    access: new AccessControl(),
    events: new EventStream(),
    log: () => {},
  });

async function connect(username = "admin"): Promise<Client> {
  const channel = new FakeChannel(username);
  const other = new Client(channel, server.accept(channel));
  await other.send(clientHello("1.1"));
  other.takeSent();
  return other;
}

const setName = (name: string, target = "candidate") =>
  `<edit-config><target><${target}/></target><config><bmp xmlns="urn:bmpconfd:yang:bmp">` +
  `<system-name>${name}</system-name></bmp></config></edit-config>`;
const describedCommit = (text: string) => `<commit><description xmlns="${COMMITS}">${text}</description></commit>`;

async function all(...operations: readonly string[]): Promise<void> {
  for (const operation of operations) expect(await client.ask(rpc(operation))).toBe(OK);
}

/** What `<get>` gives of the history. */
const history = (filter: string) =>
  client.ask(rpc(`<get><filter><commits xmlns="${COMMITS}">${filter}</commits></filter></get>`));
const shown = (content: string) => reply(`<data><commits xmlns="${COMMITS}">${content}</commits></data>`);
const NONE = reply("<data></data>");

const refused = (tag: string, path: string, message: string, info = "") =>
  reply(
    `<rpc-error><error-type>protocol</error-type><error-tag>${tag}</error-tag><error-severity>error</error-severity>` +
      (path === "" ? "" : path) +
      `<error-message xml:lang="en">${message}</error-message>${info}</rpc-error>`,
  );
const at = (path: string) => `<error-path xmlns:nc="${BASE}">/nc:rpc/${path}</error-path>`;
const atOurs = (path: string) => `<error-path xmlns:nc="${BASE}" xmlns:cmt="${COMMITS}">/nc:rpc/${path}</error-path>`;
const bad = (name: string) => `<error-info><bad-element>${name}</bad-element></error-info>`;

const TIME = "<time>2026-11-22T10:00:00.000+00:00</time>";
const commit = (id: number, kind: string, description = "", session = 1) =>
  `<commit><id>${id}</id>${TIME}<username>admin</username><session-id>${session}</session-id><kind>${kind}</kind>` +
  `${description === "" ? "" : `<description>${description}</description>`}</commit>`;

describe("the history of commits", () => {
  test("is empty before the first one", async () => {
    expect(await history("")).toBe(NONE);
  });

  test("says who changed running when, how and why, the newest first", async () => {
    await all(
      setName("a"),
      describedCommit("the &lt;first&gt; one"),
      setName("b", "running"),
      "<copy-config><target><running/></target><source><config/></source></copy-config>",
      setName("c"),
      "<commit><confirmed/></commit>",
      "<cancel-commit/>",
    );
    const cancelled = commit(5, "revert", "Back to commit 3: It was cancelled.");
    expect(await history("")).toBe(
      shown(
        cancelled +
          commit(4, "confirmed-commit") +
          commit(3, "copy-config") +
          commit(2, "edit-config") +
          commit(1, "commit", "the &lt;first&gt; one"),
      ),
    );
  });

  test("can be asked for one commit, by its key, and for some leaves", async () => {
    await all(setName("a"), describedCommit("x"), setName("b"), "<commit/>");
    expect(await history("<commit><id>1</id></commit>")).toBe(shown(commit(1, "commit", "x")));
    expect(await history("<commit><id>2</id><kind/></commit>")).toBe(
      shown("<commit><id>2</id><kind>commit</kind></commit>"),
    );
    expect(await history("<commit><id>3</id></commit>")).toBe(NONE);
    expect(await history("<commit><description>x</description><id/></commit>")).toBe(
      shown("<commit><id>1</id><description>x</description></commit>"),
    );
  });

  test("is part of all state, and of no configuration", async () => {
    await all(setName("a"), "<commit/>");
    const bmp = '<bmp xmlns="urn:bmpconfd:yang:bmp"><system-name>a</system-name></bmp>';
    const everything = await client.ask(rpc("<get/>"));
    expect(everything).toContain(bmp);
    expect(everything).toContain(`<commits xmlns="${COMMITS}">${commit(1, "commit")}</commits>`);
    const configuration = await client.ask(rpc("<get-config><source><running/></source></get-config>"));
    expect(configuration).toBe(reply(`<data>${bmp}</data>`));
  });

  test("holds the last hundred, whatever their number", async () => {
    for (let n = 1; n <= 103; n++) await all(setName(`n${n}`, "running"));
    const ids = [...(await history("<commit><id/></commit>")).matchAll(/<id>(\d+)<\/id>/g)].map(([, id]) => Number(id));
    expect(ids).toEqual(Array.from({ length: 100 }, (_, n) => 103 - n));
    await all(load(4));
    expect(await client.ask(rpc(load(3)))).toBe(
      refused(
        "invalid-value",
        atOurs("cmt:load-commit/cmt:commit-id"),
        "There is no commit 3 in the history; those that are there: 4 to 103.",
      ),
    );
  });

  test("is the same after a restart", async () => {
    await all(setName("a"), describedCommit("x"), setName("b"), "<commit/>");
    const before = await history("");
    await fixture.restart();
    server = startServer();
    client = await connect();
    expect(await history("")).toBe(before);
  });

  test("says what waits to be confirmed", async () => {
    await all(setName("a"), "<commit><confirmed/><confirm-timeout>60</confirm-timeout><persist>s</persist></commit>");
    expect(await history("<unconfirmed/>")).toBe(
      shown(
        "<unconfirmed><revert-to>0</revert-to><deadline>2026-11-22T10:01:00.000+00:00</deadline>" +
          "<persistent>true</persistent><session-id>1</session-id></unconfirmed>",
      ),
    );
    await all("<commit><persist-id>s</persist-id></commit>");
    expect(await history("<unconfirmed/>")).toBe(NONE);
  });
});

describe("the description of a commit", () => {
  test("has 1 to 1024 characters", async () => {
    await all(setName("a"), describedCommit("😀".repeat(1024)));
    const wrong = refused(
      "invalid-value",
      atOurs("nc:commit/cmt:description"),
      "The value of &lt;description&gt; is wrong; use 1 to 1024 characters.",
    );
    for (const text of ["", "x".repeat(1025), "x".repeat(5000)])
      expect(await client.ask(rpc(describedCommit(text)))).toBe(wrong);
  });

  test("keeps its white space", async () => {
    await all(setName("a"), describedCommit(" two\n lines "));
    expect(await history("<commit><id>1</id><description/></commit>")).toBe(
      shown("<commit><id>1</id><description> two\n lines </description></commit>"),
    );
  });

  test("is in the namespace of its module, and once", async () => {
    expect(await client.ask(rpc("<commit><description>x</description></commit>"))).toBe(
      refused(
        "unknown-element",
        at("nc:commit"),
        "&lt;description&gt; is not expected in &lt;commit&gt;; its parameters are &lt;confirmed&gt;, " +
          "&lt;confirm-timeout&gt;, &lt;persist&gt;, &lt;persist-id&gt;, &lt;description&gt;.",
        bad("description"),
      ),
    );
    const twice = `<commit xmlns:c="${COMMITS}"><c:description>x</c:description><c:description>y</c:description></commit>`;
    expect(await client.ask(rpc(twice))).toBe(
      refused(
        "bad-element",
        atOurs("nc:commit/cmt:description"),
        "&lt;description&gt; is in &lt;commit&gt; twice; send it once.",
        bad("description"),
      ),
    );
  });
});

const load = (id: number | string) => `<load-commit xmlns="${COMMITS}"><commit-id>${id}</commit-id></load-commit>`;

describe("<load-commit>", () => {
  const names = async () => [await fixture.nameIn(), await fixture.nameIn("candidate")];

  test("makes the candidate what running was after a commit; a commit then makes it running", async () => {
    await all(setName("a"), "<commit/>", setName("b"), "<commit/>", setName("c"), "<commit/>");
    for (const [id, name] of ["a", "b", "c"].entries()) {
      await all(setName("draft"), load(id + 1));
      expect(await names()).toEqual(["c", name]);
    }
    await all(load(1), describedCommit("back to a"));
    expect(await names()).toEqual(["a", "a"]);
    expect((await fixture.history())[0]).toBe("4 admin 1 commit back to a");
  });

  test.each([
    ["5", "There is no commit 5 in the history; those that are there: 1 to 1."],
    ["4294967295", "There is no commit 4294967295 in the history; those that are there: 1 to 1."],
    ["0", "The value of &lt;commit-id&gt; is wrong; use a whole number from 1 to 4294967295."],
    ["x", "The value of &lt;commit-id&gt; is wrong; use a whole number from 1 to 4294967295."],
  ])("of %s is refused, and the candidate stays", async (id, message) => {
    await all(setName("a"), "<commit/>", setName("draft"));
    expect(await client.ask(rpc(load(id)))).toBe(
      refused("invalid-value", atOurs("cmt:load-commit/cmt:commit-id"), message),
    );
    expect(await names()).toEqual(["a", "draft"]);
  });

  test("before the first commit says that there is none", async () => {
    const message = "There is no commit 1 in the history; those that are there: none.";
    expect(await client.ask(rpc(load(1)))).toBe(
      refused("invalid-value", atOurs("cmt:load-commit/cmt:commit-id"), message),
    );
  });

  test("needs its parameter, in its namespace", async () => {
    expect(await client.ask(rpc(`<load-commit xmlns="${COMMITS}"/>`))).toBe(
      refused(
        "missing-element",
        atOurs("cmt:load-commit"),
        "&lt;commit-id&gt; is missing in &lt;load-commit&gt;; add it.",
        bad("commit-id"),
      ),
    );
    expect(
      await client.ask(rpc(`<load-commit xmlns="${COMMITS}"><commit-id xmlns="${BASE}">1</commit-id></load-commit>`)),
    ).toBe(
      refused(
        "unknown-namespace",
        atOurs("cmt:load-commit"),
        `&lt;commit-id&gt; in &lt;load-commit&gt; is in namespace "${BASE}"; put it into "${COMMITS}".`,
        `<error-info><bad-element>commit-id</bad-element><bad-namespace>${BASE}</bad-namespace></error-info>`,
      ),
    );
  });

  test("of a candidate that another session has locked is refused", async () => {
    await all(setName("a"), "<commit/>");
    const other = await connect();
    expect(await other.ask(rpc("<lock><target><candidate/></target></lock>"))).toBe(OK);
    expect(await client.ask(rpc(load(1)))).toBe(
      refused("in-use", "", "The candidate datastore is locked by session 2. Try again when it is unlocked."),
    );
  });

  test("survives a change of running past the candidate", async () => {
    await all(setName("a"), "<commit/>", setName("b"), "<commit/>", load(1), setName("c", "running"));
    expect(await names()).toEqual(["c", "a"]);
  });
});

describe("<commit> and <cancel-commit> (RFC 6241 section 8.4)", () => {
  test.each([
    ["<confirmed/>", undefined],
    ["<confirmed> </confirmed>", undefined],
    ["<confirmed/><confirm-timeout>4294967295</confirm-timeout><persist/>", undefined],
    [
      "<confirmed>true</confirmed>",
      refused(
        "bad-element",
        at("nc:commit/nc:confirmed"),
        "&lt;confirmed&gt; has text where only elements belong; leave it out.",
        bad("confirmed"),
      ),
    ],
    ...["0", "-1", "4294967296", "", "1.5"].map((value): [string, string] => [
      `<confirmed/><confirm-timeout>${value}</confirm-timeout>`,
      refused(
        "invalid-value",
        at("nc:commit/nc:confirm-timeout"),
        "The value of &lt;confirm-timeout&gt; is wrong; use a whole number from 1 to 4294967295.",
      ),
    ]),
    ...["confirm-timeout", "persist"].map((name): [string, string] => [
      `<${name}>60</${name}>`,
      refused(
        "missing-element",
        at("nc:commit"),
        `&lt;${name}&gt; is about a confirmed commit; add &lt;confirmed/&gt;.`,
        bad("confirmed"),
      ),
    ]),
    [
      `<confirmed/><persist>${"x".repeat(1025)}</persist>`,
      refused(
        "invalid-value",
        at("nc:commit/nc:persist"),
        "The value of &lt;persist&gt; is wrong; use 0 to 1024 characters.",
      ),
    ],
    [
      "<persist-id>x</persist-id>",
      refused(
        "invalid-value",
        at("nc:commit/nc:persist-id"),
        "No confirmed commit with &lt;persist&gt; is waiting to be confirmed. Leave &lt;persist-id&gt; out.",
      ),
    ],
  ])("<commit>%s</commit>", async (parameters, answer = OK) => {
    expect(await client.ask(rpc(`<commit>${parameters}</commit>`))).toBe(answer);
    expect(await fixture.service.commitId()).toBe(answer === OK ? 1 : 0);
  });

  test("the default timeout is 600 seconds", async () => {
    await all(setName("a"), "<commit><confirmed/></commit>");
    await fixture.advance(599.999);
    expect(await fixture.nameIn()).toBe("a");
    await fixture.advance(0.001);
    expect(await fixture.nameIn()).toBe("");
  });

  test("the token counts to the letter, white space included", async () => {
    await all(setName("a"), "<commit><confirmed/><persist> s</persist></commit>");
    const wrong = refused(
      "invalid-value",
      at("nc:commit/nc:persist-id"),
      "This is not the token of the confirmed commit that is waiting. Send the one its &lt;persist&gt; was given.",
    );
    expect(await client.ask(rpc("<commit><persist-id>s</persist-id></commit>"))).toBe(wrong);
    await all("<commit><persist-id> s</persist-id></commit>");
  });

  test("the end of its session takes a commit back, a lost connection and <kill-session> alike", async () => {
    const other = await connect("other");
    for (const end of [
      () => client.handler.closed(),
      () => void other.ask(rpc(`<kill-session><session-id>3</session-id></kill-session>`)),
    ]) {
      await all(setName("a"), "<commit><confirmed/></commit>");
      expect(await fixture.nameIn()).toBe("a");
      end();
      await vi.waitFor(async () => expect(await fixture.nameIn()).toBe(""));
      client = await connect();
    }
  });

  test("errors of <cancel-commit>", async () => {
    expect(await client.ask(rpc("<cancel-commit/>"))).toBe(
      refused("operation-failed", "", "There is no confirmed commit to cancel."),
    );
    await all("<commit><confirmed/><persist>s</persist></commit>");
    expect(await client.ask(rpc("<cancel-commit/>"))).toBe(
      refused(
        "invalid-value",
        at("nc:cancel-commit/nc:persist-id"),
        "A persistent confirmed commit is waiting to be confirmed. Send its token in &lt;persist-id&gt;.",
      ),
    );
    await all("<cancel-commit><persist-id>s</persist-id></cancel-commit>");
  });

  test("<lock> of running is denied to others, with the session that has what waits", async () => {
    await all("<commit><confirmed/></commit>");
    const other = await connect();
    expect(await other.ask(rpc("<lock><target><running/></target></lock>"))).toBe(
      refused(
        "lock-denied",
        "",
        "A confirmed commit of session 1 waits to be confirmed, until 2026-11-22T10:10:00.000Z. Try again afterwards.",
        "<error-info><session-id>1</session-id></error-info>",
      ),
    );
  });
});
