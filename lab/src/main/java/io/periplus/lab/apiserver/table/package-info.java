/** Objects as tables, the way {@code kubectl get} shows them. */
@NullMarked
package io.periplus.lab.apiserver.table;

import org.jspecify.annotations.NullMarked;
