package io.periplus.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A step that requests have to pass on their way in, and that may take time: someone else is asked, a token is verified, a
 * limit is counted down. There is one of each kind per event loop; it is entered on that loop.
 *
 * <p>A gate that fails refuses. What it lets through nobody asks about again.
 */
@FunctionalInterface
public interface Gate {
    /** Lets every request through. */
    Gate OPEN = (_, passage) -> passage.pass();

    /**
     * Decides about a request, and says so exactly once, on the same event loop: before this method returns (the common
     * case, which should allocate nothing) or later. A request that ended meanwhile does not listen any more; see
     * {@link RequestContext#onEnd}.
     */
    void enter(RequestContext request, Passage passage);

    /** Takes out of a request what only this gate may say, before any gate is entered. */
    default void clean(RequestContext request) {}

    /** Whether somebody else would be asked, so that a request which is itself only asked about must not enter. */
    default boolean asks(RequestContext request) {
        return false;
    }

    /**
     * Why a request is refused whatever anybody who is asked says; null if it is not, or if nobody is asked at all. For
     * requests that are themselves only asked about.
     */
    default @Nullable LocalReply refusal(RequestContext request) {
        return null;
    }

    /** Where a gate says what becomes of the request. */
    interface Passage {
        /** The request goes on. */
        void pass();

        /**
         * The request is answered here and now.
         *
         * @param edits of the answer's head
         */
        void refuse(LocalReply reply, Consumer<HttpHeaders> edits);

        /** The request is answered here and now. */
        default void refuse(LocalReply reply) {
            refuse(reply, _ -> {});
        }
    }
}
