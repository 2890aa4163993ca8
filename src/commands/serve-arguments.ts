import { parseArgs } from "node:util";
import { type UrlScheme, urlSchemes } from "../url/url-store.ts";
import { ArgumentError, defaultDataFolder } from "./command.ts";

export interface HostPort {
  /** IP address, without brackets. */
  readonly address: string;
  /** 0 = any free port. */
  readonly port: number;
}

/** `bmpconfd [options]`, defaults filled in. */
export interface ServeArguments {
  readonly dataFolder: string;
  readonly listen: readonly HostPort[];
  readonly bgpListen: readonly HostPort[];
  readonly metrics: readonly HostPort[];
  /** Where the files of MRT feeds are; undefined: nowhere. */
  readonly mrtFolder: string | undefined;
  readonly yangFiles: readonly string[];
  readonly urlSchemes: readonly UrlScheme[];
  readonly isLab: boolean;
  readonly isCheck: boolean;
  readonly isVersion: boolean;
  readonly isHelp: boolean;
}

export const USAGE = `Usage: bmpconfd [options]
       bmpconfd user add NAME [--key FILE | --password-stdin] [--group GROUP] [--data DIR]
       bmpconfd host-key [--host HOST:PORT] [--data DIR]

  --data DIR              configuration history, users, host keys (default /var/lib/bmpconfd)
  --listen ADDR:PORT      NETCONF and the command line over SSH; may be given several times (default [::]:830)
  --bgp-listen ADDR:PORT  BGP; may be given several times (default [::]:179)
  --metrics ADDR:PORT     status page and Prometheus metrics over HTTP (default: none)
  --mrt DIR               the folder whose MRT files routes may be taken from (default: none)
  --yang FILE             serve a further YANG module as plain configuration data; several times
  --url SCHEME            take and give configurations by URL: file (a folder in the data directory) or https;
                          may be given twice (default: none)
  --lab                   play: sample routes from a BGP neighbour, a collector that prints what it gets,
                          user admin with password admin; defaults ./var, 127.0.0.1:8830, 127.0.0.1:1790
  --check                 validate the stored configuration and exit 0 or 1 (3: no data directory)
  --version, --help
`;

/** Parses what follows `bmpconfd`. Throws `ArgumentError`, or what parseArgs throws. */
export function parseServeArguments(argv: readonly string[]): ServeArguments {
  const values = parse(argv);
  const isLab = values.lab ?? false;
  return {
    dataFolder: values.data ?? (isLab ? "./var" : defaultDataFolder),
    listen: (values.listen ?? [isLab ? "127.0.0.1:8830" : "[::]:830"]).map(parseHostPort),
    bgpListen: (values["bgp-listen"] ?? [isLab ? "127.0.0.1:1790" : "[::]:179"]).map(parseHostPort),
    metrics: (values.metrics ?? []).map(parseHostPort),
    mrtFolder: values.mrt,
    yangFiles: values.yang ?? [],
    urlSchemes: urlSchemes.filter((scheme) => (values.url ?? []).map(parseScheme).includes(scheme)),
    isLab,
    isCheck: values.check ?? false,
    isVersion: values.version ?? false,
    isHelp: values.help ?? false,
  };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: {
      data: { type: "string" },
      listen: { type: "string", multiple: true },
      "bgp-listen": { type: "string", multiple: true },
      metrics: { type: "string", multiple: true },
      mrt: { type: "string" },
      yang: { type: "string", multiple: true },
      url: { type: "string", multiple: true },
      lab: { type: "boolean" },
      check: { type: "boolean" },
      version: { type: "boolean" },
      help: { type: "boolean" },
    },
  }).values;
}

function parseScheme(text: string): UrlScheme {
  const scheme = urlSchemes.find((known) => known === text);
  if (scheme === undefined) throw new ArgumentError(`--url takes ${urlSchemes.join(" or ")}, not '${text}'.`);
  return scheme;
}

/** `127.0.0.1:830`, `[::1]:830`. Throws `ArgumentError`. */
export function parseHostPort(text: string): HostPort {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const address = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (address === undefined || port > 65_535) {
    throw new ArgumentError(`'${text}' is not ADDRESS:PORT, such as 127.0.0.1:830 or [::1]:830.`);
  }
  return { address, port };
}

/** The text form that `parseHostPort` reads. */
export function formatHostPort({ address, port }: HostPort): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
