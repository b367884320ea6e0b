package io.periplus.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.controlplane.status.StatusWriter;
import io.periplus.model.collection.Change;
import io.periplus.model.status.Desired;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A status is written until it has been seen. */
class StatusWriterTest {
    private record Wish(String text, boolean current) implements Desired {}

    private final List<String> written = new CopyOnWriteArrayList<>();
    private final StatusWriter<String, Wish> writer = new StatusWriter<>("test", wish -> written.add(wish.text()));

    @AfterEach
    void stop() {
        writer.reconciler().close();
    }

    private void changed(Wish wish) {
        writer.changed(Map.of("key", new Change<>(null, wish)));
    }

    @Test
    void whatWasOverwrittenUnseenIsWrittenAgain() {
        writer.reconciler().start();
        changed(new Wish("a", false));
        await().until(() -> written.size() >= 2);
        changed(new Wish("a", true));
        changed(new Wish("b", false));
        await().until(() -> written.contains("b"));
        assertThat(written.getFirst()).isEqualTo("a");
    }

    @Test
    void whatIsAsItShouldBeIsLeftAlone() {
        changed(new Wish("a", false));
        changed(new Wish("a", true));
        changed(new Wish("b", true));
        writer.reconciler().start();
        writer.changed(Map.of("other", new Change<>(null, new Wish("c", false))));
        await().until(() -> written.contains("c"));
        assertThat(written).doesNotContain("a", "b");
    }
}
