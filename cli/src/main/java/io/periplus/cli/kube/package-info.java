/** A small blocking Kubernetes client: kubeconfig, HTTP/1.1 over TLS, objects as JSON trees, port-forward. */
@NullMarked
package io.periplus.cli.kube;

import org.jspecify.annotations.NullMarked;
