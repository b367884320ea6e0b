/**
 * Routes of the Gateway API: which parents take them, what of them can be applied, which proxies serve them, and what
 * their status says.
 */
@NullMarked
package io.periplus.model.route;

import org.jspecify.annotations.NullMarked;
