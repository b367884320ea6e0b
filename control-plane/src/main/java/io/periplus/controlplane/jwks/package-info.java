/** The public keys of token issuers: fetched on behalf of the proxies, which wait for nobody. */
@NullMarked
package io.periplus.controlplane.jwks;

import org.jspecify.annotations.NullMarked;
