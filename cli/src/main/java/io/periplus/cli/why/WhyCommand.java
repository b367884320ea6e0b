package io.periplus.cli.why;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.Labels;
import io.periplus.api.why.Answer;
import io.periplus.api.why.HeaderField;
import io.periplus.api.why.HttpQuestion;
import io.periplus.api.why.Question;
import io.periplus.api.why.Verdict;
import io.periplus.api.why.WhyJson;
import io.periplus.cli.CliException;
import io.periplus.cli.Console;
import io.periplus.cli.ExitCode;
import io.periplus.cli.Globals;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.Pods;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code periplus why}. */
@Command(
        name = "why",
        description = "Ask the proxies on the way of a request what they would do with it, and why.",
        footer = {
            "",
            "Exit codes: 0 it passes, 10 a policy refuses it, 11 it does not arrive for another reason,",
            "            12 it depends on somebody who is not asked here (an external authorizer)",
            "",
            "Examples:",
            "  ${COMMAND-FULL-NAME} -n finance deploy/curl --to accounts.accounts:8080 -X POST",
            "  ${COMMAND-FULL-NAME} -n finance deploy/curl --to http://shop.shop/cart -H 'x-canary: yes'",
            "  ${COMMAND-FULL-NAME} -n finance deploy/curl --to db.shop:5432 --tcp",
            "  ${COMMAND-FULL-NAME} -n finance deploy/curl --last 20",
            "  ${COMMAND-FULL-NAME} --id 1c5f2a5e-8f0b-4f6e-9d53-0a4b7c1f2e3d",
            "  ${COMMAND-FULL-NAME} --from-gateway shop/edge --to http://shop.example.com/"
        })
public final class WhyCommand implements Callable<Integer> {
    private static final String EVERYBODY = "192.0.2.1";

    private final Console console;
    private final Globals globals;

    @Parameters(
            paramLabel = "[<type>/]<name>[.<namespace>]",
            arity = "0..1",
            defaultValue = "",
            description = "the client: a pod, or deploy/, sts/, ds/, rs/ or svc/ with a name")
    private String source = "";

    @Option(
            names = "--to",
            paramLabel = "<host>[:<port>]|<url>",
            defaultValue = "",
            description = "what the client calls, by the name it uses")
    private String to = "";

    @Option(
            names = {"-X", "--request"},
            paramLabel = "<method>",
            defaultValue = "GET",
            description = "HTTP method (default: GET)")
    private String method = "GET";

