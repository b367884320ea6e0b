/** The proxies that are deployed for Gateways: of which kinds they are, and what their objects are called. */
@NullMarked
package io.periplus.model.proxy;

import org.jspecify.annotations.NullMarked;
