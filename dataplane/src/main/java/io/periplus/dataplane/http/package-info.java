/**
 * HTTP messages and their two codecs (RFC 9112, RFC 9113), without any policy of a particular proxy: strict parsing,
 * heads as values that both versions share, path normalisation, hop-by-hop fields.
 */
@NullMarked
package io.periplus.dataplane.http;

import org.jspecify.annotations.NullMarked;
