/** Who calls: bearer tokens, reviewed by the Kubernetes API. */
@NullMarked
package io.periplus.controlplane.auth;

import org.jspecify.annotations.NullMarked;
