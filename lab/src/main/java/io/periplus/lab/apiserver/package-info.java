/**
 * The Kubernetes-compatible API server of a lab cluster: HTTPS, authentication, REST verbs, discovery, OpenAPI, tables,
 * patches, tokens. {@link io.periplus.lab.apiserver.ClusterServer} is the one class the rest of the lab starts;
 * {@link io.periplus.lab.apiserver.PodRuntime} is what it needs from the nodes.
 *
 * <p>It speaks the API of Kubernetes 1.32 over HTTP/1.1 with JSON, YAML and (for what {@code kubectl}'s typed commands
 * send) protobuf; replies are JSON. What it does not do: RBAC is evaluated but, unless asked for, not enforced
 * (the log says what it would refuse); admission webhooks and {@code x-kubernetes-validations} are stored but not called or evaluated; versions
 * of custom types differ in nothing but their name; exec and attach stream over WebSocket only; OpenAPI v2 is JSON only.
 */
@NullMarked
package io.periplus.lab.apiserver;

import org.jspecify.annotations.NullMarked;
