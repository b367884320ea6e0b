@NullMarked
package io.periplus.lab.node;

import org.jspecify.annotations.NullMarked;
