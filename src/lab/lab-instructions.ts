import { DEFAULT_COLLECTOR_PORT, type Endpoint, formatEndpoint, reachable } from "./lab-topology.ts";

const NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0";

/** A monitoring server at `::1`, all else by default: this is where the lab's collector listens. */
const SESSION = `<bmp xmlns="urn:bmpconfd:yang:bmp">
    <bmp-session>
      <vpn-instance>_public_</vpn-instance>
      <address>::1</address>
      <alias/>
    </bmp-session>
  </bmp>`;

/** The lines to copy that show the whole job: with OpenSSH, Python's ncclient, or the command line. `netconf` is our listener. */
export function labInstructions(netconf: Endpoint): string[] {
  const target = reachable(netconf);
  const collector = formatEndpoint({ address: "::1", port: DEFAULT_COLLECTOR_PORT });
  return [
    "",
    `Lab mode. A BGP neighbour announces sample routes; a BMP collector at ${collector} prints what it gets.`,
    "To open a BMP session to it, paste one of these into another terminal. The password is admin.",
    "",
    "1. With OpenSSH:",
    "",
    ...sshCommand(target).split("\n"),
    "",
    "2. With ncclient (Debian: apt install python3-ncclient):",
    "",
    "python3 - <<'EOF'",
    ...ncclientScript(target).split("\n"),
    "EOF",
    "",
    "3. On the command line (without the words in quotes it asks for them, and knows ? and Tab):",
    "",
    cliCommand(target),
    "",
  ];
}

/** One shell command that does it on the command line. */
export const cliCommand = (target: Endpoint): string =>
  `${sshTo(target)} 'system-view; bmp; bmp-session ::1; commit; display bmp session'`;

// A lab's host key lives and dies with its data directory; ssh would refuse the next one.
const sshTo = ({ address, port }: Endpoint): string =>
  `ssh -o NoHostAuthenticationForLocalhost=yes -p ${port} admin@${address}`;

/**
 * One shell command: ssh asks for the password on the terminal and sends the rest. Only base:1.0 is offered, so that
 * messages end with `]]>]]>` (RFC 6242 section 4.3) and need no lengths.
 */
export function sshCommand(target: Endpoint): string {
  return `${sshTo(target)} -s netconf <<'EOF'
<hello xmlns="${NETCONF}">
  <capabilities><capability>urn:ietf:params:netconf:base:1.0</capability></capabilities>
</hello>]]>]]>
<rpc message-id="1" xmlns="${NETCONF}"><edit-config>
  <target><candidate/></target>
  <config>
  ${SESSION}
  </config>
</edit-config></rpc>]]>]]>
<rpc message-id="2" xmlns="${NETCONF}"><commit/></rpc>]]>]]>
<rpc message-id="3" xmlns="${NETCONF}"><close-session/></rpc>]]>]]>
EOF`;
}

/** A Python program that does the same and prints the session's state. */
export function ncclientScript({ address, port }: Endpoint): string {
  return `from ncclient import manager

CONFIG = """
<config xmlns="${NETCONF}">
  ${SESSION}
</config>
"""

with manager.connect(
    host="${address}",
    port=${port},
    username="admin",
    password="admin",
    hostkey_verify=False,
    allow_agent=False,
    look_for_keys=False,
) as netconf:
    with netconf.locked("candidate"):
        netconf.edit_config(target="candidate", config=CONFIG)
        netconf.commit()
    print(netconf.get(filter=("subtree", '<bmp xmlns="urn:bmpconfd:yang:bmp"/>')))`;
}
