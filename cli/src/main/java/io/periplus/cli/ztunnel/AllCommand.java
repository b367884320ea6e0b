package io.periplus.cli.ztunnel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Table;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ztunnel-config all}: every table, or the parts of the dump that they show. */
@Command(
        name = "all",
        description = "Show the workloads, services, policies, certificates and connections of a ztunnel.",
        footer = {"", "Examples:", "  ${COMMAND-FULL-NAME} --with-headers", "  ${COMMAND-FULL-NAME} -o json > dump.json"
        })
final class AllCommand implements Callable<Integer> {
    private final Console console;
    private final Globals globals;

    @Mixin
    private final ZtunnelTarget target = new ZtunnelTarget();

    @Option(
            names = "--with-headers",
            arity = "0..1",
            defaultValue = "false",
            fallbackValue = "true",
            description = "a heading over each table")
    private boolean headers;

    AllCommand(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        ConfigDump dump = target.dump(globals, false);
        ArrayNode workloads = dump.select("workloads", _ -> true);
        ArrayNode services = dump.select("services", _ -> true);
        ArrayNode policies = dump.select("policies", _ -> true);
        ArrayNode certificates = dump.select("certificates", _ -> true);
        ArrayNode pods = dump.pods(_ -> true);
        if (target.asTable()) {
            print("WORKLOAD", WorkloadCommand.table(dump, workloads));
            print("SERVICE", ServiceCommand.table(dump, services));
            print("POLICY", PolicyCommand.table(policies));
            print("SECRET", CertificateCommand.table(certificates, Instant.now()));
            print("CONNECTIONS", ConnectionsCommand.table(pods, "", new AddressNames(dump)::of));
            return ExitCode.OK;
        }
        ObjectNode all = Json.MAPPER.createObjectNode();
        all.set("workloads", workloads);
        all.set("services", services);
        all.set("policies", policies);
        all.set("certificates", certificates);
        if (dump.root().has("workloadState")) {
            all.set("workloadState", dump.root().get("workloadState"));
        }
        target.print(console, new Table(1), all);
        return ExitCode.OK;
    }

    private void print(String heading, Table table) {
        if (headers) {
            console.out().println("------ " + heading + " INFO ------");
        }
        console.out().print(table);
        console.out().println();
    }
}
