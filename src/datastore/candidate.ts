import type { CandidateJournal } from "./candidate-journal.ts";
import type { ConfigSource, Requester } from "./datastores.ts";
import type { EngineEdit } from "./engine-api.ts";
import type { EngineHost } from "./engine-host.ts";
import { EngineStream } from "./engine-stream.ts";
import { asConfig } from "./stored-configuration.ts";

/** The candidate, and what it takes to bring it back when the engine is built anew. */
export class Candidate {
  readonly #engine: EngineHost;
  readonly #journal: CandidateJournal;
  readonly #maxJournalBytes: number;

  /** `journal`: what the engine repeats when it is built anew. */
  constructor(engine: EngineHost, journal: CandidateJournal, maxJournalBytes: number) {
    this.#engine = engine;
    this.#journal = journal;
    this.#maxJournalBytes = maxJournalBytes;
  }

  async edit({ user }: Requester, edit: EngineEdit): Promise<void> {
    const hadClearPasswords = await this.#engine.call("editCandidate", edit, user);
    if (edit.testOption === "test-only") return;
    this.#journal.add({ method: "editCandidate", args: [edit] });
    if (hadClearPasswords || this.#journal.bytes > this.#maxJournalBytes) await this.#shortenJournal();
  }

  async replace({ user }: Requester, source: ConfigSource): Promise<void> {
    await this.#engine.call("copyToCandidate", source, user);
    await this.#shortenJournal();
  }

  async discard(): Promise<void> {
    await this.#engine.call("discardCandidate");
    this.#journal.clear();
  }

  /** It has become running. */
  committed(): void {
    this.#journal.clear();
  }

  isModified(): Promise<boolean> {
    return this.#engine.call("isCandidateModified");
  }

  /** While `change` changes running past the candidate: one with changes of its own keeps them, whatever running was. */
  async keptDuring(change: () => Promise<void>): Promise<void> {
    if (this.#journal.isEmpty) return change();
    // Before running changes: repeated on another running, the steps would lead to another candidate, or fail.
    this.#journal.replaceBy({ whole: await this.#whole() });
    await change();
    await this.#shortenJournal();
  }

  /** The steps that led to the candidate give way to the difference they made. */
  async #shortenJournal(): Promise<void> {
    this.#journal.replaceBy({ edit: await this.#engine.call("candidateChanges") });
  }

  async #whole(): Promise<string> {
    const stream = new EngineStream(this.#engine, await this.#engine.call("getConfig", "candidate"));
    const pieces: Uint8Array[] = [];
    for (let piece = await stream.next(); piece !== undefined; piece = await stream.next()) pieces.push(piece);
    return asConfig(Buffer.concat(pieces)).toString();
  }
}
