package io.periplus.waypoint.authz;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.HopByHop;
import io.periplus.dataplane.http.HttpFields;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.call.CallOutcome;
import io.periplus.waypoint.exchange.BufferedBody;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Asks by a request of the same method and path; status 200 allows, 5xx is no answer, everything else is the answer that the
 * client gets.
 *
 * @param pathPrefix before the path of the request
 * @param sent fields of the request that the authorizer sees
 * @param additional fields that it sees besides, or in their place
 * @param toUpstream fields of its answer that the request gets when it is allowed
 * @param toDownstream fields that the request's answer gets then
 * @param onDeny fields that the client gets when it is denied; none for all
 */
record HttpAuthorizer(
        String pathPrefix,
        HeaderPatterns sent,
        List<AdditionalField> additional,
        HeaderPatterns toUpstream,
        HeaderPatterns toDownstream,
        HeaderPatterns onDeny)
        implements Authorizer {
    private static final int OK = 200;
    private static final int ERROR = 500;

    /** What the authorizer wants removed from the request. */
    private static final String TO_REMOVE = "x-envoy-auth-headers-to-remove";

    /** Sent always, as upstream does. */
    private static final Set<String> SENT_ALWAYS = Set.of("authorization");

    /** Said to clients always, whatever else is. */
    private static final Set<String> SAID_ALWAYS = Set.of("www-authenticate", "proxy-authenticate", "location");

    /** Every hop says these itself. */
    private static final Set<String> OWN = Set.of("date", "server", "x-envoy-upstream-service-time");

    static HttpAuthorizer of(io.periplus.wire.waypoint.HttpAuthorizer message) {
        return new HttpAuthorizer(
                message.getPathPrefix(),
                new HeaderPatterns(message.getRequestHeadersList()),
                message.getAdditionalHeadersList().stream()
                        .map(AdditionalField::of)
                        .toList(),
                new HeaderPatterns(message.getToUpstreamOnAllowList()),
                new HeaderPatterns(message.getToDownstreamOnAllowList()),
                new HeaderPatterns(message.getToDownstreamOnDenyList()));
    }

    @Override
    public Question question(Subject subject, long timeoutNanos) {
        RequestHead asked = subject.head();
        if (asked == null) {
            throw new IllegalArgumentException("authorizers that speak HTTP are not asked about connections");
        }
        HttpHeaders headers = new HttpFields();
        for (Map.Entry<String, String> field : asked.headers().entries()) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (FieldEdit.isTouchable(name)
                    && !name.equals("expect")
                    && (SENT_ALWAYS.contains(name) || sent.matches(name))) {
                headers.add(name, field.getValue());
            }
        }
        String host = asked.authority();
        for (AdditionalField field : additional) {
            if (field.name().equals("host")) {
                host = field.value(subject, asked);
            } else if (FieldEdit.isTouchable(field.name())) {
                headers.set(field.name(), field.value(subject, asked));
            }
        }
        HopByHop.remove(headers);
        BufferedBody body = subject.body();
        if (body != null) {
            headers.set(CheckRequests.PARTIAL_BODY, String.valueOf(!body.whole()));
        }
        byte[] content = body == null ? BufferedBody.NONE.bytes() : body.bytes();
        headers.set(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(content.length));
        return new Question(
                new RequestHead(asked.method(), asked.scheme(), host, pathPrefix + asked.path(), headers), content);
    }

    /**
     * What the endpoint takes for the authorizer's word no client can say, also where the authorizer says nothing of it. A
     * client's credentials, and what the proxies on the way say of it, stay unless they are replaced.
     */
    @Override
    public void clean(HttpHeaders request) {
        if (toUpstream.isEmpty()) {
            return;
        }
        for (String field : request.names()) {
            String name = field.toLowerCase(Locale.ROOT);
            if (toUpstream.names(name) && FieldEdit.isTouchable(name) && !HopByHop.isForTheRecipient(name)) {
                request.remove(name);
            }
        }
    }

    @Override
    public Verdict verdict(CallOutcome.Answered answer) {
        int status = answer.head().status();
        HttpHeaders headers = answer.head().headers();
        if (status >= ERROR) {
            return new Verdict.Failed("HTTP status " + status);
        }
        HopByHop.remove(headers);
        return status == OK ? allowed(headers) : denied(status, headers, answer.body());
    }

    private Verdict allowed(HttpHeaders headers) {
        List<FieldEdit> upstream = new ArrayList<>();
        List<FieldEdit> downstream = new ArrayList<>();
        Set<String> replaced = new HashSet<>();
        for (Map.Entry<String, String> field : headers.entries()) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            if (FieldEdit.isTouchable(name) && toUpstream.matches(name)) {
                FieldEdit.Kind kind = replaced.add(name) ? FieldEdit.Kind.SET : FieldEdit.Kind.ADD;
                upstream.add(new FieldEdit(kind, name, field.getValue()));
            }
            if (FieldEdit.isTouchable(name) && toDownstream.matches(name)) {
                downstream.add(new FieldEdit(FieldEdit.Kind.ADD, name, field.getValue()));
            }
        }
        List<String> removed = new ArrayList<>();
        for (String names : headers.getAll(TO_REMOVE)) {
            for (String name : names.split(",", -1)) {
                if (FieldEdit.isTouchable(name.strip())) {
                    removed.add(name.strip());
                }
            }
        }
        RequestEdits edits = upstream.isEmpty() && removed.isEmpty()
                ? RequestEdits.NONE
                : new RequestEdits(upstream, removed, Map.of(), List.of());
        return new Verdict.Allowed(edits, downstream);
    }

    private Verdict denied(int status, HttpHeaders headers, byte[] body) {
        List<FieldEdit> fields = new ArrayList<>();
        for (Map.Entry<String, String> field : headers.entries()) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            boolean said = onDeny.isEmpty() || onDeny.matches(name) || SAID_ALWAYS.contains(name) || isOfBody(name);
            if (said && FieldEdit.isTouchable(name) && !OWN.contains(name)) {
                fields.add(new FieldEdit(FieldEdit.Kind.ADD, name, field.getValue()));
            }
        }
        return new Verdict.Denied(status, fields, body);
    }

    /** Without these the body could not be read as it was meant. */
    private static boolean isOfBody(String name) {
        return name.equals("content-type") || name.equals("content-encoding");
    }
}
