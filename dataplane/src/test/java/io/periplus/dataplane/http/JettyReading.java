package io.periplus.dataplane.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;

/** The same as {@link Http1Reading}, by Jetty's parser. */
final class JettyReading implements HttpParser.RequestHandler {
    private static final int HEAD_BYTES_MAX = 64 * 1024;

    final List<String> requests = new ArrayList<>();
    boolean refused;
    private String line = "";
    private String host = "";
    private final StringBuilder fields = new StringBuilder();
    private final StringBuilder body = new StringBuilder();

    static JettyReading of(byte[] bytes) {
        JettyReading reading = new JettyReading();
        HttpParser parser = new HttpParser(reading, HEAD_BYTES_MAX, HttpCompliance.RFC9110);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int before = -1;
        while (in.hasRemaining() && in.remaining() != before && !reading.refused) {
            before = in.remaining();
            parser.parseNext(in);
            if (parser.isComplete() && !reading.refused) {
                parser.reset();
                before = -1;
            }
        }
        return reading;
    }

    @Override
    public void startRequest(String method, String uri, HttpVersion version) {
        line = method + ' ' + uri;
        host = "";
        fields.setLength(0);
        body.setLength(0);
    }

    @Override
    public void parsedHeader(HttpField field) {
        String name = field.getName().toLowerCase(Locale.ROOT);
        String value = field.getValue() == null ? "" : field.getValue();
        if (name.equals("host")) {
            host = value;
        } else {
            fields.append(name).append('=').append(value).append('\n');
        }
    }

    @Override
    public boolean headerComplete() {
        return false;
    }

    @Override
    public boolean content(ByteBuffer item) {
        body.append(StandardCharsets.ISO_8859_1.decode(item));
        return false;
    }

    @Override
    public boolean contentComplete() {
        return false;
    }

    @Override
    public boolean messageComplete() {
        requests.add(line + '\n' + host + '\n' + fields + '\n' + body);
        return true;
    }

    @Override
    public void badMessage(org.eclipse.jetty.http.HttpException failure) {
        refused = true;
    }

    @Override
    public void earlyEOF() {
        refused = true;
    }
}
