package io.periplus.dataplane.admin;

import java.io.IOException;
import java.io.OutputStream;

/** A body that is written while it is made. Closed when it has been, when the client has gone, and when nobody wants it. */
@FunctionalInterface
public interface AdminStream extends AutoCloseable {
    /**
     * Writes all of it.
     *
     * @throws IOException if the client has gone, or the rest cannot be made; the connection ends without the answer's end
     */
    void writeTo(OutputStream out) throws IOException;

    @Override
    default void close() {}
}
