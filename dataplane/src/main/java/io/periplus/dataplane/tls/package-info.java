/**
 * Mutual TLS between workloads: contexts made from a {@link io.periplus.dataplane.identity.WorkloadCertificate}, and
 * the verification of a peer by its SPIFFE identity instead of a host name.
 */
@NullMarked
package io.periplus.dataplane.tls;

import org.jspecify.annotations.NullMarked;
