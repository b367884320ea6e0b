package io.periplus.model.gateway;

import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.route.ParentKey;
import io.periplus.wire.waypoint.ListenerProtocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which listeners of a Gateway and its ListenerSets get in each other's way. Among the Gateway's own nobody wins; a
 * ListenerSet's listener gives way to those that come before it.
 */
final class ListenerConflicts {
    private static final String TYPE = "Conflicted";

    /** A listener whose protocol is served. */
    record Entry(ParentKey owner, GatewayInput.Listener spec, ListenerProtocol protocol) {
        boolean isOfSet() {
            return owner.kind() == ParentKey.Kind.LISTENER_SET;
        }
    }

    private ListenerConflicts() {}

    /** The condition of a listener without a conflict. */
    static ConditionInput none() {
        return ConditionInput.of(TYPE, false, "NoConflicts", "No errors found");
    }

    /** The listeners in conflict, with their condition; in order: the Gateway's own, then those of sets, oldest first. */
    static Map<Entry, ConditionInput> find(List<Entry> entries) {
        Map<Entry, ConditionInput> conflicts = new HashMap<>();
        List<Entry> own = entries.stream().filter(e -> !e.isOfSet()).toList();
        for (Entry entry : own) {
            List<Entry> others = own.stream()
                    .filter(other -> other != entry && conflict(entry, other))
                    .toList();
            if (!others.isEmpty()) {
                conflicts.put(entry, condition(entry, others));
            }
        }
        List<Entry> holders = new ArrayList<>(own);
        for (Entry entry : entries) {
            if (entry.isOfSet()) {
                List<Entry> others =
                        holders.stream().filter(other -> conflict(entry, other)).toList();
                if (others.isEmpty()) {
                    holders.add(entry);
                } else {
                    conflicts.put(entry, condition(entry, others));
                }
            }
        }
        return conflicts;
    }

    private static boolean conflict(Entry a, Entry b) {
        if (a.spec().port() != b.spec().port()) {
            return false;
        }
        return !shareSocket(a, b) || a.spec().hostname().equals(b.spec().hostname());
    }

    // Told apart by Host, or by SNI; TCP by nothing.
    private static boolean shareSocket(Entry a, Entry b) {
        if (a.protocol() == ListenerProtocol.LISTENER_TCP || b.protocol() == ListenerProtocol.LISTENER_TCP) {
            return false;
        }
        return Protocols.isTls(a.protocol()) == Protocols.isTls(b.protocol());
    }

    private static ConditionInput condition(Entry entry, List<Entry> others) {
        boolean sameProtocol = others.stream()
                .allMatch(other ->
                        other.protocol() == entry.protocol() && other.protocol() != ListenerProtocol.LISTENER_TCP);
        String reason = sameProtocol ? "HostnameConflict" : "ProtocolConflict";
        String what = sameProtocol
                ? "port " + entry.spec().port() + " with "
                        + (entry.spec().hostname().isEmpty()
                                ? "every host name"
                                : "host name \"" + entry.spec().hostname() + "\"")
                : "port " + entry.spec().port() + " with protocol "
                        + entry.spec().protocol();
        // Those who write a ListenerSet need not know what others have written.
        String who = entry.isOfSet()
                ? "another listener of the Gateway"
                : String.join(
                        ", ",
                        others.stream().map(o -> "listener " + o.spec().name()).toList());
        return ConditionInput.of(TYPE, true, reason, what + " is in conflict with " + who);
    }
}
