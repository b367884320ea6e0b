package io.periplus.lab.node.pod;

import io.periplus.lab.node.container.ContainerExec;
import io.periplus.lab.node.container.ContainerProcess;
import io.periplus.lab.node.probe.Check;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the command of a probe or hook inside a container. */
final class ExecCheck {
    /** As much of a command's output as goes into an event. */
    private static final int MAX_OUTPUT = 1024;

    private ExecCheck() {}

    static Check.Result run(ContainerProcess container, List<String> command, int timeoutSeconds) {
        try {
            ContainerExec exec = ContainerExec.start(container, command, "", true);
            try {
                exec.process().getOutputStream().close();
                if (!exec.process().waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
                    return new Check.Result(false, "command " + command + " timed out after " + timeoutSeconds + "s");
                }
                byte[] output = exec.process().getInputStream().readNBytes(MAX_OUTPUT);
                return new Check.Result(
                        exec.process().exitValue() == 0, new String(output, StandardCharsets.UTF_8).strip());
            } finally {
                exec.close();
            }
        } catch (IOException e) {
            return new Check.Result(false, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Check.Result(false, "interrupted");
        }
    }
}
