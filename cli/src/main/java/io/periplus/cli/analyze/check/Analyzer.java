package io.periplus.cli.analyze.check;

import io.periplus.cli.analyze.finding.Findings;
import io.periplus.cli.analyze.snapshot.ObjectKind;
import io.periplus.cli.analyze.snapshot.Snapshot;
import java.util.List;
import java.util.Set;

/** Looks for one sort of mistakes. Has no state. */
public interface Analyzer {
    /** As users name it, for example {@code service.PortNameAnalyzer}. */
    String name();

    /** What it looks for, in one sentence. */
    String description();

    /** The kinds that it looks at; it is left out where one of them may not be read. */
    Set<ObjectKind> reads();

    /** Reports what is wrong in one cluster. */
    default void analyze(Snapshot snapshot, Findings findings) {}

    /** Reports how clusters differ where they should not; {@code findings} are the first one's. */
    default void compare(List<Snapshot> clusters, Findings findings) {}
}
