/** Which tokens which proxies accept, and with which keys. */
@NullMarked
package io.periplus.model.authn;

import org.jspecify.annotations.NullMarked;
