/** What several tests need: a certificate authority, event loops. */
@NullMarked
package io.periplus.dataplane.testing;

import org.jspecify.annotations.NullMarked;
