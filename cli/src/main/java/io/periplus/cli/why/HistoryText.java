package io.periplus.cli.why;

import io.periplus.api.why.Seen;
import io.periplus.cli.why.History.Remembered;
import java.io.PrintStream;
import java.util.List;

/** Remembered requests and connections for people: one block each, the verdict and what decided first. */
record HistoryText(PrintStream out) {
    void print(List<Remembered> all) {
        all.forEach(this::print);
    }

    private void print(Remembered one) {
        Seen seen = one.seen();
        String status = seen.status() == 0 ? "" : " " + seen.status();
        out.println(seen.at() + " " + seen.verdict() + status + " " + seen.what() + " (" + seen.millis() + " ms)");
        out.println("   at         " + one.proxy());
        out.println("   from       " + (seen.client() == null ? "" : seen.client() + " ") + seen.clientAddress());
        if (!seen.target().isEmpty()) {
            out.println("   addressed  " + seen.target());
        }
        if (seen.route() != null) {
            out.println("   route      " + seen.route());
        }
        if (seen.endpoint() != null) {
            out.println("   next       " + seen.endpoint());
        }
        out.println("   because    " + seen.reason() + (seen.decidedBy() == null ? "" : " (" + seen.decidedBy() + ")"));
        if (seen.id() != null) {
            out.println("   id         " + seen.id());
        }
    }
}
