/** What analyzers report. */
@NullMarked
package io.periplus.cli.analyze.finding;

import org.jspecify.annotations.NullMarked;
