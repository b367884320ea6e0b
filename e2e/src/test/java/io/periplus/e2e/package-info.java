/** The promises of the README, kept by tests that use the product as its users do: the launcher, kubectl, real traffic. */
@NullMarked
package io.periplus.e2e;

import org.jspecify.annotations.NullMarked;
