/** What Gateways get: what is to be deployed for them, and what their status says. */
@NullMarked
package io.periplus.model.gateway;

import org.jspecify.annotations.NullMarked;
