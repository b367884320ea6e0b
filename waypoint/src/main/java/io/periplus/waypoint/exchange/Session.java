package io.periplus.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.waypoint.route.RouteBackend;
import io.periplus.waypoint.route.RouteRule;
import io.periplus.waypoint.route.SessionRules;
import io.periplus.waypoint.route.WeightedBackend;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The session that one request belongs to or begins. Its value is {@code <hash>.<begun>.<used>}, both times in seconds since
 * 1970 in base 36; a client that changes them changes only how long it stays.
 */
final class Session {
    private static final int BASE = 36;

    /** Of an idle limit; the client gets a new value after so much of it. */
    private static final int RENEWALS = 10;

    private final SessionRules rules;
    private final long now = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis());
    private long begun = now;
    private long used = now;
    private @Nullable WeightedBackend backend;
    private @Nullable String uid;

    private Session(SessionRules rules) {
        this.rules = rules;
    }

    /** The session of a request to a rule that has sessions. */
    static Session of(RouteRule rule, SessionRules rules, RequestHead head, WorkloadIndex index) {
        Session session = new Session(rules);
        String value = rules.valueOf(head);
        if (value != null) {
            session.read(value, rule, index);
        }
        return session;
    }

    private void read(String value, RouteRule rule, WorkloadIndex index) {
        int first = value.indexOf('.');
        int second = value.indexOf('.', first + 1);
        if (first < 0 || second < 0 || !readTimes(value, first, second)) {
            return;
        }
        String hash = value.substring(0, first);
        List<WeightedBackend> all = rule.backends().all();
        for (int i = 0; i < all.size() && uid == null; i++) {
            if (all.get(i).backend() instanceof RouteBackend.ToService to) {
                ServiceEntry service = index.service(to.key());
                uid = service == null ? null : rules.workloadOf(service, hash);
                backend = uid == null ? null : all.get(i);
            }
        }
    }

    private boolean readTimes(String value, int first, int second) {
        try {
            begun = Math.min(now, Long.parseLong(value, first + 1, second, BASE));
            used = Math.min(now, Long.parseLong(value, second + 1, value.length(), BASE));
        } catch (NumberFormatException _) {
            return false;
        }
        SessionRules.Settings limits = rules.settings();
        boolean lives = (limits.absoluteSeconds() == 0 || now - begun < limits.absoluteSeconds())
                && (limits.idleSeconds() == 0 || now - used < limits.idleSeconds());
        if (!lives) {
            begun = now;
            used = now;
        }
        return lives;
    }

    /** The backend that the session belongs to, null if it begins with this request. */
    @Nullable
    WeightedBackend backend() {
        return backend;
    }

    /** The workload's uid, null if the session begins with this request. */
    @Nullable
    String uid() {
        return uid;
    }

    /** Tells the client what it has to bring along, where that is new. */
    void answer(HttpHeaders headers, WeightedBackend chosen, String workloadUid, boolean secure) {
        if (!(chosen.backend() instanceof RouteBackend.ToService to)) {
            return;
        }
        boolean other = chosen != backend || !workloadUid.equals(uid);
        long idle = rules.settings().idleSeconds();
        if (other || idle > 0 && (now - used) * RENEWALS >= idle) {
            String hash = rules.hashOf(to.key(), workloadUid);
            String since = Long.toString(other ? now : begun, BASE);
            rules.give(headers, hash + "." + since + "." + Long.toString(now, BASE), secure);
        }
    }
}
