const GET_AGAIN = "Get the file again, or have it end before this record.";

/** The file is not what its format says, or too much; the message says what is wrong, and not where. */
export class MrtError extends Error {
  override readonly name = "MrtError";
  /** What to do about it, in a sentence. */
  readonly advice: string;

  constructor(message: string, advice = GET_AGAIN) {
    super(message);
    this.advice = advice;
  }
}
