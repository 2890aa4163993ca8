#!/usr/bin/env node
import { check } from "./check.ts";
import { exitCodes, isArgumentError } from "./commands/command.ts";
import { hostKeyCommand } from "./commands/host-key.ts";
import { parseServeArguments, USAGE } from "./commands/serve-arguments.ts";
import { userCommand } from "./commands/user.ts";
import { packageVersion } from "./package-files.ts";
import { serve } from "./serve.ts";

async function main([command, ...rest]: readonly string[]): Promise<number> {
  if (command === "user") return userCommand(rest, process);
  if (command === "host-key") return hostKeyCommand(rest, process);
  return serveOrCheck(command === undefined ? [] : [command, ...rest]);
}

async function serveOrCheck(argv: readonly string[]): Promise<number> {
  try {
    const given = parseServeArguments(argv);
    if (given.isHelp) process.stdout.write(USAGE);
    else if (given.isVersion) process.stdout.write(`bmpconfd ${packageVersion()}\n`);
    else return given.isCheck ? await check(given) : await serve(given);
    return exitCodes.ok;
  } catch (error) {
    if (!isArgumentError(error)) throw error;
    process.stderr.write(`bmpconfd: ${(error as Error).message}\nSee 'bmpconfd --help'.\n`);
    return exitCodes.badArguments;
  }
}

process.exit(await main(process.argv.slice(2)));
