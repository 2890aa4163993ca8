import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { TlsOptions } from "./tls.ts";

/** What is wrong with one of the options, in words that follow "the session". */
export interface TlsProblem {
  readonly option: keyof TlsOptions;
  readonly text: string;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
/** RFC 7468 section 11, RFC 1421 section 4.6.1.1. */
const ENCRYPTED = /^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;

/** Why no connection can be made with certificates and key like these; none = one can. */
export function tlsProblems({ caCertificates, certificate, privateKey }: TlsOptions): TlsProblem[] {
  const problems: TlsProblem[] = [];
  /** Gives what `read` does, or notes why it fails. */
  const attempt = <T>(option: keyof TlsOptions, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      problems.push({ option, text: (error as Error).message });
      return undefined;
    }
  };
  attempt("caCertificates", () => readCertificates(caCertificates));
  if (certificate === undefined || privateKey === undefined) return problems;
  const own = attempt("certificate", () => readCertificates(certificate));
  const key = attempt("privateKey", () => readKey(privateKey));
  if (own?.[0] === undefined || key === undefined) return problems;
  if (!own[0].checkPrivateKey(key)) problems.push({ option: "privateKey", text: "is not the key of the certificate" });
  else attempt("certificate", () => useForTls(certificate, privateKey));
  return problems;
}

function readCertificates(text: string): X509Certificate[] {
  const blocks = text.match(CERTIFICATE) ?? [];
  if (blocks.length === 0) throw new Error("holds no PEM certificate");
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      throw new Error(`certificate ${index + 1} of ${blocks.length} cannot be read`, { cause });
    }
  });
}

function readKey(text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    const problem = ENCRYPTED.test(text) ? "is encrypted: give it without a passphrase" : "holds no PEM private key";
    throw new Error(problem, { cause });
  }
}

/** TLS does not take everything, such as a key that is too short. */
function useForTls(cert: string, key: string): void {
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const { reason, message } = cause as Error & { readonly reason?: string };
    throw new Error(`is not taken by TLS: ${reason ?? message}`, { cause });
  }
}
