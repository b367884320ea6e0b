/**
 * The kubelet: one worker per pod, each a small state machine that owns everything of its pod.
 */
@NullMarked
package io.periplus.lab.node.pod;

import org.jspecify.annotations.NullMarked;
