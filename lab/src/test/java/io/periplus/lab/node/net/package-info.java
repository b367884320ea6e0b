@NullMarked
package io.periplus.lab.node.net;

import org.jspecify.annotations.NullMarked;
