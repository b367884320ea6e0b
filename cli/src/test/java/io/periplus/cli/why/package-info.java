/** Tests of {@code why} that need no cluster. */
@org.jspecify.annotations.NullMarked
package io.periplus.cli.why;
