/** The command line of the lab, one class for each command. */
@NullMarked
package io.periplus.lab.command;

import org.jspecify.annotations.NullMarked;
