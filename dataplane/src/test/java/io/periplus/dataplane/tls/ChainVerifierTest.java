package io.periplus.dataplane.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.periplus.dataplane.testing.TestCa;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;

/** Which chains lead to a root. */
class ChainVerifierTest {
    private final TestCa old = new TestCa("old");
    private final TestCa fresh = new TestCa("new");
    private final X509Certificate leaf = fresh.leafFor();

    @Test
    void theOrdinaryChainWithAndWithoutTheRoot() throws Exception {
        assertThat(path(fresh, leaf, fresh.intermediate())).containsExactly(leaf, fresh.intermediate());
        assertThat(path(fresh, leaf, fresh.intermediate(), fresh.root())).containsExactly(leaf, fresh.intermediate());
    }

    @Test
    void aRootThatAnotherCertifiesIsGoodForThoseWhoKnowEither() throws Exception {
        X509Certificate bridge = fresh.rootCertifiedBy(old);
        X509Certificate[] presented = {leaf, fresh.intermediate(), bridge};
        assertThat(path(old, presented)).containsExactly(presented);
        assertThat(path(fresh, presented)).containsExactly(leaf, fresh.intermediate());
    }

    @Test
    void orderAndWhatIsPresentedBesidesDoNotMatter() throws Exception {
        X509Certificate bridge = fresh.rootCertifiedBy(old);
        assertThat(path(old, leaf, bridge, fresh.intermediate())).containsExactly(leaf, fresh.intermediate(), bridge);
        assertThat(path(fresh, leaf, old.intermediate(), fresh.intermediate(), old.root()))
                .containsExactly(leaf, fresh.intermediate());
    }

    @Test
    void nothingElseIsAccepted() {
        X509Certificate foreign = new TestCa("foreign").leafFor();
        assertThatThrownBy(() -> path(fresh, leaf)).as("no intermediate").hasMessageContaining("does not lead");
        assertThatThrownBy(() -> path(old, leaf, fresh.intermediate(), fresh.root()))
                .hasMessageContaining("does not lead");
        assertThatThrownBy(() -> path(fresh, foreign, fresh.intermediate(), leaf))
                .as("a good certificate that is not the first")
                .hasMessageContaining("does not lead");
        assertThatThrownBy(() -> path(fresh, leaf, fresh.leafFor(), fresh.leafFor()))
                .as("leaves sign nothing")
                .hasMessageContaining("does not lead");
        X509Certificate expired = fresh.issue(
                        new io.periplus.api.SpiffeId("cluster.local", "shop", "cart"), Duration.ofMinutes(-1))
                .chain()
                .getFirst();
        assertThatThrownBy(() -> path(fresh, expired, old.intermediate(), fresh.intermediate()))
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void aWayIsNotSearchedForAmongMany() {
        X509Certificate[] many = new X509Certificate[7];
        many[0] = leaf;
        IntStream.range(1, 6).forEach(i -> many[i] = new TestCa("other" + i).intermediate());
        many[6] = fresh.intermediate();
        assertThatThrownBy(() -> path(fresh, many)).hasMessageContaining("does not lead");
    }

    @Test
    void aCertificateIsForThePurposesThatItNamesAndForAllIfItNamesNone() throws Exception {
        assertThat(path(fresh, leaf, fresh.intermediate())).isNotEmpty();
        X509Certificate server = fresh.leafFor(KeyPurposeId.id_kp_serverAuth);
        assertThatThrownBy(() -> path(fresh, server, fresh.intermediate()))
                .hasMessageContaining("is not for client authentication");
        X509Certificate both = fresh.leafFor(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth);
        assertThat(path(fresh, both, fresh.intermediate())).isNotEmpty();
    }

    /** The way for a client's certificate. */
    private static List<X509Certificate> path(TestCa trusted, X509Certificate... presented)
            throws CertificateException {
        return new ChainVerifier(Collections.singletonList(trusted.root()))
                .verify(presented, ChainVerifier.CLIENT_AUTH)
                .certificates();
    }
}
