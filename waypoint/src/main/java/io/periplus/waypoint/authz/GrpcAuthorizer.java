package io.periplus.waypoint.authz;

import com.google.protobuf.ByteString;
import io.periplus.waypoint.call.CallOutcome;
import io.periplus.waypoint.call.GrpcCall;
import io.periplus.wire.extauthz.CheckResponse;
import io.periplus.wire.extauthz.DeniedHttpResponse;
import io.periplus.wire.extauthz.OkHttpResponse;
import io.periplus.wire.xds.core.HeaderValue;
import io.periplus.wire.xds.core.HeaderValueOption;
import io.periplus.wire.xds.core.QueryParameter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Speaks {@code envoy.service.auth.v3.Authorization}.
 *
 * @param authority of the authorizer
 * @param principal of this proxy, with its scheme
 * @param bodyAsBytes whether bodies are given as bytes rather than text
 */
record GrpcAuthorizer(String authority, String principal, boolean bodyAsBytes) implements Authorizer {
    private static final String METHOD = "/envoy.service.auth.v3.Authorization/Check";
    private static final int OK = 0;
    private static final int FORBIDDEN = 403;
    private static final int STATUS_MIN = 200;
    private static final int STATUS_MAX = 599;

    @Override
    public Question question(Subject subject, long timeoutNanos) {
        return new Question(
                GrpcCall.head(authority, METHOD, timeoutNanos),
                GrpcCall.body(CheckRequests.of(subject, principal, bodyAsBytes)));
    }

    @Override
    public Verdict verdict(CallOutcome.Answered answer) {
        GrpcCall.Reply<CheckResponse> reply = GrpcCall.reply(answer, CheckResponse.parser());
        CheckResponse response = reply.message();
        if (response == null) {
            return new Verdict.Failed(reply.problem());
        }
        if (response.getStatus().getCode() != OK) {
            return denied(response.getDeniedResponse());
        }
        try {
            return allowed(response.getOkResponse());
        } catch (IllegalArgumentException e) {
            return new Verdict.Failed("a header field that cannot be passed on: " + e.getMessage());
        }
    }

    private static Verdict denied(DeniedHttpResponse response) {
        List<FieldEdit> fields = new ArrayList<>();
        for (HeaderValueOption option : response.getHeadersList()) {
            try {
                addEdit(fields, option, isAppended(option) ? FieldEdit.Kind.ADD : FieldEdit.Kind.SET);
            } catch (IllegalArgumentException _) {
                // It stays a denial, without what cannot stand in an answer.
            }
        }
        int code = response.getStatus().getCode();
        return new Verdict.Denied(
                code < STATUS_MIN || code > STATUS_MAX ? FORBIDDEN : code,
                fields,
                response.getBody().getBytes(StandardCharsets.UTF_8));
    }

    private static Verdict allowed(OkHttpResponse response) {
        List<FieldEdit> fields = new ArrayList<>();
        for (HeaderValueOption option : response.getHeadersList()) {
            addEdit(fields, option, ofRequest(option));
        }
        List<FieldEdit> answer = new ArrayList<>();
        for (HeaderValueOption option : response.getResponseHeadersToAddList()) {
            addEdit(answer, option, ofAnswer(option));
        }
        Map<String, String> query = new LinkedHashMap<>();
        for (QueryParameter parameter : response.getQueryParametersToSetList()) {
            query.put(parameter.getKey(), parameter.getValue());
        }
        RequestEdits edits = new RequestEdits(
                fields,
                response.getHeadersToRemoveList().stream()
                        .filter(FieldEdit::isTouchable)
                        .toList(),
                query,
                List.copyOf(response.getQueryParametersToRemoveList()));
        return new Verdict.Allowed(edits.isEmpty() ? RequestEdits.NONE : edits, answer);
    }

    private static void addEdit(List<FieldEdit> edits, HeaderValueOption option, FieldEdit.Kind kind) {
        HeaderValue header = option.getHeader();
        if (FieldEdit.isTouchable(header.getKey())) {
            ByteString value = header.getRawValue().isEmpty() ? header.getValueBytes() : header.getRawValue();
            edits.add(FieldEdit.of(kind, header.getKey(), Texts.toField(value.toByteArray())));
        }
    }

    private static boolean isAppended(HeaderValueOption option) {
        return option.hasAppend() && option.getAppend().getValue();
    }

    /** In a request a field is set unless it is said otherwise. */
    private static FieldEdit.Kind ofRequest(HeaderValueOption option) {
        if (option.hasAppend()) {
            return isAppended(option) ? FieldEdit.Kind.ADD : FieldEdit.Kind.SET;
        }
        FieldEdit.Kind kind = ofAction(option);
        return kind == null ? FieldEdit.Kind.SET : kind;
    }

    /** In an answer a field is added unless it is said otherwise. */
    private static FieldEdit.Kind ofAnswer(HeaderValueOption option) {
        if (option.hasAppend()) {
            return isAppended(option) ? FieldEdit.Kind.ADD : FieldEdit.Kind.SET;
        }
        FieldEdit.Kind kind = ofAction(option);
        return kind == null ? FieldEdit.Kind.ADD : kind;
    }

    /** Null for the default, which a message cannot be seen to have chosen. */
    private static FieldEdit.@Nullable Kind ofAction(HeaderValueOption option) {
        return switch (option.getAppendAction()) {
            case APPEND_IF_EXISTS_OR_ADD, UNRECOGNIZED -> null;
            case ADD_IF_ABSENT -> FieldEdit.Kind.ADD_IF_ABSENT;
            case OVERWRITE_IF_EXISTS_OR_ADD -> FieldEdit.Kind.SET;
            case OVERWRITE_IF_EXISTS -> FieldEdit.Kind.SET_IF_PRESENT;
        };
    }
}
