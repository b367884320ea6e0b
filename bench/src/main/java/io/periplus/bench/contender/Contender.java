package io.periplus.bench.contender;

import io.periplus.bench.machine.Program;
import java.nio.file.Path;

/** A proxy that can be started in front of a backend. */
public interface Contender {
    /** The address of everything in the namespace. */
    String ADDRESS = "127.0.0.1";

    /** As the table shows it. */
    String name();

    /** Null-free: the version that is installed, or {@code unknown}. */
    String version();

    /** Whether it can be given policies. */
    default boolean judges() {
        return false;
    }

    /**
     * Starts it: HTTP/1.1 on {@code place.port()}, HTTP/2 with prior knowledge on {@code place.http2Port()} (the same
     * where it tells them apart by itself). It need not be ready yet.
     */
    Program start(Place place);

    /**
     * Where and for what.
     *
     * @param namespace network namespace
     * @param core the core it is pinned to
     * @param directory for its configuration and log
     * @param port for HTTP/1.1
     * @param http2Port for HTTP/2
     * @param backendPort of the server at {@link #ADDRESS}
     * @param authority that requests carry
     * @param rules what it has to decide by
     */
    record Place(
            String namespace,
            String core,
            Path directory,
            int port,
            int http2Port,
            int backendPort,
            String authority,
            Rules rules) {}

    /**
     * What a proxy has to decide by.
     *
     * @param routes prefixes {@code /r0} to {@code /r<routes - 1>} that are routed each by a rule of its own; everything
     *     else goes to the backend too
     * @param policies that each allow one path; none but the last allows what is asked for. 0 for no policies at all
     */
    record Rules(int routes, int policies) {
        public static final Rules NONE = new Rules(0, 0);

        public static Rules routes(int number) {
            return new Rules(number, 0);
        }

        public static Rules policies(int number) {
            return new Rules(0, number);
        }

        /** What the policy with this index allows. */
        String path(int policy) {
            return policy == policies - 1 ? "/small" : "/t" + policy;
        }
    }
}
