package io.periplus.cli.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Table;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code proxy-config secret}. */
@Command(
        name = "secret",
        aliases = {"s", "secrets"},
        description = "Show the certificates of a waypoint or Gateway: its own, its roots, and its listeners'.",
        footer = {"", "Examples:", "  ${COMMAND-FULL-NAME} deploy/waypoint -n shop"})
final class SecretView implements Callable<Integer> {
    private static final String ACTIVE = "ACTIVE";

    private final Console console;
    private final Globals globals;

    @Mixin
    private final ProxyTarget target = new ProxyTarget();

    SecretView(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        ArrayNode secrets = secrets(target.dump(globals));
        target.print(console, table(secrets), secrets);
        return ExitCode.OK;
    }

    static ArrayNode secrets(ProxyDump dump) {
        ArrayNode secrets = Json.MAPPER.createArrayNode();
        for (JsonNode own : dump.root().path("certificates")) {
            String state = Json.text(own, "/state", "");
            if (own.path("certChain").isEmpty()) {
                secrets.addObject()
                        .put("name", "default")
                        .put("type", "Cert Chain")
                        .put("status", state);
            }
            own.path("certChain").forEach(c -> add(secrets, "default", "Cert Chain", c));
            own.path("rootCerts").forEach(c -> add(secrets, "ROOTCA", "CA", c));
        }
        for (JsonNode listener : dump.root().path("listeners")) {
            String name = "listener/" + Json.text(listener, "/name", "");
            listener.at("/tls/certificates")
                    .forEach(pair -> pem(secrets, name, Json.text(pair, "/certificateChain", "")));
        }
        return secrets;
    }

    private static void add(ArrayNode secrets, String name, String type, JsonNode certificate) {
        String serial = Json.text(certificate, "/serialNumber", "");
        add(
                secrets,
                name,
                type,
                serial.matches("\\d+") ? new BigInteger(serial).toString(16) : serial,
                Json.text(certificate, "/expirationTime", ""),
                Json.text(certificate, "/validFrom", ""));
    }

    private static void pem(ArrayNode secrets, String name, String chain) {
        try {
            var factory = CertificateFactory.getInstance("X.509");
            var bytes = new ByteArrayInputStream(chain.getBytes(StandardCharsets.UTF_8));
            for (var one : factory.generateCertificates(bytes)) {
                X509Certificate certificate = (X509Certificate) one;
                add(
                        secrets,
                        name,
                        "Cert Chain",
                        certificate.getSerialNumber().toString(16),
                        certificate.getNotAfter().toInstant().toString(),
                        certificate.getNotBefore().toInstant().toString());
            }
        } catch (CertificateException e) {
            secrets.addObject()
                    .put("name", name)
                    .put("type", "Cert Chain")
                    .put("status", "unreadable: " + e.getMessage());
        }
    }

    private static void add(ArrayNode secrets, String name, String type, String serial, String until, String from) {
        ObjectNode secret = secrets.addObject();
        secret.put("name", name).put("type", type).put("status", ACTIVE);
        secret.put("valid", isValid(from, until));
        secret.put("serialNumber", serial).put("notAfter", until).put("notBefore", from);
    }

    private static boolean isValid(String from, String until) {
        try {
            Instant now = Instant.now();
            return !now.isBefore(Instant.parse(from)) && !now.isAfter(Instant.parse(until));
        } catch (DateTimeParseException _) {
            return false;
        }
    }

    static Table table(ArrayNode secrets) {
        Table table = new Table(5)
                .row("RESOURCE NAME", "TYPE", "STATUS", "VALID CERT", "SERIAL NUMBER", "NOT AFTER", "NOT BEFORE");
        secrets.forEach(secret -> table.row(
                Json.text(secret, "/name", ""),
                Json.text(secret, "/type", ""),
                Json.text(secret, "/status", ""),
                Json.text(secret, "/valid", "false"),
                Json.text(secret, "/serialNumber", ""),
                Json.text(secret, "/notAfter", ""),
                Json.text(secret, "/notBefore", "")));
        return table;
    }
}
