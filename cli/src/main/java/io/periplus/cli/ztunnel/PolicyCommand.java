package io.periplus.cli.ztunnel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Table;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ztunnel-config policy}. */
@Command(
        name = "policy",
        aliases = {"policies", "p", "pol"},
        description = "Show the policies that a ztunnel enforces.",
        footer = {"", "Examples:", "  ${COMMAND-FULL-NAME}", "  ${COMMAND-FULL-NAME} --policy-namespace shop -o yaml"})
final class PolicyCommand implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Mixin
    private final ZtunnelTarget target = new ZtunnelTarget();

    @Option(
            names = "--policy-namespace",
            paramLabel = "<namespace>",
            defaultValue = "",
            description = "only policies of this namespace")
    private String namespace = "";

    PolicyCommand(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        ConfigDump dump = target.dump(globals, false);
        ArrayNode policies = dump.select("policies", ConfigDump.field("/namespace", namespace));
        target.print(console, table(policies), policies);
        return ExitCode.OK;
    }

    static Table table(ArrayNode policies) {
        Table table = new Table(1).row("NAMESPACE", "POLICY NAME", "ACTION", "SCOPE");
        policies.forEach(p -> table.row(
                Json.text(p, "/namespace", ""),
                Json.text(p, "/name", ""),
                Json.text(p, "/action", ""),
                Json.text(p, "/scope", "")));
        return table;
    }
}
