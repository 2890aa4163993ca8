import { UserAdditionError } from "../access/add-user.ts";
import { HostKeyError } from "../access/host-keys.ts";
import { UsersFileError } from "../access/users-file.ts";
import { type CommandIo, exitCodes, isArgumentError } from "./command.ts";
import { withAdvice } from "./system-advice.ts";

/** Runs a command's work and turns what it throws into a message on stderr and the exit code that scripts know. */
export async function runCommand(
  name: string,
  usage: string,
  io: CommandIo,
  work: () => Promise<void>,
): Promise<number> {
  try {
    await work();
    return exitCodes.ok;
  } catch (error) {
    io.stderr.write(`bmpconfd ${name}: ${withAdvice(error)}\n`);
    if (isArgumentError(error)) io.stderr.write(`Usage: ${usage}\n`);
    return exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (isArgumentError(error) || error instanceof UserAdditionError) return exitCodes.badArguments;
  if (error instanceof UsersFileError || error instanceof HostKeyError) return exitCodes.badConfiguration;
  return exitCodes.noDataFolder;
}
