package io.periplus.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A number of a descriptor means another file as soon as it is closed; its namespace is not to be taken for that. */
final class NetworkNamespaceTest {
    private static final Path OWN = Path.of("/proc/self/ns/net");

    @Test
    void aClosedOneIsNotEnteredCopiedOrComparedThoughItsNumberIsInUseAgain() throws IOException {
        NetworkNamespace closed = NetworkNamespace.open(OWN);
        int number = closed.fd();
        closed.close();
        try (NetworkNamespace next = NetworkNamespace.open(OWN)) {
            assertThat(next.fd()).isEqualTo(number);

            assertThatThrownBy(() -> closed.call(() -> 1)).hasMessageContaining("was closed");
            assertThatThrownBy(() -> ThreadNamespace.call(closed, () -> 1)).isInstanceOf(IOException.class);
            assertThatThrownBy(closed::duplicate).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> next.isSame(closed)).isInstanceOf(IOException.class);
            assertThatThrownBy(closed::fd).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void whatIsClosedTwiceClosesNobodyElsesDescriptor() throws IOException {
        NetworkNamespace closed = NetworkNamespace.open(OWN);
        closed.close();
        try (NetworkNamespace next = NetworkNamespace.open(OWN);
                NetworkNamespace other = NetworkNamespace.open(OWN)) {
            closed.close();

            assertThat(next.isSame(other)).isTrue();
        }
    }
}
