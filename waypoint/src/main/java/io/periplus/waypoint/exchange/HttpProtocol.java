package io.periplus.waypoint.exchange;

/** The two wire forms of HTTP. */
public enum HttpProtocol {
    HTTP1("HTTP/1.1"),
    HTTP2("HTTP/2");

    private final String text;

    HttpProtocol(String text) {
        this.text = text;
    }

    /** As access logs show it. */
    @Override
    public String toString() {
        return text;
    }
}
