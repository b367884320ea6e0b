package io.periplus.dataplane.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.dataplane.identity.CertificateState;
import io.periplus.dataplane.identity.WorkloadCertificate;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/** What is held for an identity, in the dump's names. Keys are never part of it. */
final class CertificateJson {
    private static final Base64.Encoder PEM_BODY = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private CertificateJson() {}

    static ObjectNode of(CertificateState state) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        WorkloadCertificate certificate = state.certificate();
        json.put("identity", state.identity().toString());
        json.put("state", stateText(state));
        certificates(json.putArray("certChain"), certificate == null ? List.of() : certificate.chain());
        certificates(json.putArray("rootCerts"), certificate == null ? List.of() : certificate.roots());
        return json;
    }

    private static String stateText(CertificateState state) {
        if (state.certificate() != null) {
            return "Available";
        }
        return state.failure() == null ? "Initializing" : "Unavailable: " + state.failure();
    }

    private static void certificates(ArrayNode to, List<X509Certificate> certificates) {
        for (X509Certificate certificate : certificates) {
            to.addObject()
                    .put("pem", Base64.getEncoder().encodeToString(pem(certificate)))
                    .put("serialNumber", certificate.getSerialNumber().toString())
                    .put("validFrom", certificate.getNotBefore().toInstant().toString())
                    .put("expirationTime", certificate.getNotAfter().toInstant().toString());
        }
    }

    private static byte[] pem(X509Certificate certificate) {
        try {
            String body = PEM_BODY.encodeToString(certificate.getEncoded());
            return ("-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n")
                    .getBytes(StandardCharsets.US_ASCII);
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was parsed cannot be encoded", e);
        }
    }
}
