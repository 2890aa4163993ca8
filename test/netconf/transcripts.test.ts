import { afterEach, beforeEach, expect, test } from "vitest";
import { ExampleServer } from "./example-server.ts";
import { BASE, type Client, chunked, clientHello, settled } from "./harness.ts";

const BMP = "urn:bmpconfd:yang:bmp";
const NACM = "urn:ietf:params:xml:ns:yang:ietf-netconf-acm";
const CANDIDATE = "<target><candidate/></target>";
const COLLECTOR =
  `<bmp xmlns="${BMP}"><bmp-session><vpn-instance>_public_</vpn-instance>` +
  "<address>2001:db8:1::1</address><alias/></bmp-session></bmp>";

let server: ExampleServer;
beforeEach(async () => {
  server = await ExampleServer.start();
});
afterEach(() => server.stop());

/**
 * What sessions and the server say to each other, octet by octet: `C:` and `S:` begin what one side sends, with the
 * session's name. The files in transcripts/ hold it as it has to be.
 */
class Transcript {
  readonly lines: string[];

  constructor(title: string) {
    this.lines = [`# ${title}\n`];
  }

  /** A session after both hellos, which are not noted. */
  async open(name: string, group = "admin"): Promise<Session> {
    return new Session(name, await server.open(name, group), this.lines);
  }

  /** A session from the server's hello on. */
  async greeted(name: string): Promise<Session> {
    const session = new Session(name, server.greeted(name), this.lines);
    await session.take();
    return session;
  }
}

class Session {
  readonly #name: string;
  readonly #client: Client;
  readonly #lines: string[];
  #messageId = 0;

  constructor(name: string, client: Client, lines: string[]) {
    this.#name = name;
    this.#client = client;
    this.#lines = lines;
  }

  /** Sends an `<rpc>` in base:1.0's framing. */
  sendOld(operation: string): Promise<void> {
    return this.send(`${this.#rpc(operation)}]]>]]>`);
  }

  /** Sends an `<rpc>` in chunks. */
  sendNew(operation: string): Promise<void> {
    return this.send(chunked(this.#rpc(operation)));
  }

  async send(octets: string): Promise<void> {
    this.#lines.push(`\nC: ${this.#name}\n${octets}\n`);
    await this.#client.send(octets);
    await this.take();
  }

  /** Notes what the server has sent. */
  async take(): Promise<void> {
    await settled();
    const sent = this.#client.takeSent();
    if (sent !== "") this.#lines.push(`\nS: ${this.#name}\n${withoutTimes(sent)}\n`);
    if (this.#client.channel.ends.length > 0) this.#lines.push(`\nS: ${this.#name}\n(ends the session)\n`);
  }

  #rpc(operation: string): string {
    this.#messageId += 1;
    return `<rpc xmlns="${BASE}" message-id="${this.#messageId}">${operation}</rpc>`;
  }
}

/** What is not the same each time, or is with each change of a module, becomes something else of the same length. */
const withoutTimes = (text: string): string =>
  text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "2026-01-01T00:00:00.000Z")
    .replace(/((?:content|module-set)-id=)[0-9a-f]{32}/g, `$1${"0".repeat(32)}`);

const golden = (transcript: Transcript, name: string): Promise<void> =>
  expect(transcript.lines.join("")).toMatchFileSnapshot(`transcripts/${name}.txt`);

test("a BMP session is configured and read back over base:1.0", async () => {
  const transcript = new Transcript("A BMP session is configured and read back over base:1.0 (RFC 6242 section 4.3).");
  const alice = await transcript.greeted("alice");
  await alice.send(clientHello("1.0"));
  await alice.sendOld(`<lock>${CANDIDATE}</lock>`);
  await alice.sendOld(`<edit-config>${CANDIDATE}<config>${COLLECTOR}</config></edit-config>`);
  await alice.sendOld("<validate><source><candidate/></source></validate>");
  await alice.sendOld("<commit/>");
  await alice.sendOld(`<get-config><source><running/></source><filter><bmp xmlns="${BMP}"/></filter></get-config>`);
  await alice.sendOld(`<unlock>${CANDIDATE}</unlock>`);
  await alice.sendOld("<close-session/>");
  await golden(transcript, "first-session");
});

test("errors over base:1.1, and the end of a session whose framing is wrong", async () => {
  const transcript = new Transcript("Errors over base:1.1, then wrong framing (RFC 6242 sections 4.2 and 5).");
  const alice = await transcript.open("alice");
  const wrong = COLLECTOR.replace("2001:db8:1::1", "fe80::1").replace("</bmp-session>", "<color/></bmp-session>");
  await alice.sendNew(`<edit-config>${CANDIDATE}<config>${wrong}</config></edit-config>`);
  await alice.sendNew("<make-coffee/>");
  await alice.sendNew("<commit><persist-id>nobody</persist-id></commit>");
  await alice.send(chunked(`<rpc xmlns="${BASE}"><commit/></rpc>`));
  await alice.send("\n#0\n");
  await golden(transcript, "errors");
});

test("a confirmed commit holds off another session, and is cancelled", async () => {
  const transcript = new Transcript(
    "A confirmed commit holds off another session, and is cancelled (RFC 6241 section 8.4).",
  );
  const alice = await transcript.open("alice");
  const bob = await transcript.open("bob");
  await alice.sendNew(
    `<edit-config>${CANDIDATE}<default-operation>replace</default-operation><config>` +
      `<bmp xmlns="${BMP}"/></config></edit-config>`,
  );
  await alice.sendNew("<commit><confirmed/><confirm-timeout>120</confirm-timeout></commit>");
  await bob.sendNew("<commit/>");
  await alice.sendNew("<cancel-commit/>");
  await alice.sendNew("<get-config><source><running/></source></get-config>");
  await bob.sendNew("<commit/>");
  await golden(transcript, "confirmed-commit");
});

test("a part of running is locked, and rules say who may do what", async () => {
  const transcript = new Transcript("Partial locks and access control (RFC 5717, RFC 8341).");
  const alice = await transcript.open("alice");
  const bob = await transcript.open("bob", "monitor");
  await bob.sendNew(`<edit-config><target><running/></target><config><bmp xmlns="${BMP}"/></config></edit-config>`);
  await alice.sendNew(
    `<edit-config><target><running/></target><config><nacm xmlns="${NACM}"><rule-list><name>noc</name>` +
      "<group>monitor</group><rule><name>aliases</name><module-name>bmpconfd-bmp</module-name>" +
      "<access-operations>read update create</access-operations><action>permit</action></rule>" +
      "<rule><name>editing</name><rpc-name>edit-config</rpc-name><action>permit</action></rule>" +
      "</rule-list></nacm></config></edit-config>",
  );
  await alice.sendNew(`<edit-config><target><running/></target><config>${COLLECTOR}</config></edit-config>`);
  await alice.sendNew(
    `<partial-lock xmlns="urn:ietf:params:xml:ns:netconf:partial-lock:1.0" xmlns:b="${BMP}">` +
      "<select>/b:bmp/b:bmp-session</select></partial-lock>",
  );
  const described = COLLECTOR.replace("</bmp-session>", "<description>ours</description></bmp-session>");
  await bob.sendNew(`<edit-config><target><running/></target><config>${described}</config></edit-config>`);
  await alice.sendNew("<close-session/>");
  await bob.sendNew(`<edit-config><target><running/></target><config>${described}</config></edit-config>`);
  await golden(transcript, "lock-and-rules");
});
