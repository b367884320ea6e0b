/**
 * JSON Web Tokens (RFC 7519) of requests: where they are, whether they hold, and what they say.
 *
 * <p>A token is taken apart and believed in this order, so that what costs most comes last and only for tokens that are
 * otherwise in order: form, issuer, time, audience, signature. Signatures are verified off the event loop, once for each
 * token.
 */
@NullMarked
package io.periplus.waypoint.authn;

import org.jspecify.annotations.NullMarked;
