@NullMarked
package io.periplus.lab.node.proxy;

import org.jspecify.annotations.NullMarked;
