import { readFileSync } from "node:fs";

/** V8 reserves more than 4 GiB of addresses for each WebAssembly memory, so that it need not check addresses. */
const RESERVED_BYTES = 4 * 1024 ** 3;

interface Mapping {
  readonly begin: number;
  readonly end: number;
  readonly permissions: string;
  readonly rssBytes: number;
}

/**
 * Resident bytes of a Node.js process's WebAssembly memories, in which libyang keeps the configuration. They are the
 * writable mappings at the beginning of a large reserved one. Throws when there are none.
 */
export function wasmBytesOf(pid: number): number {
  const mappings = parseMappings(readFileSync(`/proc/${pid}/smaps`, "utf8"));
  const memories = mappings.filter((mapping, index) => {
    const next = mappings[index + 1];
    return mapping.permissions === "rw-p" && next?.begin === mapping.end && isReservation(next);
  });
  if (memories.length === 0) throw new Error(`no WebAssembly memory in process ${pid}`);
  return memories.reduce((sum, { rssBytes }) => sum + rssBytes, 0);
}

const isReservation = ({ begin, end, permissions }: Mapping): boolean =>
  permissions === "---p" && end - begin >= RESERVED_BYTES;

function parseMappings(smaps: string): Mapping[] {
  const entries = smaps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) (\S{4}) .*\n(?:[A-Z].*\n)*?Rss:\s+(\d+) kB$/gm);
  return Array.from(entries, ([, begin = "", end = "", permissions = "", kibibytes]) => ({
    begin: Number.parseInt(begin, 16),
    end: Number.parseInt(end, 16),
    permissions,
    rssBytes: Number(kibibytes) * 1_024,
  }));
}
