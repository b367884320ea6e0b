@NullMarked
package io.periplus.lab.node.dns;

import org.jspecify.annotations.NullMarked;
