package io.periplus.model.authn;

/**
 * What came of fetching the keys of a source.
 *
 * @param jwks    the newest keys (RFC 7517); empty if none were ever fetched
 * @param problem of the last attempt; empty if it succeeded
 */
public record FetchedKeys(String jwks, String problem) {}
