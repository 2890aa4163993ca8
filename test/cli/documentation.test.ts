import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CliServer } from "../../src/cli/cli-server.ts";
import { ExampleServer } from "../netconf/example-server.ts";
import { exec, runScript } from "./cli-client.ts";

let server: ExampleServer;
let cli: CliServer;
beforeEach(async () => {
  server = await ExampleServer.start();
  cli = server.cli();
});
afterEach(() => server.stop());

const PROMPT = /^(?:<\w+>|\[[~*][^\]]*\])(?=.)/;
const DONE = { errors: "", status: 0 };

/** What is typed in each dialogue of a document: behind prompts, or as lines that begin with the way into the configuration. */
function dialogues(text: string): string[] {
  const blocks = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)] as unknown as [string, string, string][];
  return blocks
    .flatMap(([, language, block]) => (language !== "" || /^Error: /m.test(block) ? [] : [block]))
    .map((block) => {
      const lines = block.split("\n");
      if (lines[0] === "system-view") return block;
      return lines.flatMap((line) => (PROMPT.test(line) ? [`${line.replace(PROMPT, "")}\n`] : [])).join("");
    })
    .filter((typed) => typed !== "");
}

test.each([
  ["README.md", 1, 1],
  ["docs/COMMAND-LINE.md", 1, 2],
  ["docs/guides/first-session.md", 1, 0],
  ["docs/bmpconfd.8", 0, 1],
])("what %s types is done", async (name, dialogueCount, commandCount) => {
  const text = readFileSync(join(import.meta.dirname, "../..", name), "utf8");
  const typed = dialogues(text);
  const commands = [...text.matchAll(/\bssh -p \d+ \S+ '([^']+)'/g)].map(([, command]) => command as string);
  expect([typed.length, commands.length]).toEqual([dialogueCount, commandCount]);
  for (const script of typed) expect(await runScript(cli, script)).toMatchObject(DONE);
  for (const command of commands) expect(await exec(cli, command)).toMatchObject(DONE);
});
