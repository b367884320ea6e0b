package io.periplus.waypoint.explain;

import io.periplus.api.why.Answer;
import io.periplus.api.why.HttpQuestion;
import io.periplus.api.why.ProxyName;
import io.periplus.api.why.Question;
import io.periplus.dataplane.http.RequestException;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.exchange.Admission;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.exchange.LoopServices;
import io.periplus.waypoint.exchange.Trial;
import java.util.concurrent.CompletableFuture;

/**
 * Asks about requests and connections that a client's connection would carry.
 *
 * @param identity of this proxy
 */
public record Asked(ProxyName self, String identity, LoopServices services) {
    /** A request, or the connection itself where it is none or the port takes none. May complete on any thread. */
    public CompletableFuture<Answer> about(ClientConnection client, Admission admission, Question question) {
        HttpQuestion http = question.http();
        boolean bytes = http == null
                || switch (client.destination().protocol()) {
                    case TCP, TLS -> true;
                    case HTTP11, HTTP2, GRPC, UNKNOWN, UNRECOGNIZED -> false;
                };
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        services.loop().execute(() -> {
            try {
                if (bytes || http == null) {
                    answer.complete(aboutBytes(client.withServerName(question.serverName())));
                } else {
                    aboutRequest(client, admission, question, http, answer);
                }
            } catch (RequestException e) {
                answer.complete(new Answer.Builder(self)
                        .failed(
                                "this proxy answers with status " + e.error().status() + ": "
                                        + e.error().details().replace('_', ' '),
                                null));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private void aboutRequest(
            ClientConnection client,
            Admission admission,
            Question question,
            HttpQuestion http,
            CompletableFuture<Answer> answer) {
        RequestHead head = Heads.of(
                http,
                question.tls(),
                question.host() + ":" + question.port(),
                services.http().paths());
        Trial.begin(
                services,
                client,
                admission,
                head,
                outcome ->
                        answer.complete(new Story(self, identity, client.destination(), "HTTPRoute", outcome).told()));
    }

    private Answer aboutBytes(ClientConnection client) {
        Trial.Outcome outcome = Trial.ofBytes(services, client);
        String kind = client.serverName().isEmpty() ? "TCPRoute" : "TLSRoute or TCPRoute";
        return new Story(self, identity, client.destination(), kind, outcome).told();
    }
}
