package io.periplus.lab.node.pod;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The end of a pod: its containers first, then its sidecars in reverse order; each gets its preStop hook, SIGTERM and, when
 * the grace period is over, SIGKILL. Used by the pod's worker.
 */
final class PodEnding {
    private final PodFacts facts;
    private final List<ContainerRunner> inits;
    private final List<ContainerRunner> containers;
    private final ContainerStarter starter;
    private Instant deadline = Instant.MAX;
    private boolean killed;

    PodEnding(PodFacts facts, List<ContainerRunner> inits, List<ContainerRunner> containers, ContainerStarter starter) {
        this.facts = facts;
        this.inits = inits;
        this.containers = containers;
        this.starter = starter;
    }

    /** Sets the grace period, or shortens it. */
    void within(Duration grace) {
        Instant end = Instant.now().plus(grace);
        if (end.isBefore(deadline)) {
            deadline = end;
        }
    }

    /** Whether the grace period has passed. */
    boolean isOver(Instant now) {
        return !now.isBefore(deadline);
    }

    /** Does what is due; true when no process is left. */
    boolean step(Instant now) {
        List<ContainerRunner> active = active(containers);
        if (active.isEmpty()) {
            active = active(inits).reversed();
            if (active.isEmpty()) {
                return true;
            }
            active = active.subList(0, 1);
        }
        boolean late = !now.isBefore(deadline);
        for (ContainerRunner runner : active) {
            if (late) {
                if (!killed && runner.process != null) {
                    runner.process.kill();
                }
            } else {
                starter.stop(facts, runner, deadline);
                if (!now.isBefore(starter.killAt(runner)) && runner.process != null) {
                    runner.process.kill();
                }
            }
        }
        killed = late
                && active.size() == active(containers).size() + active(inits).size();
        return false;
    }

    /** When something is due next. */
    Instant next() {
        Instant next = killed ? Instant.MAX : deadline;
        Instant now = Instant.now();
        for (List<ContainerRunner> group : List.of(containers, inits)) {
            for (ContainerRunner runner : active(group)) {
                Instant kill = starter.killAt(runner);
                if (kill.isAfter(now) && kill.isBefore(next)) {
                    next = kill;
                }
            }
        }
        return next;
    }

    private static List<ContainerRunner> active(List<ContainerRunner> runners) {
        return runners.stream().filter(ContainerRunner::isActive).toList();
    }
}
