import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { cryptPassword, matchesCryptHash, newCryptSettings, parseCryptHash } from "../../src/crypt/sha-crypt.ts";
import { finishJob } from "../../src/job.ts";

const LONG = "a very much longer text to encrypt.  This one even stretches over morethan one line.";

/** The examples of the specification, "Unix crypt using SHA-256 and SHA-512". */
const EXAMPLES: readonly (readonly [password: string, hash: string])[] = [
  ["Hello world!", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"],
  ["Hello world!", "$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA"],
  ["This is just a test", "$5$rounds=5000$toolongsaltstrin$Un/5jzAHMgOGZ5.mWJpuVolil07guHPvOW8mGRcvxa5"],
  [LONG, "$5$rounds=1400$anotherlongsalts$Rx.j8H.h8HjEDGomFU8bDkXm3XIUnzyxf12oP84Bnq1"],
  ["a short string", "$5$rounds=123456$asaltof16chars..$gP3VQ/6X7UUEW3HkBn2w1/Ptq2jxPyzV/cZKmF/wJvD"],
  ["the minimum number is still observed", "$5$rounds=1000$roundstoolow$yfvwcWrQ8l/K0DAWyuPMDNHpIVlTQebY9l/gL972bIC"],
  [
    "Hello world!",
    "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
  ],
  [
    "Hello world!",
    "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.",
  ],
  [
    "This is just a test",
    "$6$rounds=5000$toolongsaltstrin$lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3glMhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0",
  ],
  [
    LONG,
    "$6$rounds=1400$anotherlongsalts$POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1",
  ],
  [
    "a short string",
    "$6$rounds=123456$asaltof16chars..$BtCwjqMJGx5hrJhZywWvt0RLE8uZ4oPwcelCjmw2kSYu.Ec6ycULevoBK25fs2xXgMNrCzIMVcgEJAstJeonj1",
  ],
  [
    "the minimum number is still observed",
    "$6$rounds=1000$roundstoolow$kUMsbe306n21p9R.FRkW3IGn.S9NPN0x50YhH1xhLsPuWGsUSklZt58jaTfF4ZEQpyUNGc0dqbpBYYBaHHrsX.",
  ],
];

const read = (text: string) => {
  const stored = parseCryptHash(text);
  if (stored === undefined) throw new Error(`${text} is not read`);
  return stored;
};

test.each(EXAMPLES)("%s: %s", (password, hash) => {
  expect(finishJob(cryptPassword(password, read(hash)))).toBe(hash);
  expect(finishJob(matchesCryptHash(password, read(hash)))).toBe(true);
  expect(finishJob(matchesCryptHash(`${password} `, read(hash)))).toBe(false);
});

test("fewer than 1000 rounds are taken for 1000", () => {
  const [password, hash] = EXAMPLES[5] as readonly [string, string];
  expect(finishJob(cryptPassword(password, { method: "5", rounds: 10, salt: "roundstoolow" }))).toBe(hash);
});

/** Where the C library's crypt(3) can be asked. */
const perl = (password: string, settings: string) =>
  spawnSync("perl", ["-e", "print crypt($ARGV[0], $ARGV[1])", password, settings], { encoding: "utf8" });
const hasCrypt = perl("", "$6$a").stdout?.startsWith("$6$a$") === true;

test.skipIf(!hasCrypt)("the C library's crypt(3) agrees, whatever the lengths", () => {
  for (const method of ["5", "6"] as const) {
    for (const length of [0, 1, 15, 16, 31, 32, 33, 63, 64, 65, 128, 255]) {
      const password = "grüße".repeat(60).slice(0, length);
      const salt = "./azAZ09./azAZ09".slice(0, (length % 16) + 1);
      const expected = perl(password, `$${method}$rounds=1000$${salt}`).stdout;
      expect(finishJob(cryptPassword(password, { method, rounds: 1000, salt }))).toBe(expected);
    }
  }
});

test("new passwords get SHA-512, the usual rounds and a salt of their own", () => {
  const [one, other] = [newCryptSettings(), newCryptSettings()];
  expect(one).toEqual({ method: "6", rounds: undefined, salt: expect.stringMatching(/^[./0-9A-Za-z]{16}$/) });
  expect(one.salt).not.toBe(other.salt);
});

test.each([
  "",
  "$0$secret",
  "$1$abcdefgh$0123456789012345678901",
  "$5$salt$tooshort",
  `$6$${"a".repeat(17)}$${"a".repeat(86)}`,
  `$6$rounds=1234567890$salt$${"a".repeat(86)}`,
])("%j is no hash of these methods", (text) => {
  expect(parseCryptHash(text)).toBeUndefined();
});

test("the work yields after a millisecond or so", () => {
  const job = cryptPassword("secret", { method: "6", rounds: 10_000, salt: "salt" });
  let slices = 1;
  while (job.next().done !== true) slices++;
  expect(slices).toBeGreaterThan(30);
});
