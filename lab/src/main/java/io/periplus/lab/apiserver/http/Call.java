package io.periplus.lab.apiserver.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.periplus.lab.apiserver.auth.User;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** One request with its reply. Used by one thread. */
public final class Call {
    /** The API server's bound of request bodies. */
    private static final int BODY_MAX = 3 * 1024 * 1024;

    private static final int GZIP_MIN = 16 * 1024;
    private static final YAMLMapper YAML = new YAMLMapper();

    private final Request request;
    private final Response response;
    private final List<String> path;
    private final Fields query;
    private final User user;

    public Call(Request request, Response response, User user) {
        this.request = request;
        this.response = response;
        this.user = user;
        this.path = segments(Request.getPathInContext(request));
        this.query = Request.extractQueryParameters(request);
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/")) {
            if (!segment.isEmpty()) {
                segments.add(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
            }
        }
        return segments;
    }

    public Request request() {
        return request;
    }

    public Response response() {
        return response;
    }

    public User user() {
        return user;
    }

    public String method() {
        return request.getMethod();
    }

    /** The path's segments, decoded. */
    public List<String> path() {
        return path;
    }

    /** The value of a query parameter, "" when missing. */
    public String query(String name) {
        String value = query.getValue(name);
        return value == null ? "" : value;
    }

    public List<String> queries(String name) {
        List<String> values = query.getValues(name);
        return values == null ? List.of() : values;
    }

    public boolean flag(String name) {
        String value = query(name);
        return value.equals("true")
                || value.equals("1")
                || value.isEmpty() && query.getNames().contains(name);
    }

    /** @throws ApiException 400 when it is there and no number */
    public @Nullable Long number(String name) {
        String value = query(name);
        if (value.isEmpty()) {
            return null;
        }
        try {
            return Long.valueOf(value);
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("query parameter " + name + ": " + value + " (expected: a number)");
        }
    }

    public String header(String name) {
        String value = request.getHeaders().get(name);
        return value == null ? "" : value;
    }

    public Accept accept() {
        return Accept.parse(request.getHeaders().getCSV(HttpHeader.ACCEPT, false));
    }

    /** The media type of the body without parameters. */
    public String contentType() {
        String type = header("Content-Type");
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).trim();
    }

    /** @throws ApiException 413 when it is larger than the API allows */
    public byte[] body() throws IOException {
        try (InputStream in = Content.Source.asInputStream(request)) {
            byte[] body = in.readNBytes(BODY_MAX + 1);
            if (body.length > BODY_MAX) {
                throw new ApiException(413, "RequestEntityTooLarge", "Request entity too large: limit is " + BODY_MAX);
            }
            return body;
        }
    }

    /** The body as a tree, from JSON, YAML or protobuf; null when it is empty. */
    public @Nullable JsonNode document() throws IOException {
        byte[] body = body();
        if (body.length == 0) {
            return null;
        }
        if (Protobuf.isProtobuf(body)) {
            return Protobuf.read(body);
        }
        String type = contentType();
        if (type.contains("protobuf") || type.contains("cbor")) {
            throw new ApiException(
                    415,
                    "UnsupportedMediaType",
                    "the body of the request was in an unknown format - accepted media types include:"
                            + " application/json, application/yaml");
        }
        try {
            return type.contains("yaml") ? YAML.readTree(body) : Json.MAPPER.readTree(body);
        } catch (IOException e) {
            throw ApiException.badRequest(
                    "the object provided is unrecognized (must be JSON or YAML): " + firstLine(e));
        }
    }

    private static String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** As {@link #document()}, which has to be an object. */
    public ObjectNode object() throws IOException {
        if (document() instanceof ObjectNode object) {
            return object;
        }
        throw ApiException.badRequest("the body must be an object with kind and apiVersion");
    }

    /** Adds a warning that clients show to their users. */
    public void warn(String text) {
        String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ");
        response.getHeaders().add(new HttpField("Warning", "299 - \"" + escaped + "\""));
    }

    public void reply(int code, JsonNode node) throws IOException {
        reply(code, "application/json", Json.bytes(node));
    }

    public void reply(int code, String contentType, byte[] body) throws IOException {
        response.setStatus(code);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        byte[] sent = body;
        if (body.length >= GZIP_MIN && header("Accept-Encoding").contains("gzip")) {
            ByteArrayOutputStream packed = new ByteArrayOutputStream(body.length / 4);
            try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
                gzip.write(body);
            }
            sent = packed.toByteArray();
            response.getHeaders().put(HttpHeader.CONTENT_ENCODING, "gzip");
        }
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, sent.length);
        try (Blocker.Callback callback = Blocker.callback()) {
            response.write(true, ByteBuffer.wrap(sent), callback);
            callback.block();
        }
    }

    public void text(int code, String text) throws IOException {
        reply(code, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** Begins a reply without a known length. Each flush reaches the client. */
    public OutputStream stream(String contentType) throws IOException {
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        OutputStream out = Content.Sink.asOutputStream(response);
        out.flush();
        return out;
    }
}
