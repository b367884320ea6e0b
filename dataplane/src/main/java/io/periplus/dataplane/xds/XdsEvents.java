package io.periplus.dataplane.xds;

/** What happens on the stream, for metrics. Called on the client's thread. */
public interface XdsEvents {
    /** Nobody is interested. */
    XdsEvents NONE = new XdsEvents() {};

    /** A stream ended. {@code reason} is {@code ConnectionError}, {@code Error}, {@code Reconnect} or {@code Complete}. */
    default void terminated(String reason) {}

    /** A response arrived with this many bytes of resources. */
    default void received(String typeUrl, long bytes) {}
}
