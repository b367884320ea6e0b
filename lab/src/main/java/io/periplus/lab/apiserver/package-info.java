/**
 * The Kubernetes-compatible API server of a lab cluster: HTTPS, authentication, REST verbs, discovery, OpenAPI, tables,
 * patches, tokens. {@link io.periplus.lab.apiserver.ClusterServer} is the one class the rest of the lab starts;
 * {@link io.periplus.lab.apiserver.PodRuntime} is what it needs from the nodes.
 */
@NullMarked
package io.periplus.lab.apiserver;

import org.jspecify.annotations.NullMarked;
