package io.periplus.cli.analyze.check;

import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.Credentials;
import io.periplus.cli.analyze.snapshot.KubeObject;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Reference;
import io.periplus.cli.analyze.snapshot.Snapshot;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** Certificates of listeners that are not there, or cannot be used. */
public final class GatewaySecretAnalyzer implements Analyzer {
    @Override
    public String name() {
        return "gateway.SecretAnalyzer";
    }

    @Override
    public String description() {
        return "Checks the Secrets that listeners name for their certificates";
    }

    @Override
    public Set<ObjectKind> reads() {
        return Set.of(ObjectKind.GATEWAY, ObjectKind.LISTENER_SET, ObjectKind.SECRET);
    }

    @Override
    public void analyze(Snapshot snapshot, Findings findings) {
        for (ObjectKind kind : List.of(ObjectKind.GATEWAY, ObjectKind.LISTENER_SET)) {
            for (KubeObject gateway : snapshot.all(kind)) {
                Credentials.of(gateway).forEach(reference -> check(gateway, reference, snapshot, findings));
            }
        }
    }

    private static void check(KubeObject gateway, Reference reference, Snapshot snapshot, Findings findings) {
        KubeObject secret = snapshot.find(ObjectKind.SECRET, reference.namespace(), reference.name());
        if (secret == null) {
            findings.report(
                    Code.REFERENCED_RESOURCE_NOT_FOUND,
                    gateway,
                    reference.pointer(),
                    "Referenced credentialName not found: \"" + reference.namespace() + "/" + reference.name() + "\"");
        } else if (!Credentials.isUnreadable(secret)) {
            String problem = problem(secret);
            if (!problem.isEmpty()) {
                findings.report(
                        Code.INVALID_GATEWAY_CREDENTIAL,
                        gateway,
                        reference.pointer(),
                        "The credential referenced by the Gateway %s in namespace %s is invalid, which can cause the"
                                        .formatted(gateway.name(), gateway.namespace())
                                + " traffic not to work as expected: " + secret.title() + " " + problem);
            }
        }
    }

    private static String problem(KubeObject secret) {
        byte[] chain = value(secret, "tls.crt");
        if (chain.length == 0 || value(secret, "tls.key").length == 0) {
            return "has no tls.crt or no tls.key";
        }
        try {
            var factory = CertificateFactory.getInstance("X.509");
            var leaf = (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(chain));
            Instant end = leaf.getNotAfter().toInstant();
            return end.isBefore(Instant.now()) ? "has a certificate that expired at " + end : "";
        } catch (CertificateException _) {
            return "has no PEM certificate in tls.crt";
        }
    }

    private static byte[] value(KubeObject secret, String key) {
        String plain = secret.at("/stringData").path(key).asText("");
        if (!plain.isEmpty()) {
            return plain.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        }
        try {
            return Base64.getMimeDecoder().decode(secret.at("/data").path(key).asText(""));
        } catch (IllegalArgumentException _) {
            return new byte[0];
        }
    }
}
