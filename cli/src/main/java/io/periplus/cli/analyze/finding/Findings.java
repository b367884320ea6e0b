package io.periplus.cli.analyze.finding;

import io.periplus.cli.analyze.snapshot.KubeObject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what analyzers find in one cluster, each finding once. */
public final class Findings {
    private final String cluster;
    private final Set<Message> messages = new LinkedHashSet<>();

    /** @param cluster for messages; empty when only one is analysed */
    public Findings(String cluster) {
        this.cluster = cluster;
    }

    /** Reports an object as a whole. */
    public void report(Code code, KubeObject subject, String text) {
        report(code, subject, "", text);
    }

    /** Reports a field, named by its JSON pointer. */
    public void report(Code code, KubeObject subject, String at, String text) {
        messages.add(new Message(code, subject, at, text, cluster));
    }

    /** What was reported, in the order in which it was. */
    public List<Message> messages() {
        return List.copyOf(messages);
    }
}
