/**
 * One run through everything a start does, against an API server in the same process, so that an AOT cache (JEP 514) can
 * be made without a cluster.
 */
@NullMarked
package io.periplus.controlplane.training;

import org.jspecify.annotations.NullMarked;
