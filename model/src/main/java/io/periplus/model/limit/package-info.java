/** Rate limits: where a RateLimitPolicy is attached, which of several holds, what proxies are sent and what its status says. */
@NullMarked
package io.periplus.model.limit;

import org.jspecify.annotations.NullMarked;
