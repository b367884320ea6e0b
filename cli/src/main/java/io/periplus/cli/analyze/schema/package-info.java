/** Objects against the schemas of their definitions (structural OpenAPI v3, as the API server applies them). */
@NullMarked
package io.periplus.cli.analyze.schema;

import org.jspecify.annotations.NullMarked;
