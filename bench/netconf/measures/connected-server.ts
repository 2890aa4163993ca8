import type { Budget } from "../../shared/budget.ts";
import { NetconfClient } from "../../shared/client/netconf-client.ts";
import { Probe } from "../probe/probe.ts";
import type { RunningServer, Server } from "../servers/server.ts";

/** A running server with a session that works and another one that watches. */
export interface ConnectedServer {
  readonly server: RunningServer;
  readonly client: NetconfClient;
  readonly probe: Probe;
  /** Ends the sessions and then the server, in order or without a word. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Starts the server and both sessions. The second one will ask for `watched`, which is there after `prepare`. */
export async function startConnected(
  server: Server,
  budget: Budget,
  watched: string,
  prepare: (client: NetconfClient) => Promise<void>,
): Promise<ConnectedServer> {
  const running = await server.start(budget.forOneMs);
  let client: NetconfClient | undefined;
  try {
    client = await budget.within(NetconfClient.connect(running.endpoint));
    await budget.within(prepare(client));
    const probe = await budget.within(Probe.start(running.endpoint, watched));
    return connected(running, client, probe);
  } catch (error) {
    client?.close();
    await running.kill();
    throw error;
  }
}

function connected(server: RunningServer, client: NetconfClient, probe: Probe): ConnectedServer {
  const disconnect = async (): Promise<void> => {
    client.close();
    await probe.end();
  };
  return {
    server,
    client,
    probe,
    stop: () => disconnect().then(() => server.stop()),
    kill: () => disconnect().then(() => server.kill()),
  };
}
