package io.periplus.policytest;

import io.periplus.dataplane.http.PathNormalization;
import io.periplus.model.AmbientIndex;
import io.periplus.model.policy.PolicyStatus;
import io.periplus.policytest.Documents.Document;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code policy test}. */
@Command(
        name = "test",
        description = "Judge cases by policies, without a cluster.",
        footer = {
            "",
            "Exit codes: 0 every case is as expected, 10 some are not, 65 a file cannot be understood, 64 wrong usage",
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME} -f policies.yaml -f cases.yaml",
            "  kubectl get authorizationpolicies,services,namespaces,gateways -A -o yaml | ${COMMAND-FULL-NAME} -f - -f cases.yaml",
            "  ${COMMAND-FULL-NAME} -f manifests/ -f cases.yaml --junit results.xml"
        })
final class PolicyTestCommand implements Callable<Integer> {
    static final int OK = 0;
    static final int UNEXPECTED = 10;

    private final PrintStream out;
    private final PrintStream err;

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "<file>",
            required = true,
            description = "objects or cases: a file, a directory, or - (repeatable)")
    private List<String> files = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json",
            defaultValue = "text",
            description = "output format (default: text)")
    private String output = "text";

    @Option(
            names = "--path-normalization",
            paramLabel = "<form>",
            defaultValue = "BASE",
            description = "the mesh's pathNormalization: NONE, BASE, MERGE_SLASHES or DECODE_AND_MERGE_SLASHES (BASE)")
    private PathNormalization paths = PathNormalization.BASE;

    @Option(names = "--junit", paramLabel = "<file>", description = "write the results as JUnit's XML too")
    private @org.jspecify.annotations.Nullable Path junit;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    private boolean help;

    PolicyTestCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() throws IOException {
        List<Document> documents =
                files.stream().flatMap(file -> Documents.of(file).stream()).toList();
        TestTokens signer = new TestTokens();
        AmbientIndex index = World.of(
                documents.stream().filter(document -> !Case.isIn(document)).toList(), signer.jwks());
        List<Case> cases = documents.stream()
                .filter(Case::isIn)
                .flatMap(document -> Case.of(document, index.mesh().trustDomain()).stream())
                .toList();
        if (cases.isEmpty()) {
            throw new UnreadableException(
                    "no cases in the files (expected: a document with the list \"cases\"; see docs/why.md)");
        }
        Judge judge = new Judge(index, paths, signer);
        Report report = new Report(cases.stream().map(judge::judge).toList(), warnings(index));
        if (output.equals("json")) {
            report.json(out);
        } else {
            report.warnings().forEach(warning -> err.println("Warning: " + warning));
            report.print(out);
        }
        if (junit != null) {
            report.junit(junit);
        }
        return report.failed() == 0 ? OK : UNEXPECTED;
    }

    /** What the control plane would write into the status of policies that cannot be enforced as written. */
    private static List<String> warnings(AmbientIndex index) {
        List<String> warnings = new ArrayList<>();
        for (PolicyStatus status : index.policyStatuses.entries().values()) {
            Stream.of(status.ztunnel(), status.waypoint())
                    .filter(java.util.Objects::nonNull)
                    .filter(condition -> condition.status().equals("False"))
                    .forEach(condition ->
                            warnings.add("AuthorizationPolicy " + status.key() + ": " + condition.message()));
        }
        index.tokenStatus.entries().values().forEach(status -> {
            var condition = status.wanted();
            if (condition != null && !condition.reason().equals("Accepted")) {
                warnings.add("RequestAuthentication " + status.key() + ": " + condition.message());
            }
        });
        return warnings.stream().sorted().toList();
    }
}
