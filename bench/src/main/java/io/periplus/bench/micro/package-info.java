/**
 * What single steps of the byte path cost, with JMH. Each class here is measured by {@code periplus bench policy} and has
 * rows of its own there, named after its methods.
 */
@NullMarked
package io.periplus.bench.micro;

import org.jspecify.annotations.NullMarked;
