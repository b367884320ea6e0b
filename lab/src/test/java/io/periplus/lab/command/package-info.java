/** The commands as typed: output, exit codes, messages. */
@NullMarked
package io.periplus.lab.command;

import org.jspecify.annotations.NullMarked;
