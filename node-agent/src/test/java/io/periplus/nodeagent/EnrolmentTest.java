package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.periplus.wire.zds.WorkloadRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A pod's way into the mesh and out of it. */
@ParameterizedClass
@EnumSource(
        value = RuleBackend.class,
        names = {"NFTABLES", "IPTABLES_NFT"})
class EnrolmentTest extends EnrolmentFixture {
    @Test
    void aRunningPodIsHandedToZtunnelBeforeItIsCaptured() throws Exception {
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            cluster.wanted = true;
            enrolment.changed(UID);
            WorkloadRequest add = ztunnel.next();
            assertThat(add.getAdd().getUid()).isEqualTo(UID);
            assertThat(add.getAdd().getWorkloadInfo().getName()).isEqualTo("curl");
            assertThat(ztunnel.sawRulesWhenAsked).isFalse();
            await().until(() -> "enabled".equals(cluster.redirection()));
            assertThat(podRules()).contains("redirect to :15001").contains("redirect to :15006");
            assertThat(exempted()).contains("10.9.0.1");

            cluster.wanted = false;
            enrolment.changed(UID);
            await().until(() -> cluster.redirection() == null);
            assertThat(ztunnel.next().getDel().getUid()).isEqualTo(UID);
            await().until(() -> podRules().isBlank());
            assertThat(exempted()).doesNotContain("10.9.0.1");
        }
    }

    @Test
    void withoutZtunnelAPodIsCutOffRatherThanExposedUntilOneComes() throws Exception {
        cluster.wanted = true;
        enrolment.changed(UID);
        await().until(() -> "pending".equals(cluster.redirection()));
        assertThat(podRules()).contains("redirect to :15001");
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().getAdd().getUid()).isEqualTo(UID);
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            await().until(() -> "enabled".equals(cluster.redirection()));
        }
    }

    @Test
    void aPodThatZtunnelRefusesIsPendingAndOfferedAgain() throws Exception {
        try (TestZtunnel ztunnel = new TestZtunnel(false)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            cluster.wanted = true;
            enrolment.changed(UID);
            assertThat(ztunnel.next().hasAdd()).isTrue();
            await().until(() -> "pending".equals(cluster.redirection()));
            ztunnel.takesPods = true;
            await().until(() -> "enabled".equals(cluster.redirection()));
        }
    }

    @Test
    void aRestartedAgentKeepsEnrolledPodsAndRestoresTheirRules() throws Exception {
        cluster.wanted = true;
        cluster.put("enabled");
        enrolment.adopt(cluster.pod(UID));
        await().until(() -> podRules().contains("redirect to :15001"));
        await().until(() -> exempted().contains("10.9.0.1"));
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().getAdd().getUid()).isEqualTo(UID);
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            assertThat(cluster.annotations).as("patches").isEmpty();
        }
    }

    @Test
    void aRestartedAgentKeepsPodsThatAreBeingDeleted() throws Exception {
        cluster.wanted = true;
        cluster.deleting = true;
        cluster.put("enabled");
        enrolment.adopt(cluster.pod(UID));
        await().until(() -> exempted().contains("10.9.0.1"));
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().getAdd().getUid()).isEqualTo(UID);
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            assertThat(cluster.annotations).as("patches").isEmpty();
        }
    }

    @Test
    void aRestartedAgentKeepsPodsWhoseInitContainersAreStillAtWork() throws Exception {
        cluster.wanted = true;
        cluster.put("enabled", "Pending", List.of(InetAddress.ofLiteral("10.9.0.1")));
        enrolment.adopt(cluster.pod(UID));
        await().until(() -> exempted().contains("10.9.0.1"));
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().getAdd().getUid()).isEqualTo(UID);
        }
    }

    @Test
    void anAddressThatIsKnownLateIsExemptAsLongAsThePodIsThere() throws Exception {
        cluster.wanted = true;
        cluster.put("enabled", "Running", List.of());
        enrolment.adopt(cluster.pod(UID));
        await().until(() -> podRules().contains("redirect to :15001"));
        cluster.put("enabled");
        enrolment.changed(UID);
        await().until(() -> exempted().contains("10.9.0.1"));
        cluster.pods.clear();
        enrolment.changed(UID);
        await().until(() -> !exempted().contains("10.9.0.1"));
    }

    @Test
    void whatAnEarlierAgentExemptedStaysSoUntilEveryEnrolledPodHasItsAddress() throws Exception {
        backend.probeExemption(node, ProbeAddresses.DEFAULT)
                .add("gone", List.of(InetAddress.ofLiteral("10.9.0.1"), InetAddress.ofLiteral("10.9.0.9")));
        cluster.wanted = true;
        cluster.put("enabled", "Running", List.of());
        BlockingQueue<Integer> looks = new LinkedBlockingQueue<>();
        enrolment.pruneProbes(() -> {
            looks.add(0);
            return List.copyOf(cluster.pods.values());
        });
        assertThat(looks.poll(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(looks.poll(10, TimeUnit.SECONDS)).as("looked again").isNotNull();
        assertThat(exempted()).contains("10.9.0.1", "10.9.0.9");
        cluster.put("enabled");
        await().until(() -> !exempted().contains("10.9.0.9"));
        assertThat(exempted()).contains("10.9.0.1");
    }

    @Test
    void anAddressThatAnotherPodHasByNowStaysExemptWhenTheFirstIsGone() throws Exception {
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            cluster.wanted = true;
            enrolment.changed(UID);
            await().until(() -> "enabled".equals(cluster.redirection()));
            probes.add("another", List.of(InetAddress.ofLiteral("10.9.0.1")));
            cluster.pods.clear();
            enrolment.changed(UID);
            assertThat(ztunnel.next().hasAdd()).isTrue();
            assertThat(ztunnel.next().hasDel()).isTrue();
            CompletableFuture<Void> forgotten = new CompletableFuture<>();
            enrolment.pruneProbes(() -> {
                forgotten.complete(null);
                return List.of();
            });
            forgotten.get(10, TimeUnit.SECONDS);
            assertThat(exempted()).contains("10.9.0.1");
        }
    }

    @Test
    void aNewZtunnelHearsOfAllPodsAndTheNewestGetsNewOnes() throws Exception {
        cluster.wanted = true;
        try (TestZtunnel old = new TestZtunnel(true)) {
            assertThat(old.next().hasSnapshotSent()).isTrue();
            enrolment.changed(UID);
            assertThat(old.next().hasAdd()).isTrue();
            await().until(() -> "enabled".equals(cluster.redirection()));
            try (TestZtunnel fresh = new TestZtunnel(true)) {
                assertThat(fresh.next().getAdd().getUid()).isEqualTo(UID);
                assertThat(fresh.next().hasSnapshotSent()).isTrue();
                cluster.pods.clear();
                enrolment.changed(UID);
                assertThat(fresh.next().getDel().getUid()).isEqualTo(UID);
                assertThat(old.next().getDel().getUid()).isEqualTo(UID);
            }
        }
    }

    @Test
    void aPodThatStartsInTheMeshIsCapturedServedAndAnnotatedBeforeItMayStart() throws Exception {
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            cluster.starts();
            starts.start(start("new"));
            assertThat(rules("new")).contains("redirect to :15001");
            assertThat(ztunnel.next().getAdd().getUid()).isEqualTo(UID);
            assertThat(ztunnel.sawRulesWhenAsked).as("rules came first").isTrue();
            assertThat(exempted()).contains("10.9.0.7");
            assertThat(cluster.annotations).containsExactly("enabled");

            // What the API says of it on its way changes nothing, and a second ztunnel hears of it.
            enrolment.changed(UID);
            cluster.put("enabled");
            enrolment.changed(UID);
            try (TestZtunnel fresh = new TestZtunnel(true)) {
                assertThat(fresh.next().getAdd().getUid()).isEqualTo(UID);
                assertThat(fresh.next().hasSnapshotSent()).isTrue();
            }
            assertThat(ztunnel.requests).isEmpty();
            assertThat(cluster.annotations).containsExactly("enabled");
        }
    }

    @Test
    void aSecondAttemptToStartAPodTakesThePlaceOfTheFirst() throws Exception {
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            cluster.starts();
            starts.start(start("pod"));
            assertThat(ztunnel.next().hasAdd()).isTrue();
            starts.start(start("new"));
            assertThat(ztunnel.next().hasAdd()).isTrue();
            assertThat(rules("new")).contains("redirect to :15001");
            cluster.pods.clear();
            enrolment.changed(UID);
            assertThat(ztunnel.next().hasDel()).isTrue();
            await().until(() -> !exempted().contains("10.9.0.7"));
        }
    }

    @Test
    void anAttemptThatIsGivenUpLateLeavesItsEqualAlone() throws Exception {
        cluster.starts();
        FutureTask<Void> first = attempt();
        Thread one = Thread.ofPlatform().daemon().start(first);
        await().until(() -> rules("new").contains("redirect to :15001"));
        FutureTask<Void> second = attempt();
        Thread two = Thread.ofPlatform().daemon().start(second);
        await().until(() -> two.getState() == Thread.State.TIMED_WAITING);
        one.interrupt();
        assertThatThrownBy(() -> first.get(10, TimeUnit.SECONDS)).hasMessageContaining("about to end");
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            second.get(10, TimeUnit.SECONDS);
        }
    }

    private FutureTask<Void> attempt() {
        return new FutureTask<>(() -> {
            starts.start(start("new"));
            return null;
        });
    }

    @Test
    void aPodThatStartsWaitsForAZtunnel() throws Exception {
        cluster.starts();
        CompletableFuture<Void> started = CompletableFuture.runAsync(() -> {
            try {
                starts.start(start("new"));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        await().until(() -> rules("new").contains("redirect to :15001"));
        assertThat(started).isNotDone();
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            assertThat(ztunnel.next().hasAdd()).isTrue();
            started.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void withoutZtunnelAPodOfTheMeshDoesNotStartAndNothingIsLeftOfTheAttempt() throws Exception {
        cluster.starts();
        assertThatThrownBy(() -> starts.start(start("new")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no ztunnel is connected");
        assertThat(cluster.annotations).isEmpty();
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
        }
    }

    @Test
    void aPodThatZtunnelRefusesDoesNotStart() throws Exception {
        try (TestZtunnel ztunnel = new TestZtunnel(false)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            cluster.starts();
            assertThatThrownBy(() -> starts.start(start("new"))).hasMessageContaining("not now");
            assertThat(ztunnel.next().hasAdd()).isTrue();
            assertThat(ztunnel.next().hasDel()).isTrue();
            assertThat(cluster.annotations).isEmpty();
        }
    }

    @Test
    void aPodOutsideTheMeshStartsWithoutAZtunnelAndAnExcludedOneWithoutTheApi() throws Exception {
        starts.start(start("new"));
        starts.start(new PodStart("/nowhere", "kube-system", "dns", "", List.of()));
        assertThat(rules("new")).isBlank();
        assertThat(cluster.annotations).isEmpty();
    }
}
