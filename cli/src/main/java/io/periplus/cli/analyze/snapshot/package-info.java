/** What is analysed: the objects of a cluster and of manifests at one time, as values. */
@NullMarked
package io.periplus.cli.analyze.snapshot;

import org.jspecify.annotations.NullMarked;
