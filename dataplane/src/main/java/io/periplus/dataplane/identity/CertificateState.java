package io.periplus.dataplane.identity;

import io.periplus.api.SpiffeId;
import org.jspecify.annotations.Nullable;

/**
 * What is held for an identity.
 *
 * @param certificate the newest, valid or not; {@code null} before the first
 * @param failure why the newest attempt failed; {@code null} if it did not
 */
public record CertificateState(
        SpiffeId identity,
        @Nullable WorkloadCertificate certificate,
        @Nullable String failure) {}
