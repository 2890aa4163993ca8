import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { dataMissing, invalidValue, operationFailed, resourceDenied } from "../errors/constructors.ts";
import { RpcError } from "../errors/rpc-error.ts";
import type { UrlLimits } from "./limits.ts";
import { shown, tooLong, type UrlStore } from "./url-store.ts";

/** What an unfinished file is called: no URL leads to it. */
const DRAFT = ".draft-";

/**
 * `file:///NAME` is NAME in a folder of the server's own, or in a folder that somebody made in it. Links are not
 * followed: whoever may send requests need not be somebody who may read or write the rest of the machine.
 */
export class FileStore implements UrlStore {
  readonly #folder: string;
  readonly #limits: UrlLimits;
  #drafts = 0;

  constructor(folder: string, limits: UrlLimits) {
    this.#folder = folder;
    this.#limits = limits;
  }

  async read(url: URL): Promise<Uint8Array> {
    return this.#about(url, async (path) => {
      await using file = await openPlain(path, constants.O_RDONLY);
      const { size } = await file.stat();
      if (size > this.#limits.urlBytes) throw tooLong(url, this.#limits);
      return file.readFile();
    });
  }

  async write(url: URL, content: AsyncIterable<Uint8Array>): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#about(url, async (path) => {
      await this.#requireRoom(path);
      const draft = join(dirname(path), `${DRAFT}${process.pid}-${this.#drafts++}`);
      try {
        await this.#fill(draft, url, content);
        await rename(draft, path);
      } finally {
        await rm(draft, { force: true });
      }
      await flushFolder(dirname(path));
    });
  }

  async remove(url: URL): Promise<void> {
    await this.#about(url, async (path) => {
      // Only what could be read: a folder, for instance, is nothing that a URL names.
      await (await openPlain(path, constants.O_RDONLY)).close();
      await rm(path);
      await flushFolder(dirname(path));
    });
  }

  async #fill(draft: string, url: URL, content: AsyncIterable<Uint8Array>): Promise<void> {
    await using file = await open(draft, "wx", 0o600);
    let bytes = 0;
    for await (const piece of content) {
      bytes += piece.length;
      if (bytes > this.#limits.urlBytes) throw tooLong(url, this.#limits);
      await file.writeFile(piece);
    }
    await file.sync();
  }

  async #requireRoom(path: string): Promise<void> {
    const folder = dirname(path);
    const names: string[] = [];
    for (const name of await readdir(folder)) {
      if (isAbandoned(name)) await rm(join(folder, name), { force: true });
      else names.push(name);
    }
    const { urlFiles } = this.#limits;
    if (names.length < urlFiles || names.includes(basename(path))) return;
    throw resourceDenied(`There are ${urlFiles} files in the folder already; delete some with <delete-config>.`);
  }

  /** Gives `work` the path that a URL names, and says what was wrong with that. */
  async #about<T>(url: URL, work: (path: string) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#pathOf(url));
    } catch (error) {
      if (error instanceof RpcError) throw error;
      throw failed(url, error as NodeJS.ErrnoException);
    }
  }

  async #pathOf(url: URL): Promise<string> {
    const names = namesIn(url);
    const folder = join(this.#folder, ...names.slice(0, -1));
    const root = await realpath(this.#folder);
    const real = await realpath(folder);
    if (real !== root && !real.startsWith(root + sep))
      throw invalidValue(`${shown(url)} leads out of the folder for files.`);
    return join(real, names.at(-1) as string);
  }
}

/** Another process left it, which is gone: there is one a data directory. */
const isAbandoned = (name: string) => name.startsWith(DRAFT) && !name.startsWith(`${DRAFT}${process.pid}-`);

/** Folders and file that a URL names. */
function namesIn(url: URL): readonly string[] {
  const wrong = (why: string) => invalidValue(`${shown(url)} ${why}; use file:///NAME.`);
  if (url.hostname !== "" && url.hostname !== "localhost") throw wrong("names another host");
  if (url.search !== "" || url.hash !== "") throw wrong("has more than a path");
  const names = url.pathname.split("/").slice(1).map(decoded);
  const isPlain = (name: string | undefined) => name !== undefined && name !== "" && !/[/\0]/.test(name);
  if (!names.every(isPlain)) throw wrong("names no file");
  if (names.some((name) => name === "." || name === ".." || name?.startsWith(DRAFT))) throw wrong("names no file");
  return names as readonly string[];
}

function decoded(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

/** Opens a file that is one, and no link. */
async function openPlain(path: string, flags: number): Promise<FileHandle> {
  // A pipe would keep us waiting for somebody to write.
  const file = await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw Object.assign(new Error("It is not a file"), { code: "EISDIR" });
}

async function flushFolder(path: string): Promise<void> {
  await using folder = await open(path, "r");
  await folder.sync();
}

function failed(url: URL, error: NodeJS.ErrnoException): RpcError {
  const { code } = error;
  if (code === "ENOENT" || code === "ENOTDIR")
    return dataMissing(`There is no file ${shown(url)}.`, { type: "protocol" });
  if (code === "ELOOP" || code === "EISDIR") return invalidValue(`${shown(url)} is not a plain file.`);
  if (code === "ENOSPC" || code === "EDQUOT") return resourceDenied(`The disk is full; ${shown(url)} is as it was.`);
  return operationFailed(`${shown(url)}: ${error.message}`, { cause: error });
}
