package io.periplus.waypoint.exchange;

import io.periplus.dataplane.http.RequestError;
import io.periplus.dataplane.http.RequestHead;
import org.jspecify.annotations.Nullable;

/** The exchanges of one client connection. */
public final class ConnectionExchanges implements Exchanges {
    private final LoopServices services;
    private final ClientConnection connection;
    private final Admission admission;

    public ConnectionExchanges(LoopServices services, ClientConnection connection, Admission admission) {
        this.services = services;
        this.connection = connection;
        this.admission = admission;
    }

    @Override
    public HttpSettings settings() {
        return services.http();
    }

    @Override
    public RequestHandler begin(ClientStream client, RequestHead head, boolean hasBody, boolean upgrade) {
        HeaderRules.request(head, upgrade, admission);
        HttpExchange exchange = new HttpExchange(services, connection, client, head, hasBody, upgrade);
        exchange.begin();
        return exchange;
    }

    @Override
    public void refuse(ClientStream client, RequestError error, @Nullable RequestHead head) {
        ExchangeRecord record = new ExchangeRecord(
                services.telemetry(), connection, services.mesh().snapshot(), client.protocol(), head);
        LocalReply reply = LocalReply.of(error);
        record.local(reply);
        record.end();
        reply.send(client, record.isGrpc(), services.http().answers()::ofProxy);
    }
}
