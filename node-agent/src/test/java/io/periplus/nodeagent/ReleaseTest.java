package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.linux.NetworkNamespace;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Pods that say they are of the mesh and are not to be, whoever said so. */
@ParameterizedClass
@EnumSource(
        value = RuleBackend.class,
        names = {"NFTABLES", "IPTABLES_NFT"})
class ReleaseTest extends EnrolmentFixture {
    @Test
    void aPodThatLeftTheMeshWhileNoAgentWasThereIsReleased() throws Exception {
        capture();
        cluster.put("enabled");
        enrolment.adopt(cluster.pod(UID));
        await().until(() -> cluster.redirection() == null);
        assertThat(podRules()).doesNotContain("redirect to");
        await().until(() -> podRules().isBlank());
    }

    @Test
    void aPodThatWasCutOffAndIsNotToBeInTheMeshIsReleased() throws Exception {
        capture();
        cluster.put("pending");
        enrolment.changed(UID);
        await().until(() -> cluster.redirection() == null);
        await().until(() -> podRules().isBlank());
    }

    @Test
    void whoeverStillBelievesTheAnnotationIsAnswered() throws Exception {
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            cluster.put("enabled");
            enrolment.changed(UID);
            assertThat(ztunnel.next().getAdd().getUid()).isEqualTo(UID);
            await().until(() -> cluster.redirection() == null);
            assertThat(ztunnel.next().getDel().getUid()).isEqualTo(UID);
        }
    }

    @Test
    void aCopiedAnnotationIsTakenFromAPodThatHasNoNamespaceOfItsOwn() throws Exception {
        capture();
        cluster.hostNetwork = true;
        cluster.put("enabled");
        enrolment.changed(UID);
        await().until(() -> cluster.redirection() == null);
        assertThat(podRules()).as("of whoever has this namespace").contains("redirect to");
    }

    @Test
    void anAgentThatEndsInTheMiddleOfAReleaseLeavesItToTheNext() throws Exception {
        enrolAndBreakRelease();
        restart(false);
        cluster.refused = "";
        await().until(() -> cluster.redirection() == null);
        await().until(() -> podRules().isBlank());
    }

    @Test
    void whatItsStartWroteAfterTheReleaseIsTakenBack() throws Exception {
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            cluster.wanted = true;
            enrolment.changed(UID);
            assertThat(ztunnel.next().hasAdd()).isTrue();
            await().until(() -> "enabled".equals(cluster.redirection()));
            cluster.wanted = false;
            enrolment.changed(UID);
            await().until(() -> cluster.redirection() == null);
            probes.add(UID, cluster.pod(UID).addresses());
            cluster.put("enabled");
            enrolment.changed(UID);
            await().until(() -> cluster.redirection() == null);
            await().until(() -> !exempted().contains("10.9.0.1"));
        }
    }

    @Test
    void aPodThatIsWantedAgainAfterHalfAReleaseIsCapturedAgain() throws Exception {
        enrolAndBreakRelease();
        enrolment.close();
        cluster.wanted = true;
        cluster.refused = "";
        restart(false);
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasAdd()).isTrue();
            await().until(() -> "enabled".equals(cluster.redirection()));
            assertThat(podRules()).contains("redirect to :15001");
        }
    }

    /** To where the rules are gone and the annotation is not. */
    private void enrolAndBreakRelease() throws Exception {
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            cluster.wanted = true;
            enrolment.changed(UID);
            await().until(() -> "enabled".equals(cluster.redirection()));
            cluster.refused = "null";
            cluster.wanted = false;
            enrolment.changed(UID);
            await().until(() -> !podRules().contains("redirect to"));
            assertThat(cluster.redirection()).isNotNull();
        }
    }

    private void capture() throws Exception {
        try (NetworkNamespace pod = NetworkNamespace.open(Path.of("/run/netns/" + ID + "-pod"))) {
            backend.redirection(ProbeAddresses.DEFAULT, true).install(pod, Capture.DEFAULT);
        }
    }
}
