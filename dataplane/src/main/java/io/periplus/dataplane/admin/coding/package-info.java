/** How answers are compressed: what a client accepts, and what can be written here. */
@NullMarked
package io.periplus.dataplane.admin.coding;

import org.jspecify.annotations.NullMarked;
