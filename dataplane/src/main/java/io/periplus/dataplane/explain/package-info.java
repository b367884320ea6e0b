/** What both proxies need to answer {@code periplus why}: values of the engine and of the index as the answer shows them. */
@NullMarked
package io.periplus.dataplane.explain;

import org.jspecify.annotations.NullMarked;
