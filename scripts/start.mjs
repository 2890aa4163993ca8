/** `npm start`: the server in lab mode, built first where needed. It runs in this process, so that signals and pids are plain. */
import { pathToFileURL } from "node:url";
import { MAIN, orExit, setUp } from "./setup.mjs";

await orExit(setUp);
process.argv = [process.execPath, MAIN, "--lab", ...process.argv.slice(2)];
await import(pathToFileURL(MAIN).href);
