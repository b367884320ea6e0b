package io.periplus.controlplane.ca;

import com.google.protobuf.Value;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.periplus.api.SpiffeId;
import io.periplus.controlplane.Metrics;
import io.periplus.controlplane.auth.AuthInterceptor;
import io.periplus.controlplane.auth.Caller;
import io.periplus.wire.ca.IstioCertificateRequest;
import io.periplus.wire.ca.IstioCertificateResponse;
import io.periplus.wire.ca.IstioCertificateServiceGrpc;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code istio.v1.auth.IstioCertificateService}: a certificate for the caller, or for a pod on the caller's node. */
public final class CertificateService extends IstioCertificateServiceGrpc.IstioCertificateServiceImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateService.class);
    private static final String IMPERSONATED = "ImpersonatedIdentity";

    private final CertificateAuthority authority;
    private final NodeAuthorizer authorizer;
    private final String trustDomain;
    private final Metrics metrics;

    public CertificateService(
            CertificateAuthority authority, NodeAuthorizer authorizer, String trustDomain, Metrics metrics) {
        this.authority = authority;
        this.authorizer = authorizer;
        this.trustDomain = trustDomain;
        this.metrics = metrics;
    }

    @Override
    public void createCertificate(IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> response) {
        metrics.counter("citadel_server_csr_count", "").increment();
        Caller caller = AuthInterceptor.CALLER.get();
        if (caller == null) {
            response.onError(Status.UNAUTHENTICATED
                    .withDescription("request authenticate failure")
                    .asRuntimeException());
            return;
        }
        SpiffeId identity = caller.identity(trustDomain);
        Value wanted = request.getMetadata().getFieldsOrDefault(IMPERSONATED, Value.getDefaultInstance());
        if (!wanted.getStringValue().isEmpty()) {
            Optional<SpiffeId> parsed = SpiffeId.parse(wanted.getStringValue());
            String refusal = parsed.isEmpty()
                    ? "\"" + wanted.getStringValue() + "\" is no identity (expected spiffe://<td>/ns/<ns>/sa/<sa>)"
                    : authorizer.refusal(caller, parsed.get());
            if (refusal != null) {
                LOG.warn("refused {} a certificate for {}: {}", identity, wanted.getStringValue(), refusal);
                metrics.counter("citadel_server_authentication_failure_count", "")
                        .increment();
                response.onError(Status.UNAUTHENTICATED
                        .withDescription("request impersonation authentication failure: " + refusal)
                        .asRuntimeException());
                return;
            }
            identity = parsed.orElseThrow();
        }
        sign(request, identity, response);
    }

    private void sign(
            IstioCertificateRequest request, SpiffeId identity, StreamObserver<IstioCertificateResponse> response) {
        try {
            IstioCertificateResponse answer = IstioCertificateResponse.newBuilder()
                    .addAllCertChain(authority.sign(request.getCsr(), identity, request.getValidityDuration()))
                    .build();
            metrics.counter("citadel_server_success_cert_issuance_count", "").increment();
            response.onNext(answer);
            response.onCompleted();
        } catch (CaException e) {
            metrics.counter("citadel_server_csr_sign_err_count", "").increment();
            LOG.warn("cannot sign a certificate for {}: {}", identity, e.getMessage());
            Status status = e.fault() == CaException.Fault.REQUEST ? Status.INVALID_ARGUMENT : Status.INTERNAL;
            response.onError(status.withDescription(e.getMessage()).asRuntimeException());
        }
    }
}
