/**
 * One container: the cgroup it lives in, the script that builds its namespaces and root file system, its process and its
 * log.
 */
@NullMarked
package io.periplus.lab.node.container;

import org.jspecify.annotations.NullMarked;
