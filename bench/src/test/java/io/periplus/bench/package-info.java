@NullMarked
package io.periplus.bench;

import org.jspecify.annotations.NullMarked;
