/** An authorizer for a pod of the tests. */
@NullMarked
package io.periplus.e2e.authorizer;

import org.jspecify.annotations.NullMarked;
