/** What happens to every object on its way into the store: defaults, validation, addresses. */
@NullMarked
package io.periplus.lab.store.admission;

import org.jspecify.annotations.NullMarked;
