/** Figures for people and for programs. */
@NullMarked
package io.periplus.bench.report;

import org.jspecify.annotations.NullMarked;
