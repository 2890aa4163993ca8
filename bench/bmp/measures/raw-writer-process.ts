import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";

const WRITE_BYTES = 65_536;

/** Writes a file to all ports as fast as they take it: what Node.js can do at best. */
const [file, ...ports] = process.argv.slice(2);
if (file === undefined) throw new Error("raw-writer-process FILE PORT...");
const octets = readFileSync(file);

async function write(port: number): Promise<void> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "connect");
  for (let at = 0; at < octets.length; at += WRITE_BYTES)
    if (!socket.write(octets.subarray(at, at + WRITE_BYTES))) await once(socket, "drain");
}

await Promise.all(ports.map((port) => write(Number(port))));
// Ends when it is killed: a connection that closed would be one more thing for the collectors to do.
setInterval(() => {}, 60_000);
