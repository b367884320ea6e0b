package io.periplus.cli.why;

import io.periplus.cli.CliException;
import io.periplus.cli.ExitCode;

/**
 * What {@code --to} names.
 *
 * @param host name or address, without brackets
 * @param path of a URL, empty if there was none
 */
record Destination(String host, int port, boolean tls, String path) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /** Parses {@code host[:port]}, {@code [address]:port} or an {@code http} or {@code https} URL. */
    static Destination parse(String text) {
        boolean tls = text.startsWith("https://");
        String rest = tls || text.startsWith("http://") ? text.substring(text.indexOf("//") + 2) : text;
        int slash = rest.indexOf('/');
        String path = slash < 0 ? "" : rest.substring(slash);
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        int close = authority.lastIndexOf(']');
        int colon = authority.indexOf(':', Math.max(0, close));
        String host = colon < 0 ? authority : authority.substring(0, colon);
        int port = colon < 0 ? (tls ? HTTPS : HTTP) : port(authority.substring(colon + 1), text);
        host = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        if (host.isEmpty()) {
            throw unreadable(text);
        }
        return new Destination(host, port, tls, path);
    }

    private static int port(String digits, String text) {
        try {
            int port = Integer.parseInt(digits);
            if (port > 0 && port <= 0xffff) {
                return port;
            }
        } catch (NumberFormatException _) {
            // reported like any other that makes no sense
        }
        throw unreadable(text);
    }

    private static CliException unreadable(String text) {
        return new CliException(
                "--to \"" + text + "\" names no destination (expected: <host>[:<port>] or a URL)", ExitCode.USAGE);
    }

    /** As clients write it in {@code Host}. */
    String authority() {
        String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
        return port == (tls ? HTTPS : HTTP) ? name : name + ":" + port;
    }
}
