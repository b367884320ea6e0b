package io.periplus.dataplane.admin;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** What a process still waits for before it can serve. Ready when nothing is left; a task may come back. */
public final class Readiness {
    private final Set<String> pending = new ConcurrentSkipListSet<>();

    /** Waits for this task. */
    public void await(String task) {
        pending.add(task);
    }

    /** The task is done. */
    public void done(String task) {
        pending.remove(task);
    }

    /** Sets whether this task is done. */
    public void set(String task, boolean done) {
        if (done) {
            done(task);
        } else {
            await(task);
        }
    }

    /** What is waited for, in alphabetical order. */
    public List<String> pending() {
        return List.copyOf(pending);
    }

    /** The page {@code /healthz/ready}: 200 {@code ready}, or 500 with what is waited for. */
    public AdminPage page() {
        return request -> {
            if (!request.isGet()) {
                return AdminResponse.methodNotAllowed("GET");
            }
            List<String> left = pending();
            return left.isEmpty()
                    ? AdminResponse.text(200, "ready\n")
                    : AdminResponse.text(500, "not ready, pending: " + String.join(", ", left) + "\n");
        };
    }
}
