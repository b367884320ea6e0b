@NullMarked
package io.periplus.ztunnel.dns;

import org.jspecify.annotations.NullMarked;
