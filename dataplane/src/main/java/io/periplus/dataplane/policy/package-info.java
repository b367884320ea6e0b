/** The one authorisation engine: policies compiled once, judged without allocating, decisions that say why. */
@NullMarked
package io.periplus.dataplane.policy;

import org.jspecify.annotations.NullMarked;
