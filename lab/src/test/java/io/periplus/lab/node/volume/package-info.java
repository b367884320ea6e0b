@NullMarked
package io.periplus.lab.node.volume;

import org.jspecify.annotations.NullMarked;
