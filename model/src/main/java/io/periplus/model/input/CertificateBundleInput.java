package io.periplus.model.input;

import io.periplus.api.NamespacedName;

/**
 * The certificates of authorities that a ConfigMap holds under {@code ca.crt}.
 *
 * @param certificates PEM
 * @param problem      why they cannot be used; empty when they can
 */
public record CertificateBundleInput(NamespacedName key, String certificates, String problem) {}
