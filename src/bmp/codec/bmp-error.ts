/** The bytes are not BMP version 3. The stream has no way to resynchronise: end the connection. */
export class BmpError extends Error {
  override readonly name = "BmpError";
}
