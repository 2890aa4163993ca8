import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { XMLParser } from "fast-xml-parser";
import { expect, onTestFinished, test } from "vitest";
import { labConfig } from "../../src/lab/lab-config.ts";
import { cliCommand, labInstructions, ncclientScript, sshCommand } from "../../src/lab/lab-instructions.ts";

const target = { address: "127.0.0.1", port: 8830 };
const parser = new XMLParser({ parseTagValue: false });
const session = { bmp: { "bmp-session": { "vpn-instance": "_public_", address: "::1", alias: "" } } };

test("the instructions hold all ways, whole", () => {
  const text = labInstructions(target).join("\n");
  expect(text).toContain(`\n${sshCommand(target)}\n`);
  expect(text).toContain(`\npython3 - <<'EOF'\n${ncclientScript(target)}\nEOF\n`);
  expect(text).toContain(`\n${cliCommand(target)}\n`);
});

test("no line holds a line end, and a listener on all addresses is reached on the loopback", () => {
  const lines = labInstructions({ address: "::", port: 830 });
  expect(lines.filter((line) => line.includes("\n"))).toEqual([]);
  expect(lines.filter((line) => line.includes("-p 830 admin@127.0.0.1 -s netconf"))).toHaveLength(1);
});

test("what the shell gives ssh is hello, edit-config, commit and close-session, each well-formed (RFC 6242 4.3)", () => {
  const [command, ...rest] = sshCommand(target).split("\n");
  expect(command).toBe("ssh -o NoHostAuthenticationForLocalhost=yes -p 8830 admin@127.0.0.1 -s netconf <<'EOF'");
  expect(rest.pop()).toBe("EOF");
  const messages = rest.join("\n").split("]]>]]>");
  expect(messages.pop()).toBe("");
  expect(messages.map((message) => parser.parse(message) as unknown)).toEqual([
    { hello: { capabilities: { capability: "urn:ietf:params:netconf:base:1.0" } } },
    { rpc: { "edit-config": { target: { candidate: "" }, config: session } } },
    { rpc: { commit: "" } },
    { rpc: { "close-session": "" } },
  ]);
});

test("the shell hands ssh's input on as it is", () => {
  const command = sshCommand(target);
  const { stdout } = spawnSync("sh", { input: `ssh() { cat; }\n${command}\n` });
  expect(stdout.toString()).toBe(`${command.split("\n").slice(1, -1).join("\n")}\n`);
});

const hasPython = spawnSync("python3", ["--version"]).status === 0;

test.runIf(hasPython)("Python compiles the script", () => {
  const folder = mkdtempSync(join(tmpdir(), "lab-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "script.py");
  writeFileSync(file, ncclientScript(target));
  const { status, stderr } = spawnSync("python3", ["-m", "py_compile", file]);
  expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: "" });
});

test("the script configures the same session, as password user, at the given address", () => {
  const script = ncclientScript(target);
  const config = /CONFIG = """\n(.*?)"""/s.exec(script)?.[1];
  expect(parser.parse(config ?? "")).toEqual({ config: session });
  expect(script).toContain('host="127.0.0.1",\n    port=8830,\n    username="admin",\n    password="admin",');
});

test("the startup configuration of a lab is our speaker and the neighbour", () => {
  expect(parser.parse(labConfig())).toEqual({
    bgp: {
      "local-as": "65000",
      "router-id": "192.0.2.1",
      neighbor: {
        address: "127.0.0.2",
        description: "The lab's embedded neighbour",
        "remote-as": "64512",
        "connection-mode": "passive",
        "hold-time": "30",
        "connect-retry-time": "5",
      },
    },
  });
});
