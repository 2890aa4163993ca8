import ssh2, { type Client, type ClientChannel } from "ssh2";
import type { Endpoint } from "./endpoint.ts";

export interface SshChannel {
  readonly ssh: Client;
  readonly channel: ClientChannel;
}

/** Logs in and asks for the subsystem `netconf`. */
export async function openSshChannel({ port, username, privateKey }: Endpoint): Promise<SshChannel> {
  const ssh = new ssh2.Client();
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    // Stays for good: a server that is killed resets the connection, and the channel's end tells whoever waits.
    ssh.on("error", reject);
    ssh.once("close", () => reject(new Error("the server has closed the SSH connection")));
    ssh.once("ready", () => {
      // Nagle's algorithm would add 40 ms to a request.
      ssh.setNoDelay(true);
      ssh.subsys("netconf", (error, opened) => (error === undefined ? resolve(opened) : reject(error)));
    });
    ssh.connect({
      host: "127.0.0.1",
      port,
      username,
      privateKey,
      // The cheapest one for the client, and the same for all servers.
      algorithms: { cipher: ["aes128-gcm@openssh.com"] },
    });
  });
  return { ssh, channel };
}
