package io.periplus.cli.analyze;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.GoDuration;
import io.periplus.cli.analyze.check.Analyzer;
import io.periplus.cli.analyze.finding.Code;
import io.periplus.cli.analyze.finding.Level;
import io.periplus.cli.analyze.finding.Message;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Yaml;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code analyze}. */
@Command(
        name = "analyze",
        description =
                "Find mistakes in the mesh's configuration: of a cluster, of manifests, or of a cluster with them.",
        footer = {
            "",
            "Exit codes: 0 none at the threshold, 65 a file cannot be read, 79 findings at the threshold.",
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME} -n shop",
            "  ${COMMAND-FULL-NAME} -A --failure-threshold Warning",
            "  ${COMMAND-FULL-NAME} --use-kube=false manifests/ policy.yaml",
            "  ${COMMAND-FULL-NAME} -S \"IST0118=Service web.shop\" -o json",
            "  ${COMMAND-FULL-NAME} -L"
        })
public final class AnalyzeCommand implements Callable<Integer> {
    private static final String RED = "\u001b[1;31m";
    private static final String YELLOW = "\u001b[33m";
    private static final String PLAIN = "\u001b[0m";

    private final Console console;
    private final Globals globals;

    @Parameters(paramLabel = "<file>", description = "manifests: files, directories, or - for stdin")
    private List<String> files = new ArrayList<>();

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "analyse all namespaces")
    private boolean allNamespaces;

    @Option(
            names = {"-k", "--use-kube"},
            arity = "0..1",
            defaultValue = "true",
            fallbackValue = "true",
            description = "read the cluster too (default: true)")
    private boolean useKube = true;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "log|json|yaml",
            defaultValue = "log",
            description = "output format (default: log)")
    private String output = "log";

    @Option(names = "--color", arity = "0..1", fallbackValue = "true", description = "colours (default: on terminals)")
    private @Nullable Boolean color;

    @Option(
            names = {"-v", "--verbose"},
            description = "say what is done")
    private boolean verbose;

    @Option(
            names = "--failure-threshold",
            paramLabel = "<level>",
            converter = Level.Converter.class,
            defaultValue = "Error",
            description = "findings from this level on make the command fail: Info, Warning, Error (default: Error)")
    private Level failureThreshold = Level.ERROR;

    @Option(
            names = "--output-threshold",
            paramLabel = "<level>",
            converter = Level.Converter.class,
            defaultValue = "Info",
            description = "findings from this level on are shown: Info, Warning, Error (default: Info)")
    private Level outputThreshold = Level.INFO;

    @Option(
            names = {"-S", "--suppress"},
            paramLabel = "<code>=<Kind> <name>.<ns>",
            description = "leave out a finding (repeatable; * stands for any text)")
    private List<String> suppress = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "<duration>",
            converter = GoDuration.class,
            defaultValue = "30s",
            description = "bound of the whole analysis (default: 30s)")
    private Duration timeout = Duration.ofSeconds(30);

    @Option(names = "--ignore-unknown", description = "pass over files that are no manifests")
    private boolean ignoreUnknown;

    @Option(
            names = {"-r", "--revision"},
            paramLabel = "<revision>",
            defaultValue = "",
            description = "leave out objects that belong to other control plane revisions")
    private String revision = "";

    @Option(
            names = "--remote-contexts",
            paramLabel = "<context>",
            split = ",",
            description = "kubeconfig contexts of the mesh's other clusters")
    private List<String> remoteContexts = new ArrayList<>();

    @Option(names = "--analyzer", paramLabel = "<name>", description = "only this analyzer (repeatable; -L lists them)")
    private List<String> only = new ArrayList<>();

    @Option(
            names = {"-L", "--list-analyzers"},
            description = "list the analyzers")
    private boolean list;

    @Option(
            names = "--meshConfigFile",
            paramLabel = "<file>",
            defaultValue = "",
            description = "the mesh configuration to assume")
    private String meshConfigFile = "";

    @Option(
            names = {"-R", "--recursive"},
            hidden = true,
            arity = "0..1",
            fallbackValue = "true")
    private @Nullable Boolean recursive;

    /** The command. */
    public AnalyzeCommand(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        if (list) {
            Analyzers.all().forEach(a -> console.out().println("* " + a.name() + ":\n    " + a.description()));
            return ExitCode.OK;
        }
        if (recursive != null) {
            console.err().println("The recursive flag has been removed and is hardcoded to true");
        }
        switch (output) {
            case "log", "json", "yaml" -> {}
            default ->
                throw new CliException("\"" + output + "\" not a valid option for format. See istioctl analyze --help");
        }
        if (!useKube && files.isEmpty()) {
            throw new CliException("no resources were found to analyze: name files, or leave out --use-kube=false");
        }
        List<Suppression> suppressions = suppressions();
        Analysis analysis = new Analysis(
                globals,
                new Analysis.Options(
                        files,
                        useKube,
                        allNamespaces,
                        ignoreUnknown,
                        revision,
                        remoteContexts,
                        meshConfigFile,
                        timeout));
        Analysis.Result result = analysis.run(analyzers());
        result.notes().forEach(console.err()::println);
        if (result.missingNamespace() != null) {
            console.err().println("namespace \"" + result.missingNamespace() + "\" not found");
            return ExitCode.OK;
        }
        if (verbose) {
            console.err().println("Analyzed resources in " + result.target());
        }
        List<Message> messages = result.messages().stream()
                .filter(message -> suppressions.stream().noneMatch(s -> s.covers(message)))
                .filter(message -> !Suppression.byAnnotation(message))
                .sorted(Message.ORDER)
                .toList();
        return report(messages, result);
    }

    private List<Analyzer> analyzers() {
        List<Analyzer> all = Analyzers.all();
        for (String name : only) {
            if (all.stream().noneMatch(analyzer -> analyzer.name().equals(name))) {
                throw new CliException("unknown analyzer \"" + name + "\" (istioctl analyze -L lists them)");
            }
        }
        return only.isEmpty()
                ? all
                : all.stream().filter(a -> only.contains(a.name())).toList();
    }

    private List<Suppression> suppressions() {
        return suppress.stream()
                .map(flag -> Objects.requireNonNullElseGet(Suppression.parse(flag), () -> {
                    throw new CliException(flag + " is not a valid suppression value. See istioctl analyze --help");
                }))
                .toList();
    }

    private int report(List<Message> messages, Analysis.Result result) {
        List<Message> shown = messages.stream()
                .filter(message -> message.code().level().compareTo(outputThreshold) >= 0)
                .toList();
        boolean unparsed = !result.unparsed().isEmpty();
        result.unparsed().forEach(problem -> console.err().println("Error: " + problem));
        if (!output.equals("log")) {
            ArrayNode array = Json.MAPPER.createArrayNode();
            shown.forEach(message -> array.add(message.json()));
            if (output.equals("json")) {
                console.out().println(Json.pretty(array));
            } else {
                console.out().print(Yaml.dump(array));
            }
            return unparsed ? ExitCode.DATA : ExitCode.OK;
        }
        boolean colors = color == null ? isTerminal() : color;
        shown.forEach(message -> console.out().println(message.line(level(message.code(), colors))));
        console.out().println();
        if (unparsed) {
            throw new CliException("Some files couldn't be parsed.", ExitCode.DATA);
        }
        if (messages.stream().anyMatch(m -> m.code().level().compareTo(failureThreshold) >= 0)) {
            throw new CliException(
                    "Analyzers found issues when analyzing " + result.target() + ".\nSee " + Code.DOCUMENTATION
                            + " for more information about causes and resolutions.",
                    ExitCode.FINDINGS);
        }
        if (shown.isEmpty()) {
            console.err().println("✔ No validation issues found when analyzing " + result.target() + ".");
        }
        return ExitCode.OK;
    }

    private static String level(Code code, boolean colors) {
        String title = code.level().title();
        return switch (code.level()) {
            case ERROR -> colors ? RED + title + PLAIN : title;
            case WARNING -> colors ? YELLOW + title + PLAIN : title;
            case INFO -> title;
        };
    }

    private static boolean isTerminal() {
        java.io.Console terminal = System.console();
        return terminal != null && terminal.isTerminal();
    }
}
