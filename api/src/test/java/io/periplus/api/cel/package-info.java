@NullMarked
package io.periplus.api.cel;

import org.jspecify.annotations.NullMarked;
