package io.periplus.dataplane.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The process' own log lines. */
class LogHandlerTest {
    @Test
    void theyHaveTheFormatOfTheAccessLog() {
        Logger root = Logger.getLogger("");
        Handler[] before = root.getHandlers();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LogWriter writer = new LogWriter(LogFormat.PLAIN, out)) {
            LogHandler.install(writer);
            LoggerFactory.getLogger("io.periplus.dataplane.xds.DeltaXdsClient").info("connected to {}", "istiod");
            LoggerFactory.getLogger("io.periplus.dataplane.xds.DeltaXdsClient").warn("lost", new IOException("gone"));
        } finally {
            for (Handler handler : root.getHandlers()) {
                root.removeHandler(handler);
            }
            for (Handler handler : before) {
                root.addHandler(handler);
            }
        }
        String[] lines = out.toString(StandardCharsets.UTF_8).split("\n");
        assertThat(lines[0]).matches("\\d{4}-.*Z\tinfo\txds\tconnected to istiod");
        assertThat(lines[1]).contains("\twarn\txds\tlost\terror=\"java.io.IOException: gone\\n\\tat ");
        assertThat(lines).hasSize(2);
    }
}
