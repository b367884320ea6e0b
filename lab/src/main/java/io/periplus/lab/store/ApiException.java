package io.periplus.lab.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request the API refuses, as the {@code Status} object that clients see. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;
    private final transient @Nullable Details details;

    /**
     * @param code HTTP status
     * @param reason machine-readable, as in {@code metav1.StatusReason}: NotFound, AlreadyExists, Conflict, Invalid, …
     */
    public ApiException(int code, String reason, String message) {
        this(code, reason, message, null);
    }

    public ApiException(int code, String reason, String message, @Nullable Details details) {
        super(message);
        this.code = code;
        this.reason = reason;
        this.details = details;
    }

    public int code() {
        return code;
    }

    public String reason() {
        return reason;
    }

    public @Nullable Details details() {
        return details;
    }

    /** What the message is about, as {@code metav1.StatusDetails}; for Invalid the kind, else the resource's plural. */
    public record Details(String name, String group, String kind, List<Cause> causes) {
        public Details {
            causes = List.copyOf(causes);
        }
    }

    /**
     * One thing wrong.
     *
     * @param reason {@code FieldValueRequired}, {@code FieldValueInvalid}, {@code FieldManagerConflict}, …
     * @param field path as in {@code spec.ports[0].name}
     */
    public record Cause(String reason, String message, String field) {}

    public static ApiException notFound(ResourceType type, String name) {
        return new ApiException(404, "NotFound", type.qualified() + " \"" + name + "\" not found", about(type, name));
    }

    public static ApiException alreadyExists(ResourceType type, String name) {
        return new ApiException(
                409, "AlreadyExists", type.qualified() + " \"" + name + "\" already exists", about(type, name));
    }

    public static ApiException conflict(ResourceType type, String name, String why) {
        return new ApiException(
                409,
                "Conflict",
                "Operation cannot be fulfilled on " + type.qualified() + " \"" + name + "\": " + why,
                about(type, name));
    }

    public static ApiException forbidden(ResourceType type, String name, String why) {
        return new ApiException(
                403, "Forbidden", type.qualified() + " \"" + name + "\" is forbidden: " + why, about(type, name));
    }

    public static ApiException badRequest(String message) {
        return new ApiException(400, "BadRequest", message);
    }

    /** 422 with one cause for every field that is wrong. */
    public static ApiException invalid(ResourceType type, String name, List<Cause> causes) {
        StringBuilder message = new StringBuilder(type.kind());
        if (!type.group().isEmpty()) {
            message.append('.').append(type.group());
        }
        message.append(" \"").append(name).append("\" is invalid: ");
        List<String> texts = causes.stream()
                .map(cause -> cause.field() + ": " + cause.message())
                .toList();
        message.append(texts.size() == 1 ? texts.getFirst() : "[" + String.join(", ", texts) + "]");
        return new ApiException(
                422, "Invalid", message.toString(), new Details(name, type.group(), type.kind(), causes));
    }

    private static Details about(ResourceType type, String name) {
        return new Details(name, type.group(), type.plural(), List.of());
    }
}
