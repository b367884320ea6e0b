package io.periplus.bench.mesh;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.periplus.wire.ca.IstioCertificateRequest;
import io.periplus.wire.ca.IstioCertificateResponse;
import io.periplus.wire.ca.IstioCertificateServiceGrpc.IstioCertificateServiceImplBase;
import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** Signs whatever it is asked for. */
final class SigningService extends IstioCertificateServiceImplBase {
    private final Authority authority = new Authority();

    @Override
    public void createCertificate(IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> response) {
        try {
            response.onNext(IstioCertificateResponse.newBuilder()
                    .addCertChain(Authority.pem(issue(request.getCsr())))
                    .addCertChain(Authority.pem(authority.root()))
                    .build());
            response.onCompleted();
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            response.onError(
                    Status.INVALID_ARGUMENT.withDescription(e.toString()).asRuntimeException());
        }
    }

    private X509Certificate issue(String pem) throws GeneralSecurityException, OperatorCreationException, IOException {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            if (!(parser.readObject() instanceof PKCS10CertificationRequest parsed)) {
                throw new IOException("not a certificate signing request");
            }
            JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(parsed);
            return authority.issue(
                    request.getPublicKey(),
                    request.getRequestedExtensions().getExtension(Extension.subjectAlternativeName));
        }
    }
}
