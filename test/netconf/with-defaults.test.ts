import { describe, expect, test } from "vitest";
import { BASE, Harness, OK, reply, rpc } from "./harness.ts";

const NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults";
const parameter = (mode: string) => `<with-defaults xmlns="${NAMESPACE}">${mode}</with-defaults>`;
const RUNNING = "<source><running/></source>";
const MODES = ["report-all", "report-all-tagged", "trim", "explicit"];

/** One error in a reply; `path` leads from the operation to what is wrong. */
const refused = (tag: string, path: string, declared: string, message: string, info: string) =>
  reply(
    `<rpc-error><error-type>protocol</error-type><error-tag>${tag}</error-tag><error-severity>error</error-severity>` +
      `<error-path ${declared}>/nc:rpc/${path}</error-path>` +
      `<error-message xml:lang="en">${message}</error-message>${info}</rpc-error>`,
  );
const NC = `xmlns:nc="${BASE}"`;
const unexpected = (operation: string, hint: string) =>
  refused(
    "unknown-element",
    `nc:${operation}`,
    NC,
    `&lt;with-defaults&gt; is not expected in &lt;${operation}&gt;; ${hint}`,
    "<error-info><bad-element>with-defaults</bad-element></error-info>",
  );

describe("<with-defaults> (RFC 6243 section 4.5.1)", () => {
  test.each(MODES)("%s in get, get-config and copy-config", async (mode) => {
    const harness = new Harness();
    const client = await harness.open();
    await client.ask(rpc(`<get>${parameter(mode)}</get>`));
    await client.ask(rpc(`<get-config>${RUNNING}${parameter(` ${mode}\n`)}</get-config>`));
    expect(
      await client.ask(rpc(`<copy-config><target><startup/></target>${RUNNING}${parameter(mode)}</copy-config>`)),
    ).toBe(OK);
    expect(harness.datastores.calls).toEqual([
      ["get", undefined, mode],
      ["getConfig", "running", undefined, mode],
      ["copy", 1, "running", "startup"],
    ]);
  });

  test.each([
    ["get", `<get>${parameter("all")}</get>`],
    ["get-config", `<get-config>${RUNNING}${parameter("")}</get-config>`],
    ["copy-config", `<copy-config><target><startup/></target>${RUNNING}${parameter("TRIM")}</copy-config>`],
  ])("another value in %s", async (operation, request) => {
    const harness = new Harness();
    const client = await harness.open();
    expect(await client.ask(rpc(request))).toBe(
      refused(
        "invalid-value",
        `nc:${operation}/ncwd:with-defaults`,
        `${NC} xmlns:ncwd="${NAMESPACE}"`,
        `The value of &lt;with-defaults&gt; is wrong; use ${MODES.join(", ")}.`,
        "",
      ),
    );
    expect(harness.datastores.calls).toEqual([]);
  });

  test.each([
    [
      "edit-config",
      `<edit-config><target><running/></target>${parameter("trim")}<config/></edit-config>`,
      "its parameters are &lt;target&gt;, &lt;default-operation&gt;, &lt;test-option&gt;, &lt;error-option&gt;, &lt;config&gt;.",
    ],
    ["discard-changes", `<discard-changes>${parameter("trim")}</discard-changes>`, "the operation has no parameters."],
    [
      "get",
      "<get><with-defaults>trim</with-defaults></get>",
      `its parameters are &lt;filter&gt;, &lt;with-defaults&gt; (which is in namespace "${NAMESPACE}").`,
    ],
  ])("in another operation or namespace: %s", async (operation, request, hint) => {
    const harness = new Harness();
    const client = await harness.open();
    expect(await client.ask(rpc(request))).toBe(unexpected(operation, hint));
    expect(harness.datastores.calls).toEqual([]);
  });

  test("twice", async () => {
    const harness = new Harness();
    const client = await harness.open();
    const answer = await client.ask(
      rpc(
        `<copy-config><target><startup/></target><source><config/></source>${parameter("trim")}${parameter("trim")}</copy-config>`,
      ),
    );
    expect(answer).toContain("<error-tag>bad-element</error-tag>");
    expect(answer).toContain('xmlns:ncwd="');
  });
});