    @Option(
            names = {"-H", "--header"},
            paramLabel = "<name>:<value>",
            description = "header field (repeatable)")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--path",
            paramLabel = "<path>",
            defaultValue = "",
            description = "path with query (default: that of the URL, or /)")
    private String path = "";

    @Option(
            names = "--token",
            paramLabel = "<jwt>|@<file>",
            defaultValue = "",
            description = "sent as Authorization: Bearer")
    private String token = "";

    @Option(names = "--tcp", description = "a connection whose bytes are not HTTP")
    private boolean tcp;

    @Option(
            names = "--server-name",
            paramLabel = "<name>",
            defaultValue = "",
            description = "what the client asks for in TLS (default: the host of an https URL)")
    private String serverName = "";

    @Option(
            names = "--from-gateway",
            paramLabel = "[<namespace>/]<name>",
            defaultValue = "",
            description = "start at a Gateway of class istio, as a client outside the mesh")
    private String gateway = "";

    @Option(
            names = "--from-ip",
            paramLabel = "<address>",
            defaultValue = "",
            description = "the client's address, where it is no pod")
    private String address = "";

    @Option(
            names = "--last",
            paramLabel = "<n>",
            arity = "0..1",
            defaultValue = "0",
            fallbackValue = "10",
            description = "show what the proxies remember of the client's last requests and connections (10)")
    private int last;

    @Option(
            names = "--id",
            paramLabel = "<request id>",
            defaultValue = "",
            description = "find a request by its x-request-id, which refusals carry")
    private String id = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json|yaml",
            defaultValue = "text",
            description = "output format (default: text)")
    private String output = "text";

    public WhyCommand(Console console, Globals globals) {
        this.console = console;
        this.globals = globals;
    }

    @Override
    public Integer call() throws IOException {
        check();
        try (KubeClient client = globals.connect()) {
            Proxies proxies = new Proxies(client, globals.systemNamespace());
            Pods pods = new Pods(client);
            if (!id.isEmpty() || last > 0) {
                return history(client, proxies, pods);
            }
            Traffic traffic = traffic();
            Walk walk = new Walk(proxies, pods, new Bindings(client), traffic);
            Report report = report(walk, pods, globals.namespace(client));
            print(report);
            return code(report.verdict());
        }
    }

    private int history(KubeClient client, Proxies proxies, Pods pods) throws IOException {
        History history = new History(
                client,
                proxies,
                globals.systemNamespace(),
                text -> console.err().println("Warning: " + text));
        if (!id.isEmpty()) {
            return ofId(history, proxies);
        }
        String of = source.isEmpty()
                ? address
                : Pods.addressOf(pods.find(source, globals.namespace(client)).first());
        List<History.Remembered> found = history.ofClient(of, last);
        if (found.isEmpty()) {
            console.err().println("No proxy remembers anything of " + of + "; each remembers the last few hundred.");
        }
        print(found);
        return ExitCode.OK;
    }

    private int ofId(History history, Proxies proxies) throws IOException {
        List<History.Remembered> found = history.ofId(id);
        if (found.isEmpty()) {
            throw new CliException("no waypoint or gateway remembers a request with the id " + id
                    + "; each remembers its last few hundred, and its last few hundred refused ones");
        }
        print(found);
        History.Remembered decided = found.stream()
                .filter(one -> one.seen().verdict() != Verdict.ALLOWED)
                .findFirst()
                .orElse(found.getLast());
        Question again = decided.seen().question();
        if (again != null && output.equals("text") && decided.seen().verdict() != Verdict.ALLOWED) {
            console.out().println();
            console.out().println("Asked again now, without its headers:");
            Answer answer = proxies.ask(decided.pod(), again);
            new Text(console.out()).print(1, new Report.Stop("the same request", List.of(), answer));
            answer.advice().forEach(advice -> console.out().println("   advice     " + advice));
        }
        return code(decided.seen().verdict());
    }

    private void print(List<History.Remembered> found) {
        switch (output) {
            case "json" -> console.out().println(Json.pretty(WhyJson.tree(found)));
            case "yaml" -> console.out().print(Yaml.dump(WhyJson.tree(found)));
            default -> new HistoryText(console.out()).print(found);
        }
    }

    private void check() {
        if (!List.of("text", "json", "yaml").contains(output)) {
            throw new CliException("output format \"" + output + "\" not supported", ExitCode.USAGE);
        }
        if (!id.isEmpty()) {
            return;
        }
        int starts = (source.isEmpty() ? 0 : 1) + (gateway.isEmpty() ? 0 : 1);
        if (starts > 1 || (starts == 0 && address.isEmpty())) {
            throw new CliException("name one client: a pod or workload, --from-gateway, or --from-ip", ExitCode.USAGE);
        }
        if (!source.isEmpty() && !address.isEmpty()) {
            throw new CliException("--from-ip is for clients that are no pods", ExitCode.USAGE);
        }
        if (to.isEmpty() && last == 0) {
            throw new CliException("--to is missing: what does the client call?", ExitCode.USAGE);
        }
    }

    private Traffic traffic() throws IOException {
        Destination destination = Destination.parse(to);
        String asked = serverName.isEmpty() && destination.tls() ? destination.host() : serverName;
        // Inside the mesh an https URL is bytes to every proxy; a gateway terminates it.
        boolean bytes = tcp || (destination.tls() && gateway.isEmpty());
        return new Traffic(destination, bytes ? null : request(destination), asked);
    }

    private HttpQuestion request(Destination destination) throws IOException {
        List<HeaderField> fields = new ArrayList<>();
        @Nullable String authority = destination.authority();
        for (String header : headers) {
            int colon = header.indexOf(':', 1);
            if (colon < 1) {
                throw new CliException("-H \"" + header + "\" is no header (expected: <name>:<value>)", ExitCode.USAGE);
            }
            String name = header.substring(0, colon).strip();
            String value = header.substring(colon + 1).strip();
            if (name.equalsIgnoreCase("host")) {
                authority = value;
            } else {
                fields.add(new HeaderField(name, value));
            }
        }
        if (!token.isEmpty()) {
            fields.add(new HeaderField("authorization", "Bearer " + tokenText()));
        }
        String asked = path.isEmpty() ? destination.path() : path;
        return new HttpQuestion(method, asked.startsWith("/") ? asked : "/" + asked, authority, fields);
    }

    private String tokenText() throws IOException {
        return token.startsWith("@")
                ? Files.readString(Path.of(token.substring(1))).strip()
                : token;
    }

    private Report report(Walk walk, Pods pods, String namespace) throws IOException {
        if (!source.isEmpty()) {
            Pods.Found found = pods.find(source, namespace);
            return walk.fromPod(found.first(), found.more());
        }
        if (gateway.isEmpty()) {
            return walk.fromAddress(address);
        }
        int slash = gateway.indexOf('/');
        String of = slash < 0 ? namespace : gateway.substring(0, slash);
        String name = gateway.substring(slash + 1);
        List<JsonNode> running = pods.running(of, Labels.GATEWAY_NAME + "=" + name);
        return walk.fromGateway(of + "/" + name, running, address.isEmpty() ? EVERYBODY : address);
    }

    private void print(Report report) {
        switch (output) {
            case "json" -> console.out().println(Json.pretty(WhyJson.tree(report)));
            case "yaml" -> console.out().print(Yaml.dump(WhyJson.tree(report)));
            default -> new Text(console.out()).print(report);
        }
    }

    private static int code(Verdict verdict) {
        return switch (verdict) {
            case ALLOWED -> ExitCode.OK;
            case DENIED -> ExitCode.DENIED;
            case FAILED -> ExitCode.NOT_ARRIVED;
            case UNDECIDED -> ExitCode.UNDECIDED;
        };
    }
}
