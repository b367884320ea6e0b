@NullMarked
package io.periplus.lab.node.image;

import org.jspecify.annotations.NullMarked;
