import { Client, type ClientChannel, type ConnectConfig } from "ssh2";
import { NetconfClient } from "./netconf-client.ts";

/** A NETCONF session by the ssh2 library. */
export async function connectWithLibrary(
  port: number,
  username: string,
  credential: Pick<ConnectConfig, "password" | "privateKey">,
): Promise<NetconfClient> {
  const ssh = new Client();
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    ssh.once("error", reject);
    ssh.once("ready", () => {
      ssh.subsys("netconf", (error, opened) => (error === undefined ? resolve(opened) : reject(error)));
    });
    ssh.connect({ host: "127.0.0.1", port, username, ...credential });
  });
  // Nagle's algorithm would add 40 ms to each request.
  ssh.setNoDelay(true);
  // A server that is killed resets the connection; the channel's end tells whoever waits for a reply.
  ssh.on("error", () => {});
  channel.on("close", () => ssh.end());
  return await NetconfClient.open(channel);
}
