import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { addUser } from "../access/add-user.ts";
import { type AuthorizedKey, parseAuthorizedKeys } from "../access/authorized-key.ts";
import { accessLimits } from "../access/limits.ts";
import { type Group, isGroup } from "../access/user.ts";
import { ArgumentError, type CommandIo, defaultDataFolder } from "./command.ts";
import { runCommand } from "./run-command.ts";

const USAGE = "bmpconfd user add NAME [--key FILE | --password-stdin] [--group GROUP] [--data DIR]";

/** `bmpconfd user …`; `args` are those after `user`. Returns the exit code. */
export function userCommand(args: readonly string[], io: CommandIo): Promise<number> {
  return runCommand("user", USAGE, io, async () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        key: { type: "string" },
        "password-stdin": { type: "boolean" },
        group: { type: "string" },
        data: { type: "string", default: defaultDataFolder },
      },
    });
    const [action, name, ...more] = positionals;
    if (action !== "add") throw new ArgumentError("The only thing to do with users is: add.");
    if (name === undefined || more.length > 0) throw new ArgumentError("Give one user name.");
    const user = await addUser(values.data, {
      name,
      ...(values.group === undefined ? {} : { group: parseGroup(values.group) }),
      ...(values.key === undefined ? {} : { keys: readKeys(values.key) }),
      ...(values["password-stdin"] === true ? { password: await readFirstLine(io.stdin) } : {}),
    });
    const ways = [`${user.keys.length} key(s)`, ...(user.password === undefined ? [] : ["a password"])];
    io.stdout.write(`User ${user.name}: group ${user.group}, ${ways.join(" and ")}.\n`);
  });
}

function parseGroup(text: string): Group {
  if (isGroup(text)) return text;
  throw new ArgumentError(
    `"${text}" cannot be a group. Give admin, monitor, recovery, or another name that access control rules use: ` +
      'letters, digits, ".", "_" and "-".',
  );
}

function readKeys(file: string): AuthorizedKey[] {
  try {
    return parseAuthorizedKeys(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ArgumentError(`Cannot take a public key from ${file}: ${(error as Error).message}`);
  }
}

/** The first line without its line end. Reads a little more than a password can have, so that longer ones are told. */
async function readFirstLine(input: AsyncIterable<Buffer | string>): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of input) {
    const bytes = Buffer.from(piece);
    pieces.push(bytes);
    length += bytes.length;
    if (bytes.includes("\n") || length > accessLimits.maxPasswordBytes + 2) break;
  }
  return Buffer.concat(pieces).toString("utf8").split(/\r?\n/, 1)[0] ?? "";
}
