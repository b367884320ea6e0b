package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.DefaultAttributeMap;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.wire.workload.TunnelProtocol;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that ask for more addresses than a control plane that is silent has said anything of. */
@Timeout(40)
final class ClientQuestionsTest {
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @Test
    void oneConnectionHasSoManyQuestionsOpenAndNoMore() throws Exception {
        try (PodNetwork network = new PodNetwork();
                TestNode node = new TestNode(TestNode.Setting.ofNetwork("", null), IndexStore.onDemand(), asked::add)) {
            PodHost cart = network.pod("cart", false);
            PodHost stock = network.pod("stock", true);
            node.publish(TestNode.workload(cart, TunnelProtocol.HBONE).build());
            node.enrol(stock);
            try (ForeignClient client = new ForeignClient(node, cart, stock)) {
                for (int i = 0; i < ClientQuestions.PER_CONNECTION_MAX; i++) {
                    client.abandon("203.0.113." + i + ":80", () -> true);
                }

                assertThat(client.connect("203.0.113.200:80", Map.of()).status())
                        .isEqualTo("503");
                assertThat(asked).hasSize(ClientQuestions.PER_CONNECTION_MAX).doesNotContain("/203.0.113.200");
            }
            try (ForeignClient other = new ForeignClient(node, cart, stock)) {
                other.abandon("203.0.113.201:80", () -> asked.contains("/203.0.113.201"));
            }
        }
    }

    @Test
    void allOfAPodHaveSoManyAndAnAnswerMakesRoom() {
        ClientQuestions questions = new ClientQuestions();
        DefaultAttributeMap first = new DefaultAttributeMap();
        DefaultAttributeMap connection = first;
        for (int i = 0; i < ClientQuestions.PER_POD_MAX; i++) {
            if (i % ClientQuestions.PER_CONNECTION_MAX == 0 && i > 0) {
                assertThat(questions.begin(connection)).isFalse();
                connection = new DefaultAttributeMap();
            }
            assertThat(questions.begin(connection)).isTrue();
        }
        DefaultAttributeMap another = new DefaultAttributeMap();
        assertThat(questions.begin(another)).isFalse();

        questions.end(first);

        assertThat(questions.begin(another)).isTrue();
    }
}
