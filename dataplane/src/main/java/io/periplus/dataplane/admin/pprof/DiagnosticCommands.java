package io.periplus.dataplane.admin.pprof;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** What {@code jcmd} asks of a JVM, asked of this one. */
final class DiagnosticCommands {
    private DiagnosticCommands() {}

    /**
     * Runs a command by the name that it has as an operation, such as {@code gcClassHistogram}.
     *
     * @throws IOException if this JVM does not know it, or it fails
     */
    static String run(String operation, String... arguments) throws IOException {
        try {
            return (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            operation,
                            new Object[] {arguments},
                            new String[] {String[].class.getName()});
        } catch (JMException | RuntimeException e) {
            throw new IOException("the JVM's diagnostic command " + operation + " failed: " + e.getMessage(), e);
        }
    }
}
