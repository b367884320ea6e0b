package io.periplus.lab.store.schema;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.Quantity;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.temporal.Temporal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Schemas of the built-in types, read by reflection from the classes of the Kubernetes model when first needed. The
 * model knows names and types; {@link MergeRules} adds how lists merge, {@link RequiredFields} what must be there.
 */
public final class ModelSchemas {
    private static final String MODEL = "io.fabric8.kubernetes.api.model";
    /** Bounded by the number of classes of the model. */
    private static final Map<Class<?>, Schema> BY_CLASS = new ConcurrentHashMap<>();

    /** Classes that stand for "any value" or that read themselves in ways of their own. */
    private static final Set<String> OPEN = Set.of(
            "Object",
            "KubernetesResource",
            "RawExtension",
            "AnyType",
            "JsonNode",
            "HasMetadata",
            "GenericKubernetesResource",
            "FieldsV1",
            "JSON",
            "JSONSchemaPropsOrArray",
            "JSONSchemaPropsOrBool",
            "JSONSchemaPropsOrStringArray",
            "PodTemplateSpecRaw");

    private static final Set<String> TIMES = Set.of("startedAt", "finishedAt", "time", "timeAdded", "renewTime");

    private ModelSchemas() {}

    /** The schema of a whole object; its class is loaded when the schema is first looked into. */
    public static Schema root(String className, String group, String version, String kind) {
        return new LazySchema(() -> of(load(className)));
    }

    /** The schema of one class of the model. */
    public static Schema of(Class<?> type) {
        Schema known = BY_CLASS.get(type);
        if (known == null) {
            known = new ModelSchema(type, definitionName(type));
            Schema earlier = BY_CLASS.putIfAbsent(type, known);
            known = earlier == null ? known : earlier;
        }
        return known;
    }

    private static Class<?> load(String className) {
        try {
            return Class.forName(className);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("the Kubernetes model has no class " + className, e);
        }
    }

    static Map<String, Schema> properties(Class<?> owner) {
        Map<String, Schema> properties = new TreeMap<>();
        for (Field field : owner.getDeclaredFields()) {
            JsonProperty annotation = field.getAnnotation(JsonProperty.class);
            if (annotation != null) {
                properties.put(annotation.value(), property(owner, annotation.value(), field.getGenericType()));
            }
        }
        return new LinkedHashMap<>(properties);
    }

    private static Schema property(Class<?> owner, String name, Type type) {
        return switch (type) {
            case ParameterizedType generic
            when List.class.isAssignableFrom((Class<?>) generic.getRawType()) ->
                new ListSchema(
                        property(owner, name, generic.getActualTypeArguments()[0]),
                        MergeRules.of(owner.getSimpleName(), name));
            case ParameterizedType generic
            when Map.class.isAssignableFrom((Class<?>) generic.getRawType()) ->
                new MapSchema(
                        mapValue(owner, name, generic.getActualTypeArguments()[1]),
                        MergeRules.isAtomic(owner.getSimpleName(), name));
            case Class<?> plain -> plain(owner, name, plain);
            default -> Schema.ANY;
        };
    }

    private static Schema mapValue(Class<?> owner, String name, Type type) {
        boolean binary = type == String.class
                && (owner.getSimpleName().equals("Secret") && name.equals("data") || name.equals("binaryData"));
        return binary ? new FixedSchema(Schema.Kind.STRING, "byte", null) : property(owner, "", type);
    }

    private static Schema plain(Class<?> owner, String name, Class<?> type) {
        if (type == String.class) {
            boolean time = name.endsWith("Time") || name.endsWith("Timestamp") || TIMES.contains(name);
            return new FixedSchema(Schema.Kind.STRING, time ? "date-time" : null, null);
        }
        if (type == MicroTime.class || Temporal.class.isAssignableFrom(type)) {
            return new FixedSchema(Schema.Kind.STRING, "date-time", null);
        }
        if (type.isEnum() || type.getSimpleName().equals("Duration")) {
            return new FixedSchema(Schema.Kind.STRING, null, null);
        }
        if (type == Integer.class || type == int.class) {
            return new FixedSchema(Schema.Kind.INTEGER, "int32", null);
        }
        if (type == Long.class || type == long.class) {
            return new FixedSchema(Schema.Kind.INTEGER, "int64", null);
        }
        if (type == Boolean.class || type == boolean.class) {
            return new FixedSchema(Schema.Kind.BOOLEAN, null, null);
        }
        if (Number.class.isAssignableFrom(type)) {
            return new FixedSchema(Schema.Kind.NUMBER, "double", null);
        }
        if (type == Quantity.class) {
            return new FixedSchema(Schema.Kind.QUANTITY, null, "io.k8s.apimachinery.pkg.api.resource.Quantity");
        }
        if (type == IntOrString.class) {
            return new FixedSchema(
                    Schema.Kind.INT_OR_STRING, "int-or-string", "io.k8s.apimachinery.pkg.util.intstr.IntOrString");
        }
        if (OPEN.contains(type.getSimpleName()) || !type.getName().startsWith(MODEL)) {
            return Schema.ANY;
        }
        Schema schema = of(type);
        boolean atomic = MergeRules.isAtomic(owner.getSimpleName(), name);
        boolean retainKeys = MergeRules.retainsKeys(owner.getSimpleName(), name);
        return atomic || retainKeys ? new MemberSchema(schema, atomic, retainKeys) : schema;
    }

    private static String definitionName(Class<?> type) {
        String simple = type.getSimpleName();
        String path = type.getPackageName().substring(MODEL.length());
        if (path.isEmpty()) {
            if (simple.startsWith("APIService")) {
                return "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1." + simple;
            }
            return (MergeRules.META_TYPES.contains(simple)
                            ? "io.k8s.apimachinery.pkg.apis.meta.v1."
                            : "io.k8s.api.core.v1.")
                    + simple;
        }
        if (path.startsWith(".apiextensions")) {
            return "io.k8s.apiextensions-apiserver.pkg.apis" + path + "." + simple;
        }
        boolean versioned = path.matches(".*\\.v\\d+[a-z0-9]*");
        return "io.k8s.api" + path + (versioned ? "." : ".v1.") + simple;
    }
}
