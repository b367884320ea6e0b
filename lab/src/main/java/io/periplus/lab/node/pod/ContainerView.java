package io.periplus.lab.node.pod;

import io.periplus.lab.node.container.ContainerProcess;
import org.jspecify.annotations.Nullable;

/**
 * A container as other threads than its pod's worker see it.
 *
 * @param process its present run, or null
 * @param attempt number of the present or last run, from 0
 */
record ContainerView(String name, @Nullable ContainerProcess process, int attempt, ContainerState state) {}
