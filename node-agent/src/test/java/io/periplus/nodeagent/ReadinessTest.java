package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    @Test
    void isAskedEachTimeAndEndsWithTheAgent() throws Exception {
        AtomicBoolean ready = new AtomicBoolean();
        URI page;
        try (Readiness readiness = Readiness.serve(0, ready::get)) {
            page = URI.create(
                    "http://127.0.0.1:" + readiness.server().getAddress().getPort() + "/readyz");
            assertThat(status(page)).isEqualTo(503);
            ready.set(true);
            assertThat(status(page)).isEqualTo(200);
            ready.set(false);
            assertThat(status(page)).isEqualTo(503);
            assertThat(dispatchers()).isPositive();
        }
        assertThatThrownBy(() -> status(page)).isInstanceOf(IOException.class);
        // The thread that would keep the process alive.
        await().until(() -> dispatchers() == 0);
    }

    private static long dispatchers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.isDaemon() && thread.getName().equals("HTTP-Dispatcher"))
                .count();
    }

    private static int status(URI page) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) page.toURL().openConnection();
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }
}
