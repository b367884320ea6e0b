/** The analyzers, one per file; each looks at a snapshot and reports findings. */
@NullMarked
package io.periplus.cli.analyze.check;

import org.jspecify.annotations.NullMarked;
