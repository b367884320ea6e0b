package io.periplus.cli.why;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.Labels;
import io.periplus.api.why.PodName;
import io.periplus.api.why.Seen;
import io.periplus.api.why.SeenByProxy;
import io.periplus.api.why.WhyJson;
import io.periplus.cli.CliException;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.kube.Pods;
import io.periplus.cli.kube.Resource;
import io.periplus.cli.text.Json;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** What the proxies of a cluster remember of real requests and connections. */
final class History {
    /** Port-forwards at a time: an API server has other work too. */
    private static final int PARALLEL = 8;

    /** @param proxy that remembers it, in this pod */
    record Remembered(PodName pod, String proxy, Seen seen) {}

    private final KubeClient client;
    private final Proxies proxies;
    private final String systemNamespace;
    private final Consumer<String> warn;

    /** @param warn hears of proxies that cannot be asked */
    History(KubeClient client, Proxies proxies, String systemNamespace, Consumer<String> warn) {
        this.client = client;
        this.proxies = proxies;
        this.systemNamespace = systemNamespace;
        this.warn = warn;
    }

    /** The last of a client, the newest first. */
    List<Remembered> ofClient(String address, int last) throws IOException {
        List<PodName> asked = new ArrayList<>(gateways());
        asked.addAll(running(systemNamespace, "app=ztunnel"));
        return ask(asked, "client=" + encode(address) + "&last=" + last).stream()
                .sorted(Comparator.comparing((Remembered one) -> one.seen().at())
                        .reversed())
                .limit(last)
                .toList();
    }

    /** The requests with this id, in the order of their way: ids pass from proxy to proxy. */
    List<Remembered> ofId(String id) throws IOException {
        return ask(gateways(), "last=100&id=" + encode(id)).stream()
                .sorted(Comparator.comparing(one -> one.seen().at()))
                .toList();
    }

    private List<PodName> gateways() throws KubeException {
        return running(null, Labels.GATEWAY_MANAGED);
    }

    private List<PodName> running(@org.jspecify.annotations.Nullable String namespace, String selector)
            throws KubeException {
        return client.list(Resource.PODS, namespace, selector).stream()
                .filter(Pods::isRunning)
                .map(Pods::nameOf)
                .toList();
    }

    private List<Remembered> ask(List<PodName> pods, String query) throws IOException {
        List<Remembered> all = new ArrayList<>();
        try (ExecutorService executor =
                Executors.newFixedThreadPool(PARALLEL, Thread.ofVirtual().factory())) {
            List<Future<List<Remembered>>> answers = pods.stream()
                    .map(pod -> executor.submit(() -> ask(pod, query)))
                    .toList();
            for (Future<List<Remembered>> answer : answers) {
                try {
                    all.addAll(answer.get());
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof CliException failure)) {
                        throw new IOException(e.getCause());
                    }
                    warn.accept(String.valueOf(failure.getMessage()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException("interrupted");
        }
        return all;
    }

    private List<Remembered> ask(PodName pod, String query) throws IOException {
        JsonNode answer = Json.parse(proxies.get(pod, "/why/seen?" + query));
        SeenByProxy seen = WhyJson.read(answer, SeenByProxy.class);
        return seen.seen().stream()
                .map(one -> new Remembered(pod, seen.proxy().toString(), one))
                .toList();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
