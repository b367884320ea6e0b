package io.periplus.dataplane.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.testing.TestCa;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In which order an authority is asked that answers when the test lets it. */
@Timeout(20)
final class CertificateOrderTest {
    private static final int IN_FLIGHT_MAX = 8;

    private final TestCa ca = new TestCa("order");
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Semaphore answers = new Semaphore(0);
    private final CertificateManager certificates = new CertificateManager(this::issue, Clock.systemUTC());

    private WorkloadCertificate issue(SpiffeId identity) throws IOException {
        asked.add(identity.serviceAccount());
        try {
            answers.acquire();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        if (identity.serviceAccount().equals("refused")) {
            throw new IOException("not for you");
        }
        if (identity.serviceAccount().startsWith("broken")) {
            throw new NoClassDefFoundError("a class that is not there");
        }
        // Long enough not to be half over, as the authority dates back by two hours.
        return ca.issue(identity, Duration.ofHours(6));
    }

    @AfterEach
    void close() {
        answers.release(1000);
        certificates.close();
    }

    private static SpiffeId id(String account) {
        return new SpiffeId("cluster.local", "shop", account);
    }

    private void occupy() {
        for (int i = 0; i < IN_FLIGHT_MAX; i++) {
            certificates.prefetch(id("busy" + i));
        }
        await().until(() -> asked.size() == IN_FLIGHT_MAX);
    }

    @Test
    void connectionsThatWaitComeFirstAndAtMostEightAreAskedForAtATime() throws Exception {
        occupy();
        certificates.prefetch(id("warm1"));
        certificates.prefetch(id("warm2"));
        certificates.prefetch(id("warm3"));
        CompletableFuture<WorkloadCertificate> urgent = certificates.fetch(id("urgent"));
        CompletableFuture<WorkloadCertificate> raised = certificates.fetch(id("warm2"));
        // Behind everything above, on the manager's own thread.
        certificates.prefetch(id("last"));
        assertThat(asked).hasSize(IN_FLIGHT_MAX);

        for (int i = 1; i <= 5; i++) {
            answers.release();
            int expected = IN_FLIGHT_MAX + i;
            await().until(() -> asked.size() == expected);
        }

        assertThat(asked.subList(IN_FLIGHT_MAX, asked.size()))
                .containsExactly("urgent", "warm2", "warm1", "warm3", "last");
        answers.release(100);
        assertThat(urgent.get(5, TimeUnit.SECONDS).identity()).isEqualTo(id("urgent"));
        assertThat(raised.get(5, TimeUnit.SECONDS).identity()).isEqualTo(id("warm2"));
    }

    @Test
    void whatBreaksInTheProcessItselfIsAFailureLikeAnyOther() {
        answers.release(1000);
        List<CompletableFuture<WorkloadCertificate>> broken = new ArrayList<>();
        for (int i = 0; i <= IN_FLIGHT_MAX; i++) {
            broken.add(certificates.fetch(id("broken" + i)));
        }
        for (CompletableFuture<WorkloadCertificate> one : broken) {
            assertThatThrownBy(() -> one.get(5, TimeUnit.SECONDS)).hasMessageContaining("a class that is not there");
        }
    }

    @Test
    void whatIsForgottenBeforeItsTurnIsNotAskedForAndWaitersAreTold() throws Exception {
        occupy();
        CompletableFuture<WorkloadCertificate> waiting = certificates.fetch(id("gone"));

        certificates.forget(id("gone"));

        assertThatThrownBy(() -> waiting.get(5, TimeUnit.SECONDS)).hasMessageContaining("no longer needed");
        answers.release(100);
        await().until(() -> certificates.states().stream().allMatch(state -> state.certificate() != null));
        assertThat(asked).doesNotContain("gone");
    }

    @Test
    void aFailureWakesEveryoneWhoWaitsAndHoldsNobodyElseUp() throws Exception {
        List<CompletableFuture<WorkloadCertificate>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(certificates.fetch(id("refused")));
        }
        CompletableFuture<WorkloadCertificate> other = certificates.fetch(id("other"));
        await().until(() -> asked.size() == 2);

        answers.release(2);

        for (CompletableFuture<WorkloadCertificate> each : waiting) {
            assertThatThrownBy(() -> each.get(5, TimeUnit.SECONDS)).hasMessageContaining("not for you");
        }
        assertThat(other.get(5, TimeUnit.SECONDS).identity()).isEqualTo(id("other"));
        assertThat(asked).as("one request for all").containsExactlyInAnyOrder("refused", "other");
    }
}
