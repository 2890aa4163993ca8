import { afterEach, expect, test, vi } from "vitest";
import { ExampleServer } from "../netconf/example-server.ts";
import { exec } from "./cli-client.ts";

let server: ExampleServer;
afterEach(async () => {
  vi.useRealTimers();
  await server.stop();
});

const session = (address: string, alias: string, state: object) => ({
  "vpn-instance": "_public_",
  address,
  alias,
  state,
});
const BMP = JSON.stringify({
  "bmpconfd-bmp:bmp": {
    "bmp-session": [
      session("2001:db8:1::1", "", {
        "oper-state": "up",
        "last-change": "2026-11-25T10:00:00Z",
        "next-statistics": 7,
        "sent-messages": { "peer-up": "2" },
        "last-error": "the \u009b server said no",
      }),
      session("2001:db8:1::1", "noc", { "oper-state": "waiting", "last-change": "2026-11-22T08:00:00Z" }),
      session("192.0.2.9", "", { "oper-state": "disabled" }),
    ],
  },
});
const family = (name: string, prefixes: string) => ({ name, prefixes });
const BGP = JSON.stringify({
  "bmpconfd-bgp:bgp": {
    neighbor: [
      {
        address: "192.0.2.2",
        state: {
          "fsm-state": "established",
          "last-change": "2026-11-25T10:04:50Z",
          capability: [1, 65],
          "address-family": [family("ipv4-unicast", "5"), family("ipv6-unicast", "6")],
        },
      },
    ],
  },
});
const CONFIG =
  "system-view; bmp; bmp-session 2001:db8:1::1; bmp-session 2001:db8:1::1 alias noc; bmp-session 192.0.2.9; " +
  "bgp; local-as 65000; router-id 192.0.2.1; neighbor 192.0.2.2; remote-as 64512; commit";

async function start() {
  server = await ExampleServer.start([], [BMP, BGP]);
  const cli = server.cli();
  expect((await exec(cli, CONFIG)).errors).toBe("");
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-25T10:05:10Z") });
  return async (command: string) => (await exec(cli, command)).out;
}

test("display bmp session", async () => {
  const display = await start();
  expect(await display("display bmp session")).toBe(` Total number of BMP sessions: 3
 Number of BMP sessions up: 1
 Session        Alias  State     Age        VPN
 2001:db8:1::1  -      up        00h05m10s  _public_
 2001:db8:1::1  noc    waiting   3d02h      _public_
 192.0.2.9      -      disabled  -          _public_
`);
  const rows = async (command: string) => (await display(command)).split("\n").slice(3, -1);
  expect(await rows("display bmp session 2001:DB8:1:0::1")).toHaveLength(2);
  expect(await rows("display bmp session vpn-instance _public_ 2001:db8:1::1 alias noc")).toEqual([
    " 2001:db8:1::1  noc    waiting  3d02h  _public_",
  ]);
  expect(await display("display bmp session 192.0.2.1")).toBe(
    " Total number of BMP sessions: 0\n Number of BMP sessions up: 0\n",
  );
});

test("display bmp session verbose shows whatever state there is", async () => {
  const display = await start();
  const shown = await display("display bmp session 2001:db8:1::1 verbose");
  expect(shown).not.toContain("\u009b");
  expect(shown.slice(0, shown.indexOf("BMP session:", 1))).toBe(`BMP session:
  Vpn instance              : _public_
  Address                   : 2001:db8:1::1
  Alias                     : 
  State:
    Oper state              : up
    Last change             : 2026-11-25T10:00:00+00:00
    Next statistics         : 7 seconds
    Sent messages:
      Peer up               : 2
    Last error              : the \\u{9b} server said no
`);
});

test("display bgp peer", async () => {
  const display = await start();
  expect(await display("display bgp peer")).toBe(` Total number of peers: 1
 Peers in established state: 1
 Peer       AS     State        Up/Down    Prefixes
 192.0.2.2  64512  established  00h00m20s  11
`);
  expect(await display("display bgp peer 192.0.2.2 verbose")).toContain("    Capability              : 1, 65\n");
});

test("display state shows the state of any module", async () => {
  const display = await start();
  expect(await display("display state bgp")).toContain("    Fsm state               : established\n");
});
