package io.periplus.cli.ztunnel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Table;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ztunnel-config certificate}. */
@Command(
        name = "certificate",
        aliases = {"certificates", "certs", "cert"},
        description = "Show the certificates that a ztunnel holds.",
        footer = {"", "Examples:", "  ${COMMAND-FULL-NAME}", "  ${COMMAND-FULL-NAME} --node node-1"})
final class CertificateCommand implements Callable<Integer> {
    private static final int PADDING = 5;

    private final Console console;
    private final Globals globals;

    @Mixin
    private final ZtunnelTarget target = new ZtunnelTarget();

    CertificateCommand(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        ConfigDump dump = target.dump(globals, true);
        ArrayNode certificates = dump.select("certificates", _ -> true);
        target.print(console, table(certificates, Instant.now()), certificates);
        return ExitCode.OK;
    }

    static Table table(ArrayNode certificates, Instant now) {
        Table table = new Table(PADDING)
                .row("CERTIFICATE NAME", "TYPE", "STATUS", "VALID CERT", "SERIAL NUMBER", "NOT AFTER", "NOT BEFORE");
        for (JsonNode entry : certificates) {
            String identity = Json.text(entry, "/identity", "");
            String state = Json.text(entry, "/state", "");
            if (entry.path("certChain").isEmpty() && entry.path("rootCerts").isEmpty()) {
                table.row(identity, "NA", state, "false", "", "", "");
            }
            String type = "Leaf";
            for (JsonNode certificate : entry.path("certChain")) {
                row(table, identity, type, state, certificate, now);
                type = "Intermediate";
            }
            entry.path("rootCerts").forEach(root -> row(table, identity, "Root", state, root, now));
        }
        return table;
    }

    private static void row(
            Table table, String identity, String type, String state, JsonNode certificate, Instant now) {
        String from = Json.text(certificate, "/validFrom", "");
        String until = Json.text(certificate, "/expirationTime", "");
        table.row(
                identity,
                type,
                state,
                Boolean.toString(isValid(from, until, now)),
                hexadecimal(Json.text(certificate, "/serialNumber", "")),
                until,
                from);
    }

    private static boolean isValid(String from, String until, Instant now) {
        try {
            return !now.isBefore(Instant.parse(from)) && !now.isAfter(Instant.parse(until));
        } catch (DateTimeParseException _) {
            return false;
        }
    }

    private static String hexadecimal(String serial) {
        return serial.matches("\\d+") ? new BigInteger(serial).toString(16) : serial;
    }
}
