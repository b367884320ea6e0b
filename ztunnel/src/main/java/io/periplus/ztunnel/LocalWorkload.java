package io.periplus.ztunnel;

import io.netty.channel.EventLoop;
import io.periplus.dataplane.identity.WorkloadCertificate;
import io.periplus.dataplane.index.WorkloadIdentity;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.dataplane.tls.WorkloadTls;
import io.periplus.wire.workload.Workload;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A pod's own workload record and certificate, which may arrive after its first connections. */
final class LocalWorkload {
    private final Node node;
    private final Pod pod;

    LocalWorkload(Node node, Pod pod) {
        this.node = node;
        this.pod = pod;
    }

    /** The record in this snapshot, {@code null} if it is not there. */
    @Nullable
    Workload in(WorkloadIndex index) {
        return index.workloadOfPod(node.name(), pod.namespace(), pod.name(), pod.serviceAccount());
    }

    /** The record as it is after a wait, with the policies of now; {@code earlier} if it is gone. */
    Workload after(Workload earlier) {
        Workload now = in(node.index().current());
        return now == null ? earlier : now;
    }

    /** The record, now or within {@link Node#WORKLOAD_WAIT}. */
    CompletableFuture<Workload> await() {
        return node.index().await(this::in, Node.WORKLOAD_WAIT);
    }

    /** TLS in the workload's name, as soon as there are record and certificate. */
    CompletableFuture<WorkloadTls> tls() {
        Workload known = in(node.index().current());
        return known != null ? tls(known) : await().thenCompose(this::tls);
    }

    CompletableFuture<WorkloadTls> tls(Workload workload) {
        var identity = WorkloadIdentity.of(workload);
        WorkloadCertificate held = node.certificates().current(identity);
        return held != null
                ? CompletableFuture.completedFuture(node.tls().of(held))
                : node.certificates().fetch(identity).thenApply(node.tls()::of);
    }

    /** Continues on {@code loop}: at once if the value is there, which it nearly always is. */
    static <T> void on(EventLoop loop, CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> then) {
        future.whenComplete((value, failure) -> {
            Throwable why =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (loop.inEventLoop()) {
                then.accept(value, why);
            } else {
                loop.execute(() -> then.accept(value, why));
            }
        });
    }

    @Override
    public String toString() {
        return pod.toString();
    }
}
