import { addUser } from "./access/add-user.ts";
import { readUsersFile, usersFilePath } from "./access/users-file.ts";
import { Lab } from "./lab/lab.ts";
import { labConfig } from "./lab/lab-config.ts";
import { labInstructions } from "./lab/lab-instructions.ts";
import { DEFAULT_COLLECTOR_PORT } from "./lab/lab-topology.ts";
import type { Log } from "./observe/log.ts";
import type { Endpoints } from "./server.ts";
import { FileCommitHistory } from "./storage/file-commit-history.ts";

const LAB_USER = "admin";
const LAB_PASSWORD = "admin";

/** Puts into an empty data directory what a lab starts with: a BGP neighbour, and a user whom everybody knows. */
export async function prepareLab(dataFolder: string, log: Log): Promise<void> {
  const history = new FileCommitHistory({ dataFolder, log });
  if (history.load() === undefined && history.readStartup() === undefined) {
    history.writeStartup(Buffer.from(labConfig()));
  }
  if (!readUsersFile(usersFilePath(dataFolder)).has(LAB_USER)) {
    await addUser(dataFolder, { name: LAB_USER, password: LAB_PASSWORD });
  }
  log("warn", `Lab mode: user ${LAB_USER} may log in with password ${LAB_PASSWORD}. Not for production.`);
}

/** Starts the embedded neighbour and collector and tells the user what to type. */
export async function startLab({ netconf, bgp }: Endpoints, log: Log): Promise<Lab | undefined> {
  const [bgpTarget] = bgp;
  const [netconfTarget] = netconf;
  if (bgpTarget === undefined || netconfTarget === undefined) return undefined;
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const lab = new Lab({ bgpTarget, collectorPort: DEFAULT_COLLECTOR_PORT, print, log });
  await lab.start();
  for (const line of labInstructions(netconfTarget)) print(line);
  return lab;
}
