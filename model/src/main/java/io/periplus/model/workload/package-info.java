/** Workloads and services of the index, from pods, endpoint slices and Services. */
@NullMarked
package io.periplus.model.workload;

import org.jspecify.annotations.NullMarked;
