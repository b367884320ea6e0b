package io.periplus.bench.mesh;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.periplus.wire.ca.IstioCertificateRequest;
import io.periplus.wire.ca.IstioCertificateResponse;
import io.periplus.wire.ca.IstioCertificateServiceGrpc.IstioCertificateServiceImplBase;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** A certificate authority for one run: signs whatever it is asked for, with a root that exists only in this process. */
final class SigningService extends IstioCertificateServiceImplBase {
    private static final X500Name ROOT_NAME = new X500Name("O=bench root");
    private static final Duration VALIDITY = Duration.ofHours(12);
    /** For clocks that differ. */
    private static final Duration BEFORE = Duration.ofMinutes(5);

    private final AtomicLong serial = new AtomicLong(1);
    private final KeyPair key;
    private final X509Certificate root;

    SigningService() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            key = generator.generateKeyPair();
            JcaX509v3CertificateBuilder builder = builder(ROOT_NAME, key.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            root = sign(builder);
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("cannot make a root certificate", e);
        }
    }

    @Override
    public void createCertificate(IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> response) {
        try {
            response.onNext(IstioCertificateResponse.newBuilder()
                    .addCertChain(pem(issue(request.getCsr())))
                    .addCertChain(pem(root))
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
            Extensions wanted = request.getRequestedExtensions();
            JcaX509v3CertificateBuilder builder = builder(new X500Name(""), request.getPublicKey());
            builder.addExtension(wanted.getExtension(Extension.subjectAlternativeName));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth
            }));
            return sign(builder);
        }
    }

    private JcaX509v3CertificateBuilder builder(X500Name subject, java.security.PublicKey subjectKey) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                ROOT_NAME,
                BigInteger.valueOf(serial.getAndIncrement()),
                Date.from(now.minus(BEFORE)),
                Date.from(now.plus(VALIDITY)),
                subject,
                subjectKey);
    }

    private X509Certificate sign(JcaX509v3CertificateBuilder builder)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
    }

    private static String pem(X509Certificate certificate) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(certificate);
        }
        return text.toString();
    }
}
