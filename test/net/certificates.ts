import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** PEM text. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

const NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes".split(" ");

/** A CA of its own, made by openssl. */
export class Authority {
  readonly certificate: string;
  readonly #key: string;

  constructor() {
    const { certificate, key } = openssl((run) => {
      run("req", "-x509", ...NEW_KEY, "-keyout", "key", "-out", "certificate", "-subj", "/CN=authority", "-days", "2");
    });
    this.certificate = certificate;
    this.#key = key;
  }

  /** A certificate for `names`, such as `DNS:a.example,IP:::1`; with `days` below 0 one that has expired. */
  issue(names: string, days = 2): Issued {
    return openssl((run, write) => {
      write("ca", this.certificate);
      write("ca-key", this.#key);
      write("extensions", `subjectAltName=${names}\n`);
      run("req", ...NEW_KEY, "-keyout", "key", "-out", "request", "-subj", "/CN=issued");
      const issuer = ["-CA", "ca", "-CAkey", "ca-key", "-CAcreateserial", "-extfile", "extensions"];
      run("x509", "-req", "-in", "request", "-out", "certificate", "-days", String(days), ...issuer);
    });
  }
}

/** Runs openssl in a folder that is gone afterwards; gives the files `certificate` and `key`. */
function openssl(
  make: (run: (...args: string[]) => void, write: (file: string, text: string) => void) => void,
): Issued {
  const folder = mkdtempSync(join(tmpdir(), "bmpconfd-certificates-"));
  try {
    make(
      (...args) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" }),
      (file, text) => writeFileSync(join(folder, file), text),
    );
    const read = (file: string): string => readFileSync(join(folder, file), "utf8");
    return { certificate: read("certificate"), key: read("key") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
