/**
 * Limits of what is read out of a message here. They hold for the envelope, the hello, filters and small parameters;
 * a `<config>` is only measured, and read by the datastore under limits of its own.
 * Beyond any of them the request is refused with `too-big`.
 */
export const xmlLimits = Object.freeze({
  /** Characters of one element, attribute or prefix name. */
  nameCharacters: 256,
  /** Attributes of one element, namespace declarations included. */
  attributes: 64,
  /** Characters of one attribute value as sent. A `message-id` has at most 4095 (RFC 6241 appendix B). */
  attributeCharacters: 8192,
  /** Characters of one hello, filter or parameter, or of a message without the content of its parameters. */
  characters: 64 * 1024,
  /** Levels of one filter, hello or parameter. */
  depth: 64,
  /** Elements of one filter, hello or parameter. */
  elements: 4096,
  /** `<rpc>`, its operation and that operation's parameters together. */
  envelopeElements: 64,
  /** Bytes or characters of a message that are gone through before others get their turn. */
  stepBytes: 256 * 1024,
});
