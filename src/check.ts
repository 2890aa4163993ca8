import { existsSync } from "node:fs";
import { loadLibyangModule } from "libyang-wasm";
import { exitCodes } from "./commands/command.ts";
import type { ServeArguments } from "./commands/serve-arguments.ts";
import { withAdvice } from "./commands/system-advice.ts";
import { DatastoreEngine } from "./datastore/engine.ts";
import { yangFolder } from "./package-files.ts";
import { FileCommitHistory } from "./storage/file-commit-history.ts";
import { loadSchema } from "./yang/schema.ts";

/** `--check`: whether the server could start with what the data directory holds. Returns the exit code. */
export async function check({ dataFolder, yangFiles }: ServeArguments): Promise<number> {
  if (!existsSync(dataFolder)) {
    process.stderr.write(`bmpconfd: there is no data directory ${dataFolder}. Give it with --data.\n`);
    return exitCodes.noDataFolder;
  }
  try {
    const schema = loadSchema(await loadLibyangModule(), { yangFolder, extraFiles: yangFiles });
    const engine = new DatastoreEngine(schema, new FileCommitHistory({ dataFolder, log: noteStorage }), new Set());
    process.stdout.write(`The stored configuration is valid (commit ${engine.commitId()}).\n`);
    return exitCodes.ok;
  } catch (error) {
    process.stderr.write(`bmpconfd: ${withAdvice(error)}\n`);
    return exitCodes.badConfiguration;
  }
}

/** What storage found, a torn record say, is for a person who looks: stdout has the verdict. */
function noteStorage(level: string, message: string): void {
  process.stderr.write(`bmpconfd: ${level}: ${message}\n`);
}
