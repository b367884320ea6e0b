package io.periplus.dataplane.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.xds.DeltaDiscoveryRequest;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import io.periplus.wire.xds.Resource;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is asked for one by one, and when it is answered. */
class AskedNamesTest {
    private static final DeltaDiscoveryResponse NOTHING = DeltaDiscoveryResponse.getDefaultInstance();

    private final AskedNames asked = new AskedNames();

    @Test
    void aNewStreamAsksForNothingOrForAllThatWasAskedFor() {
        assertThat(opened().getResourceNamesSubscribeList()).containsExactly("*");
        assertThat(opened().getResourceNamesUnsubscribeList()).containsExactly("*");
        asked.ask("a");
        asked.ask("b");
        assertThat(opened().getResourceNamesSubscribeList()).containsExactly("*", "a", "b");
        assertThat(asked.changes()).isEmpty();
    }

    @Test
    void aNameIsAskedForOnceHoweverManyWaitForIt() {
        opened();
        asked.ask("a");
        asked.ask("a");
        assertThat(asked.changes())
                .singleElement()
                .satisfies(request ->
                        assertThat(request.getResourceNamesSubscribeList()).containsExactly("a"));
        asked.ask("a");
        assertThat(asked.changes()).isEmpty();
    }

    @Test
    void itIsAnsweredOnceByNameByAliasAndByTheNewsThatThereIsNone() {
        opened();
        asked.answeredBy(NOTHING, Set.of());
        List.of("uid", "net/10.0.0.1", "net/10.0.0.2", "other").forEach(asked::ask);
        DeltaDiscoveryResponse response = DeltaDiscoveryResponse.newBuilder()
                .addResources(Resource.newBuilder().setName("uid").addAliases("net/10.0.0.1"))
                .addRemovedResources("net/10.0.0.2")
                .addRemovedResources("nobody's")
                .build();
        assertThat(asked.answeredBy(response, Set.of()))
                .containsExactlyInAnyOrder("uid", "net/10.0.0.1", "net/10.0.0.2");
        assertThat(asked.answeredBy(response, Set.of())).isEmpty();
    }

    @Test
    void whatCouldNotBeAppliedIsNoAnswer() {
        asked.ask("net/10.0.0.1");
        asked.ask("held");
        opened();
        DeltaDiscoveryResponse response = DeltaDiscoveryResponse.newBuilder()
                .addResources(Resource.newBuilder().setName("uid").addAliases("net/10.0.0.1"))
                .build();
        assertThat(asked.answeredBy(response, Set.of("uid"))).containsExactly("held");
        assertThat(asked.answeredBy(response, Set.of())).containsExactly("net/10.0.0.1");
    }

    @Test
    void theFirstResponseOfAStreamAnswersWhatItWasOpenedWith() {
        asked.ask("held under another name");
        opened();
        asked.ask("later");
        assertThat(asked.answeredBy(NOTHING, Set.of())).containsExactly("held under another name");
        assertThat(asked.answeredBy(NOTHING, Set.of())).isEmpty();
    }

    @Test
    void theOldestAreTakenBackWhenThereAreTooMany() {
        opened();
        IntStream.range(0, AskedNames.MAX).forEach(i -> asked.ask("n" + i));
        asked.changes();
        List<String> dropped = asked.ask("one more");
        assertThat(dropped).startsWith("n0", "n1").doesNotContain("one more");
        assertThat(asked.ask("n0")).isEmpty();
        assertThat(asked.changes().stream().map(DeltaDiscoveryRequest.Builder::build))
                .satisfiesExactly(
                        first -> assertThat(first.getResourceNamesUnsubscribeList())
                                .isEqualTo(dropped),
                        second -> assertThat(second.getResourceNamesSubscribeList())
                                .containsExactly("one more", "n0"));
    }

    private DeltaDiscoveryRequest opened() {
        DeltaDiscoveryRequest.Builder request = DeltaDiscoveryRequest.newBuilder();
        asked.open(request);
        return request.build();
    }
}
