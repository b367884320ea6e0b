/** The Kubernetes API as the control plane uses it: watches, and objects turned into values. */
@NullMarked
package io.periplus.controlplane.kube;

import org.jspecify.annotations.NullMarked;
