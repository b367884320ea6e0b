package io.periplus.dataplane.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.SpiffeId;
import java.io.StringReader;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.Test;

final class SigningRequestTest {
    @Test
    void aRequestIsSignedByItsKeyAndNamesOnlyTheIdentity() throws Exception {
        // Long enough that lengths need one, two and three bytes.
        for (int length : new int[] {3, 63, 300}) {
            SpiffeId identity = new SpiffeId("cluster.local", "shop", "a".repeat(length));

            SigningRequest request = SigningRequest.create(identity);

            PKCS10CertificationRequest parsed = parse(request.pem());
            assertThat(parsed.isSignatureValid(new JcaContentVerifierProviderBuilder()
                            .build(request.keys().getPublic())))
                    .isTrue();
            assertThat(parsed.getSubject().getRDNs()).isEmpty();
            assertThat(parsed.getRequestedExtensions().getExtensionOIDs())
                    .containsExactly(Extension.subjectAlternativeName);
            assertThat(parsed.getRequestedExtensions()
                            .getExtension(Extension.subjectAlternativeName)
                            .isCritical())
                    .isTrue();
            assertThat(GeneralNames.fromExtensions(parsed.getRequestedExtensions(), Extension.subjectAlternativeName)
                            .getNames())
                    .containsExactly(new GeneralName(GeneralName.uniformResourceIdentifier, identity.toString()));
        }
    }

    private static PKCS10CertificationRequest parse(String pem) throws Exception {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            return (PKCS10CertificationRequest) parser.readObject();
        }
    }
}
