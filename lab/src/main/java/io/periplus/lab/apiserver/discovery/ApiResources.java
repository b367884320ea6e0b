package io.periplus.lab.apiserver.discovery;

import io.periplus.lab.store.types.Definition;
import io.periplus.lab.store.types.Registry;
import io.periplus.lab.store.types.Version;
import io.periplus.lab.store.types.VersionOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the server offers, by group and version: stored types, their subresources, and requests that store nothing. */
public final class ApiResources {
    private static final List<String> OBJECT_VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
    private static final List<String> PART_VERBS = List.of("get", "patch", "update");
    private static final List<String> CREATE = List.of("create");
    /** Groups in the order they are listed; others follow by name. */
    private static final List<String> ORDER = List.of(
            "",
            "apiregistration.k8s.io",
            "apps",
            "events.k8s.io",
            "authentication.k8s.io",
            "authorization.k8s.io",
            "autoscaling",
            "batch",
            "certificates.k8s.io",
            "networking.k8s.io",
            "policy",
            "rbac.authorization.k8s.io",
            "storage.k8s.io",
            "admissionregistration.k8s.io",
            "apiextensions.k8s.io",
            "scheduling.k8s.io",
            "coordination.k8s.io",
            "node.k8s.io",
            "discovery.k8s.io");

    private ApiResources() {}

    /** A resource with its subresources. */
    public record Resource(
            String kind,
            String plural,
            String singular,
            boolean namespaced,
            List<String> shortNames,
            List<String> categories,
            List<String> verbs,
            List<Sub> subresources) {}

    /** @param group and version of {@code kind}, empty for those of the resource */
    public record Sub(String name, String group, String version, String kind, List<String> verbs) {}

    /** One version of a group. */
    public record GroupVersion(String group, String version, List<Resource> resources) {
        public String apiVersion() {
            return group.isEmpty() ? version : group + "/" + version;
        }
    }

    /** By group, each with its versions, the preferred first. */
    public static Map<String, List<GroupVersion>> of(Registry registry) {
        Map<String, Map<String, List<Resource>>> groups = new LinkedHashMap<>();
        ORDER.forEach(group -> groups.put(group, new TreeMap<>(VersionOrder::compare)));
        virtual(groups);
        for (Definition definition : registry.all()) {
            for (Version version : definition.versions()) {
                groups.computeIfAbsent(definition.group(), group -> new TreeMap<>(VersionOrder::compare))
                        .computeIfAbsent(version.name(), name -> new ArrayList<>())
                        .add(resource(definition, version));
            }
        }
        Map<String, List<GroupVersion>> result = new LinkedHashMap<>();
        groups.forEach((group, versions) -> {
            List<GroupVersion> list = new ArrayList<>();
            versions.forEach((version, resources) -> list.add(new GroupVersion(group, version, resources)));
            if (!list.isEmpty()) {
                result.put(group, list);
            }
        });
        return result;
    }

    private static void virtual(Map<String, Map<String, List<Resource>>> groups) {
        add(groups, "", "Binding", "bindings", true);
        add(groups, "authentication.k8s.io", "TokenReview", "tokenreviews", false);
        add(groups, "authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews", false);
        add(groups, "authorization.k8s.io", "LocalSubjectAccessReview", "localsubjectaccessreviews", true);
        add(groups, "authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews", false);
        add(groups, "authorization.k8s.io", "SelfSubjectRulesReview", "selfsubjectrulesreviews", false);
        add(groups, "authorization.k8s.io", "SubjectAccessReview", "subjectaccessreviews", false);
    }

    private static void add(
            Map<String, Map<String, List<Resource>>> groups,
            String group,
            String kind,
            String plural,
            boolean namespaced) {
        groups.computeIfAbsent(group, name -> new TreeMap<>(VersionOrder::compare))
                .computeIfAbsent("v1", name -> new ArrayList<>())
                .add(new Resource(
                        kind,
                        plural,
                        kind.toLowerCase(Locale.ROOT),
                        namespaced,
                        List.of(),
                        List.of(),
                        CREATE,
                        List.of()));
    }

    private static Resource resource(Definition definition, Version version) {
        List<Sub> subs = new ArrayList<>();
        String kind = definition.kind();
        switch (definition.storage().qualified()) {
            case "pods" -> {
                subs.add(new Sub("attach", "", "v1", "PodAttachOptions", List.of("create", "get")));
                subs.add(new Sub("binding", "", "v1", "Binding", CREATE));
                subs.add(new Sub("ephemeralcontainers", "", "", kind, PART_VERBS));
                subs.add(new Sub("eviction", "policy", "v1", "Eviction", CREATE));
                subs.add(new Sub("exec", "", "v1", "PodExecOptions", List.of("create", "get")));
                subs.add(new Sub("log", "", "", kind, List.of("get")));
                subs.add(new Sub("portforward", "", "v1", "PodPortForwardOptions", List.of("create", "get")));
            }
            case "namespaces" -> subs.add(new Sub("finalize", "", "", kind, List.of("update")));
            case "serviceaccounts" -> subs.add(new Sub("token", "authentication.k8s.io", "v1", "TokenRequest", CREATE));
            case "certificatesigningrequests.certificates.k8s.io" ->
                subs.add(new Sub("approval", "", "", kind, PART_VERBS));
            default -> {}
        }
        if (version.scale() != null) {
            subs.add(new Sub("scale", "autoscaling", "v1", "Scale", PART_VERBS));
        }
        if (version.status()) {
            subs.add(new Sub("status", "", "", kind, PART_VERBS));
        }
        return new Resource(
                kind,
                definition.plural(),
                definition.singular(),
                definition.namespaced(),
                definition.shortNames(),
                definition.categories(),
                OBJECT_VERBS,
                subs);
    }
}
