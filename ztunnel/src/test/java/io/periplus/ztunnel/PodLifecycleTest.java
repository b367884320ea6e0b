package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.periplus.linux.NetworkNamespace;
import io.periplus.wire.zds.WorkloadInfo;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the node agent may say of a pod, in any order, and what comes of it. */
@Timeout(30)
final class PodLifecycleTest {
    private final PodNetwork network = new PodNetwork();
    private final TestNode node = new TestNode();
    private PodHost cart;
    private PodHost successor;

    @BeforeEach
    void pods() throws IOException {
        cart = network.pod("cart", false);
        successor = network.pod("successor", false);
    }

    @AfterEach
    void close() {
        node.close();
        network.close();
    }

    /** The pod {@code uid}, wherever it is. */
    private void add(String uid, PodHost in) throws IOException {
        node.pods.add(uid, workload(), in.namespace().duplicate());
    }

    private static WorkloadInfo workload() {
        return WorkloadInfo.newBuilder()
                .setName("cart")
                .setNamespace(TestNode.NAMESPACE)
                .setServiceAccount("cart")
                .build();
    }

    private static boolean serves(PodHost pod) {
        try (Socket socket = pod.connect(pod.address(), ProxyPorts.HBONE)) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    @Test
    void whoIsServedAndNamedAgainIsLeftAlone() throws IOException {
        add("cart", cart);
        PodProxy first = node.pods.active().get("cart");

        add("cart", cart);

        assertThat(node.pods.active().get("cart")).isSameAs(first);
        assertThat(serves(cart)).isTrue();
    }

    @Test
    void aPodWithAnotherNamespaceIsServedThereAndNoMoreInTheOldOne() throws IOException {
        add("cart", cart);

        add("cart", successor);

        assertThat(node.pods.active()).hasSize(1);
        assertThat(serves(successor)).isTrue();
        assertThat(serves(cart)).isFalse();
    }

    @Test
    void aPodThatCannotBeServedWaitsUntilItIsNamedAgain() throws IOException {
        try (PodHost.EchoApp _ = cart.echo(ProxyPorts.OUTBOUND)) {
            assertThatThrownBy(() -> add("cart", cart)).isInstanceOf(IOException.class);
            assertThat(node.pods.waiting()).containsOnlyKeys("cart");
            assertThat(node.pods.isReady()).isFalse();
            assertThat(serves(cart)).as("nothing is left half done").isFalse();
        }

        add("cart", cart);

        assertThat(node.pods.waiting()).isEmpty();
        assertThat(node.pods.isReady()).isTrue();
        PodProxy running = node.pods.active().get("cart");
        assertThat(serves(cart)).isTrue();
        // No late retry replaces what runs.
        node.pods.connected();
        assertThat(node.pods.active().get("cart")).isSameAs(running);
    }

    @Test
    void aPodWhoseNamespaceCannotBeEnteredBeforeThereIsAConfigurationWaitsLikeAnyOther() throws IOException {
        try (PodProxies early = new PodProxies(node.node, new CompletableFuture<>(), _ -> {})) {
            NetworkNamespace none = NetworkNamespace.open(Path.of("/dev/null"));
            assertThatThrownBy(() -> early.add("cart", workload(), none)).isInstanceOf(IOException.class);
            assertThat(early.waiting()).containsOnlyKeys("cart");
        }
    }

    @Test
    void whoIsDeletedWhileItWaitsIsForgotten() throws IOException {
        try (PodHost.EchoApp _ = cart.echo(ProxyPorts.OUTBOUND)) {
            assertThatThrownBy(() -> add("cart", cart)).isInstanceOf(IOException.class);

            node.pods.delete("cart");
            node.pods.delete("cart");
            node.pods.delete("nobody");

            assertThat(node.pods.waiting()).isEmpty();
            assertThat(node.pods.isReady()).isTrue();
        }
    }

    @Test
    void afterAReconnectionTheSnapshotDecidesWhoStays() throws IOException {
        add("kept", cart);
        add("gone", successor);
        PodProxy kept = node.pods.active().get("kept");
        node.pods.disconnected();
        assertThat(node.pods.isReady()).isFalse();
        assertThat(serves(cart)).as("losing the agent stops nothing").isTrue();

        node.pods.connected();
        node.pods.keep("kept");
        assertThat(node.pods.active()).containsOnlyKeys("kept", "gone");
        node.pods.snapshotSent();

        assertThat(node.pods.active()).containsOnlyKeys("kept");
        assertThat(node.pods.active().get("kept")).isSameAs(kept);
        assertThat(node.pods.isReady()).isTrue();
        await().untilAsserted(() -> assertThat(serves(successor)).isFalse());
    }

    @Test
    void aDeletionBeforeTheSnapshotIsPartOfIt() throws IOException {
        add("cart", cart);
        node.pods.disconnected();
        node.pods.connected();
        node.pods.keep("cart");

        node.pods.delete("cart");
        assertThat(serves(cart)).as("not before all is said").isTrue();
        node.pods.snapshotSent();

        assertThat(node.pods.active()).isEmpty();
        await().untilAsserted(() -> assertThat(serves(cart)).isFalse());
    }
}
