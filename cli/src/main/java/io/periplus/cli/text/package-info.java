/** How values become text: tables, YAML, JSON. */
@NullMarked
package io.periplus.cli.text;

import org.jspecify.annotations.NullMarked;
