/** A whole lab, as a user of the command line meets it. */
@NullMarked
package io.periplus.lab;

import org.jspecify.annotations.NullMarked;
