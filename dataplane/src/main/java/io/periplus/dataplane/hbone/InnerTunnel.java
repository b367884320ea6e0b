package io.periplus.dataplane.hbone;

import io.netty.channel.socket.DuplexChannel;
import io.periplus.api.SpiffeId;
import java.util.List;

/**
 * A tunnel within a tunnel, whose far end the client did not choose.
 *
 * @param channel the bytes; its auto-read is off, as {@link HbonePool#connect} says
 * @param peer who answered, from the verified certificate of the inner handshake
 * @param baggage what the far end says of itself, header lines as sent; for telemetry only
 */
public record InnerTunnel(DuplexChannel channel, SpiffeId peer, List<String> baggage) {
    public InnerTunnel {
        baggage = List.copyOf(baggage);
    }
}
