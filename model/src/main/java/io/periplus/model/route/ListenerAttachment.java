package io.periplus.model.route;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.GatewayInput.Allowed;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteInput.ParentRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Attaches routes to the listeners of Gateways and ListenerSets, in the order in which the Gateway API has reasons. */
record ListenerAttachment(Collection<ParentKey, ListenerViews> parents, Collection<String, NamespaceInput> namespaces) {

    /** The outcome; null when there is no such parent, or it is somebody else's. */
    @Nullable
    ParentOutcome attach(Fetch fetch, RouteInput route, ParentRef ref) {
        String own = route.key().name().namespace();
        NamespacedName name = new NamespacedName(Objects.requireNonNullElse(ref.namespace(), own), ref.name());
        ListenerViews views = fetch.get(
                parents,
                ref.kindOrDefault().equals("ListenerSet") ? ParentKey.listenerSet(name) : ParentKey.gateway(name));
        if (views == null) {
            return null;
        }
        List<ListenerView> found = views.listeners().stream()
                .filter(listener -> ref.sectionName() == null
                        || ref.sectionName().equals(listener.key().listener()))
                .filter(listener -> ref.port() == null || ref.port() == listener.port())
                .toList();
        if (found.isEmpty()) {
            return refused(
                    ref, "NoMatchingParent", ref.kindOrDefault() + " \"" + name + "\" has no listener" + wanted(ref));
        }
        List<ListenerView> allowing = found.stream()
                .filter(listener -> listener.kinds().contains(route.key().kind()))
                .filter(listener -> isAllowed(fetch, listener.allowed(), name.namespace(), own))
                .toList();
        if (allowing.isEmpty()) {
            return refused(ref, "NotAllowedByListeners", notAllowed(route, found));
        }
        List<Place> places = new ArrayList<>();
        for (ListenerView listener : allowing) {
            List<String> hostnames = switch (route.key().kind()) {
                case HTTP, GRPC, TLS -> Hostnames.intersect(route.hostnames(), listener.hostname());
                case TCP -> List.of();
            };
            if (hostnames != null) {
                places.add(new Place.AtListener(listener, views.gateway(), hostnames));
            }
        }
        if (places.isEmpty()) {
            return refused(
                    ref,
                    "NoMatchingListenerHostname",
                    "none of the hostnames " + route.hostnames() + " matches a listener's: "
                            + allowing.stream().map(ListenerView::hostname).toList());
        }
        return new ParentOutcome(ref, null, List.copyOf(places), false, null);
    }

    private boolean isAllowed(Fetch fetch, Allowed allowed, String parent, String namespace) {
        return switch (allowed.from()) {
            case "All" -> true;
            case "Same" -> parent.equals(namespace);
            case "Selector" -> {
                NamespaceInput found = fetch.get(namespaces, namespace);
                yield found != null
                        && allowed.selector() != null
                        && allowed.selector().matches(found.labels());
            }
            default -> false;
        };
    }

    private static ParentOutcome refused(ParentRef ref, String reason, String message) {
        return ParentOutcome.refused(ref, false, reason, message);
    }

    private static String notAllowed(RouteInput route, List<ListenerView> found) {
        if (found.stream().allMatch(listener -> listener.protocol().equals("HBONE"))) {
            return "the Gateway is a waypoint; attach the route to the Service that it fronts";
        }
        if (found.stream()
                .noneMatch(listener -> listener.kinds().contains(route.key().kind()))) {
            return "no listener takes routes of kind " + route.key().kind().kind();
        }
        return "no listener takes routes of namespace \"" + route.key().name().namespace()
                + "\" (see allowedRoutes.namespaces)";
    }

    private static String wanted(ParentRef ref) {
        return (ref.sectionName() == null ? "" : " named \"" + ref.sectionName() + "\"")
                + (ref.port() == null ? "" : " on port " + ref.port());
    }
}
