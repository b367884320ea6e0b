@NullMarked
package io.periplus.lab.node.pod;

import org.jspecify.annotations.NullMarked;
