@NullMarked
package io.periplus.api.limit;

import org.jspecify.annotations.NullMarked;
