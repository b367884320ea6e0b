@NullMarked
package io.periplus.api.why;

import org.jspecify.annotations.NullMarked;
