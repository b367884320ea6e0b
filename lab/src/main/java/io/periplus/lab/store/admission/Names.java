package io.periplus.lab.store.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Meta;
import io.periplus.lab.store.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Names, labels and annotations as the API allows them (RFC 1123 and 1035 names). */
final class Names {
    private static final String LABEL_1123 = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final String SUBDOMAIN = LABEL_1123 + "(\\." + LABEL_1123 + ")*";
    private static final String LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
    private static final String LABEL_VALUE = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";
    private static final String QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final Pattern LABEL_1123_PATTERN = Pattern.compile(LABEL_1123);
    private static final Pattern SUBDOMAIN_PATTERN = Pattern.compile(SUBDOMAIN);
    private static final Pattern LABEL_1035_PATTERN = Pattern.compile(LABEL_1035);
    private static final Pattern LABEL_VALUE_PATTERN = Pattern.compile(LABEL_VALUE);
    private static final Pattern QUALIFIED_PATTERN = Pattern.compile(QUALIFIED);
    private static final int LABEL_MAX = 63;
    private static final int SUBDOMAIN_MAX = 253;
    private static final int ANNOTATIONS_MAX = 256 * 1024;
    /** Groups whose names may be anything that fits into a path. */
    private static final Set<String> PATH_NAMES = Set.of("rbac.authorization.k8s.io", "certificates.k8s.io");

    private Names() {}

    static void check(ResourceType type, ObjectNode object) {
        List<ApiException.Cause> causes = new ArrayList<>();
        checkName(type, Meta.name(object), causes);
        labels(object, causes);
        if (!causes.isEmpty()) {
            throw ApiException.invalid(type, Meta.name(object), causes);
        }
    }

    private static void checkName(ResourceType type, String name, List<ApiException.Cause> causes) {
        String field = "metadata.name";
        if (name.isEmpty()) {
            causes.add(new ApiException.Cause(
                    "FieldValueRequired", "Required value: name or generateName is required", field));
        } else if (PATH_NAMES.contains(type.group())) {
            if (name.equals(".") || name.equals("..") || name.contains("/") || name.contains("%")) {
                causes.add(invalid(name, "may not be '.' or '..' or contain '/' or '%'", field));
            }
        } else if (type.equals(ResourceType.NAMESPACE)) {
            match(
                    LABEL_1123_PATTERN,
                    LABEL_MAX,
                    name,
                    field,
                    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must"
                            + " start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex"
                            + " used for validation is '" + LABEL_1123 + "')",
                    causes);
        } else if (type.equals(ResourceType.SERVICE)) {
            match(
                    LABEL_1035_PATTERN,
                    LABEL_MAX,
                    name,
                    field,
                    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an"
                            + " alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or"
                            + " 'abc-123', regex used for validation is '" + LABEL_1035 + "')",
                    causes);
        } else {
            match(
                    SUBDOMAIN_PATTERN,
                    SUBDOMAIN_MAX,
                    name,
                    field,
                    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.',"
                            + " and must start and end with an alphanumeric character (e.g. 'example.com', regex"
                            + " used for validation is '" + SUBDOMAIN + "')",
                    causes);
        }
    }

    static void labels(ObjectNode object, List<ApiException.Cause> causes) {
        JsonNode meta = object.path("metadata");
        for (Map.Entry<String, JsonNode> label : meta.path("labels").properties()) {
            key(label.getKey(), "metadata.labels", causes);
            match(
                    LABEL_VALUE_PATTERN,
                    LABEL_MAX,
                    label.getValue().asText(),
                    "metadata.labels",
                    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.',"
                            + " and must start and end with an alphanumeric character (e.g. 'MyValue',  or"
                            + " 'my_value',  or '12345', regex used for validation is '" + LABEL_VALUE + "')",
                    causes);
        }
        int size = 0;
        for (Map.Entry<String, JsonNode> annotation : meta.path("annotations").properties()) {
            key(annotation.getKey(), "metadata.annotations", causes);
            size += annotation.getKey().length()
                    + annotation.getValue().asText().length();
        }
        if (size > ANNOTATIONS_MAX) {
            causes.add(new ApiException.Cause(
                    "FieldValueTooLong",
                    "Too long: may not be more than " + ANNOTATIONS_MAX + " bytes",
                    "metadata.annotations"));
        }
    }

    private static void key(String key, String field, List<ApiException.Cause> causes) {
        int slash = key.indexOf('/');
        if (slash >= 0) {
            match(
                    SUBDOMAIN_PATTERN,
                    SUBDOMAIN_MAX,
                    key.substring(0, slash),
                    field,
                    "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters,"
                            + " '-' or '.', and must start and end with an alphanumeric character (e.g."
                            + " 'example.com', regex used for validation is '" + SUBDOMAIN + "')",
                    causes);
        }
        match(
                QUALIFIED_PATTERN,
                LABEL_MAX,
                key.substring(slash + 1),
                field,
                "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
                        + " alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for"
                        + " validation is '" + QUALIFIED + "')",
                causes);
    }

    private static void match(
            Pattern pattern, int max, String value, String field, String rule, List<ApiException.Cause> causes) {
        if (value.length() > max) {
            causes.add(invalid(value, "must be no more than " + max + " characters", field));
        } else if (!pattern.matcher(value).matches()) {
            causes.add(invalid(value, rule, field));
        }
    }

    private static ApiException.Cause invalid(String value, String rule, String field) {
        return new ApiException.Cause("FieldValueInvalid", "Invalid value: \"" + value + "\": " + rule, field);
    }
}
