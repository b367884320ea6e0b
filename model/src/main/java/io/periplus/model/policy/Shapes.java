package io.periplus.model.policy;

import io.periplus.api.NamespacedName;
import io.periplus.model.MeshSettings;
import io.periplus.model.MeshSwitch;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.policy.PolicyNames.Place;
import io.periplus.model.workload.Attachment;
import io.periplus.model.workload.ServiceInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The shapes of namespaces and of the mesh, and what follows from them for each place in it. */
public final class Shapes {
    /** The name under which the mesh's shape is found among the namespaces'. */
    public static final String MESH = "";

    private Shapes() {}

    /** The shape of one namespace. */
    public static Shape ofNamespace(
            Fetch fetch,
            NamespaceInput namespace,
            Index<String, NamespacedName, ServiceInfo> services,
            Index<String, NamespacedName, Attachment> attachments) {
        List<NamespacedName> waypoints = fetch.by(services, namespace.name()).stream()
                .flatMap(service -> service.binding().allExpected().stream())
                .toList();
        List<List<NamespacedName>> behind = fetch.by(attachments, namespace.name()).stream()
                .map(Attachment::waypoints)
                .distinct()
                .toList();
        return Shape.of(waypoints, behind);
    }

    /** The shapes of all namespaces by name, and of the mesh under {@link #MESH}. */
    public static Map<String, Shape> all(Map<String, Shape> namespaces) {
        Map<String, Shape> result = new HashMap<>(namespaces);
        result.put(
                MESH,
                Shape.of(
                        namespaces.values().stream()
                                .flatMap(shape -> shape.waypoints().stream())
                                .toList(),
                        namespaces.values().stream()
                                .flatMap(shape -> shape.behind().stream())
                                .toList()));
        return result;
    }

    /** The shape of the part of the mesh in which a policy of this namespace holds. */
    public static Shape around(
            Fetch fetch, MeshSettings mesh, Collection<String, Shape> shapes, String policyNamespace) {
        Shape shape = fetch.get(shapes, policyNamespace.equals(mesh.rootNamespace()) ? MESH : policyNamespace);
        return shape == null || !mesh.does(MeshSwitch.POLICY_FOLLOWS_TRAFFIC) ? Shape.NONE : shape;
    }

    /**
     * What the workloads of a namespace list, by their places, because of policies for the namespace or the mesh.
     *
     * @param policies by namespace
     */
    public static Map<Place, List<String>> beside(
            Fetch fetch,
            MeshSettings mesh,
            Collection<String, Shape> shapes,
            Index<String, NamespacedName, L4Policy> policies,
            Shaping shaping,
            NamespaceInput namespace) {
        Shape own = fetch.get(shapes, namespace.name());
        Map<Place, List<String>> result = new HashMap<>();
        if (own == null || !mesh.does(MeshSwitch.POLICY_FOLLOWS_TRAFFIC)) {
            return result;
        }
        TreeSet<String> origins = new TreeSet<>(List.of(mesh.rootNamespace(), namespace.name()));
        for (List<NamespacedName> behind : own.behind()) {
            TreeSet<String> names = new TreeSet<>();
            for (String origin : origins) {
                Shape shape = around(fetch, mesh, shapes, origin);
                for (L4Policy policy : fetch.by(policies, origin)) {
                    String name = shaping.beside(fetch, policy, shape, behind);
                    if (name != null) {
                        names.add(name);
                    }
                }
            }
            if (!names.isEmpty()) {
                result.put(new Place(namespace.name(), behind), List.copyOf(names));
            }
        }
        return result;
    }
}
