package io.periplus.cli.why;

import io.periplus.api.why.Answer;
import io.periplus.api.why.EndpointState;
import io.periplus.api.why.FieldCheck;
import io.periplus.api.why.Hop;
import io.periplus.api.why.Judgement;
import io.periplus.api.why.PolicyCheck;
import io.periplus.api.why.RouteTaken;
import io.periplus.api.why.RuleCheck;
import io.periplus.api.why.Target;
import io.periplus.api.why.Verdict;
import io.periplus.cli.why.Report.Stop;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A report for people: the verdict and what decided in the first lines, then the way, then what would turn it round. */
final class Text {
    /** More of them would hide the ones that matter; {@code -o json} has all. */
    private static final int ENDPOINTS_MAX = 8;

    private static final int LABEL_WIDTH = 11;

    private final PrintStream out;

    Text(PrintStream out) {
        this.out = out;
    }

    void print(Report report) {
        out.println(report.verdict() + ": " + report.what());
        out.println("  " + report.reason());
        if (report.decidedBy() != null) {
            out.println("  decided by " + report.decidedBy() + " at " + report.decidedAt());
        }
        for (int i = 0; i < report.stops().size(); i++) {
            out.println();
            print(i + 1, report.stops().get(i));
        }
        if (!report.advice().isEmpty()) {
            out.println();
            out.println(report.verdict() == Verdict.ALLOWED ? "To stop it, any of:" : "To let it pass, any of:");
            report.advice().forEach(advice -> out.println("  - " + advice));
        }
    }

    void print(int number, Stop stop) {
        Answer answer = stop.answer();
        String node = answer.proxy().node().isEmpty()
                ? ""
                : " on node " + answer.proxy().node();
        out.println(number + ". " + answer.proxy() + node + ": " + stop.title());
        stop.context().forEach(line -> {
            int colon = line.indexOf(": ");
            boolean labelled = colon > 0 && colon <= LABEL_WIDTH + 2;
            line(labelled ? line.substring(0, colon) : "", labelled ? line.substring(colon + 2) : line);
        });
        if (answer.target() != null) {
            print(answer.target());
        }
        if (answer.route() != null) {
            print(answer.route());
        }
        answer.judgements().forEach(this::print);
        if (answer.endpoints() != null && !answer.endpoints().endpoints().isEmpty()) {
            line(
                    "endpoints",
                    answer.endpoints().of() + ", " + answer.endpoints().rule());
            print(answer.endpoints().endpoints());
        }
        answer.notes().forEach(note -> line("note", note));
        if (answer.next() != null) {
            print(answer.next());
        }
        line(answer.verdict().name().toLowerCase(Locale.ROOT), answer.reason());
    }

    private static boolean isOfEndpoint(Judgement judgement) {
        return judgement.point().startsWith("workload ");
    }

    private void print(Target target) {
        String name = target.name().isEmpty() ? "" : " " + target.name();
        line(
                "addressed",
                target.kind() + name + ", " + target.address() + " port " + target.port()
                        + (target.protocol().isEmpty() ? "" : ", declared as " + target.protocol()));
    }

    private void print(RouteTaken route) {
        String rule = route.rule() < 0 ? "" : " rule " + route.rule();
        line(
                "route",
                route.route() == null
                        ? "none governs: it goes to what was addressed"
                        : route.route() + rule + (route.match().isEmpty() ? "" : ", " + route.match()));
        route.effects().forEach(effect -> line("", effect));
        if (route.backends().size() > 1 || route.route() != null) {
            route.backends()
                    .forEach(share ->
                            line("", (share.chosen() ? "> " : "  ") + share.name() + " weight " + share.weight()));
        }
    }

    private void print(Judgement judgement) {
        line("policies", "of " + judgement.point() + ": " + judgement.why());
        for (PolicyCheck policy : judgement.considered()) {
            String mark = policy.decided() ? "> " : "  ";
            line(
                    "",
                    mark + (policy.dryRun() ? "dry run " : "") + policy.action() + " " + policy.policy() + ": "
                            + policy.outcome());
            policy.rules().forEach(rule -> line("", "    rule " + rule.index() + " " + text(rule)));
        }
    }

    private static String text(RuleCheck rule) {
        if (rule.leftOut()) {
            return "asks about HTTP, and this is judged as TCP";
        }
        if (rule.clauses().isEmpty()) {
            return "matches everything";
        }
        String details = rule.clauses().stream().map(Text::text).collect(Collectors.joining(", "));
        return (rule.matched() ? "matches: " : "does not match: ") + details;
    }

    private static String text(RuleCheck.Clause clause) {
        String fields = clause.entries().stream()
                .filter(entry -> entry.matched() || !clause.matched())
                .map(Text::text)
                .collect(Collectors.joining(" or "));
        return clause.name().isEmpty()
                ? fields
                : clause.name() + (clause.matched() ? " matches (" : " does not match (") + fields + ")";
    }

    private static String text(RuleCheck.Entry entry) {
        return entry.fields().stream()
                .filter(field -> entry.matched() || !field.matched())
                .map(Text::text)
                .collect(Collectors.joining(" and "));
    }

    private static String text(FieldCheck field) {
        String actual = field.field() + " is " + field.actual();
        return field.matched() ? actual : actual + ", asked for " + String.join(" or ", field.expected());
    }

    private void print(List<EndpointState> endpoints) {
        List<EndpointState> shown = endpoints.stream()
                .sorted((a, b) -> Boolean.compare(b.chosen(), a.chosen()) != 0
                        ? Boolean.compare(b.chosen(), a.chosen())
                        : Boolean.compare(b.usable(), a.usable()))
                .limit(ENDPOINTS_MAX)
                .toList();
        for (EndpointState endpoint : shown) {
            String mark = endpoint.chosen() ? "> " : endpoint.usable() ? "  " : "x ";
            line("", mark + endpoint.workload() + " " + endpoint.address() + ", " + endpoint.why());
        }
        if (endpoints.size() > shown.size()) {
            line("", "  and " + (endpoints.size() - shown.size()) + " more (-o json shows all)");
        }
    }

    private void print(Hop hop) {
        String where = hop.pod() == null ? hop.address() : hop.pod() + " at " + hop.address();
        line(
                "next",
                (hop.tunnel() ? "HBONE to " : "in clear to ")
                        + where
                        + (hop.authority() == null ? "" : ", asking for " + hop.authority()));
        if (hop.identity() != null) {
            line("identity", hop.identity());
        }
    }

    private void line(String label, String text) {
        out.println("   " + label + " ".repeat(Math.max(1, LABEL_WIDTH - label.length())) + text);
    }
}
