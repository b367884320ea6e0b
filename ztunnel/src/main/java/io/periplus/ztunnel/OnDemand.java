package io.periplus.ztunnel;

import io.netty.channel.EventLoop;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.index.WorkloadIndex;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks the control plane for what decisions lack. A decision is made with the index alone; where that has to be asked for
 * something first, the decision says so, and is made again when the answer is there. Nothing of this happens in a proxy
 * that is sent everything.
 */
final class OnDemand {
    /** How long all questions of one connection may take; then it is refused, as who might be there is not known. */
    static final Duration WAIT = Duration.ofSeconds(5);

    /**
     * Questions of one connection. A destination, its waypoint and the gateway before that are three; waypoints and
     * gateways that are drawn by lot may be others each time.
     */
    static final int QUESTIONS_MAX = 16;

    /** How long a connection waits for its peer's record, which is told in metrics and log and decides nothing. */
    private static final Duration WAIT_FOR_PEER = Duration.ofSeconds(1);

    /** Has the control plane asked for an address; may be called from any thread, and returns at once. */
    @FunctionalInterface
    interface Asker {
        /**
         * @param name {@code network/ip} or {@code namespace/hostname}
         * @return whether there is somebody to answer now
         */
        boolean ask(String name);
    }

    private final IndexStore index;
    private final Asker asker;
    private final Answers answers;

    OnDemand(IndexStore index, Asker asker) {
        this.index = index;
        this.asker = asker;
        this.answers = new Answers(index);
    }

    /** For what the decisions of one connection lack. */
    Questions questions(EventLoop loop) {
        return new Questions(loop);
    }

    /** The name to ask for before a peer at this address is reported; {@code null} if there is nothing to be asked. */
    @Nullable
    String lackingOfPeer(String network, InetSocketAddress address) {
        WorkloadIndex current = index.current();
        return current.isComplete() ? null : current.toAsk(network, IpAddress.of(address.getAddress()));
    }

    /** Continues on {@code loop} when a peer's record is there, or nothing can be heard of it in time. */
    void awaitPeer(EventLoop loop, String name, Runnable then) {
        if (asker.ask(name)) {
            LocalWorkload.on(loop, answers.to(name, WAIT_FOR_PEER), (_, _) -> then.run());
        } else {
            then.run();
        }
    }

    /**
     * An index that has what a decision lacks, as far as the control plane answers. Waits for that, so never call it on an
     * event loop.
     *
     * @param lacking what the decision would lack with an index; {@code null} for nothing
     */
    WorkloadIndex awaitFor(Function<WorkloadIndex, @Nullable String> lacking) {
        WorkloadIndex current = index.current();
        for (int asked = 0; !current.isComplete() && asked < QUESTIONS_MAX; asked++) {
            String name = lacking.apply(current);
            if (name == null) {
                return current;
            }
            asker.ask(name);
            try {
                current = answers.to(name, WAIT).join();
            } catch (CompletionException unanswered) {
                return current;
            }
        }
        return current;
    }

    /** One connection's questions, one after the other. Belongs to the connection's event loop. */
    final class Questions {
        private final EventLoop loop;
        private Duration left = WAIT;
        private int asked;

        private Questions(EventLoop loop) {
            this.loop = loop;
        }

        /**
         * Asks for a name, and continues on the event loop.
         *
         * @param unanswered is told why there is no answer, for the access log
         */
        void ask(String name, Runnable answered, Consumer<String> unanswered) {
            if (++asked > QUESTIONS_MAX) {
                unanswered.accept(
                        "more than %d questions to the control plane, the last for %s".formatted(QUESTIONS_MAX, name));
                return;
            }
            asker.ask(name);
            long start = System.nanoTime();
            LocalWorkload.on(loop, answers.to(name, left), (current, _) -> {
                left = left.minusNanos(System.nanoTime() - start);
                if (current == null) {
                    unanswered.accept(
                            "the control plane did not say within %d s what %s is".formatted(WAIT.toSeconds(), name));
                } else {
                    answered.run();
                }
            });
        }
    }
}
